/** Rows of logits or probabilities moved from one prior to another, in float64. */
import type { Kernel } from '../kernel.ts'
import { mapEach } from './dense.ts'
import { sum } from './sums.ts'

/** x_j + shift_j. */
export function shiftKernel(shift: Float64Array): Kernel {
  return {
    js: mapEach(([x], size) => {
      for (let j = 0; j < size; j++) x[j] += shift[j]
    }),
  }
}

/** p_j w_j / Σ_k p_k w_k; NaN where a row has no mass on classes of weight above 0. */
export function reweighKernel(weight: Float64Array): Kernel {
  return {
    js: mapEach(([p], size) => {
      for (let j = 0; j < size; j++) p[j] *= weight[j]
      const total = sum(p, 0, size)
      for (let j = 0; j < size; j++) p[j] /= total
    }),
  }
}
