/** Probabilities of a piece of a row, when maximum and sum of the whole row are known. */
import type { Kernel } from '../kernel.ts'
import { mapEach } from './dense.ts'
import { exp } from './exp.ts'
import { log1p } from './log.ts'

/** exp(x_j − max) / (1 + rest); NaN where the whole row has no softmax. */
export function shareKernel(max: number, rest: number): Kernel {
  const total = Number.isFinite(max) ? 1 + rest : NaN
  return {
    js: mapEach(([x], size) => {
      for (let j = 0; j < size; j++) x[j] = exp(x[j] - max) / total
    }),
  }
}

/** x_j − max − log1p(rest). */
export function logShareKernel(max: number, rest: number): Kernel {
  const logTotal = Number.isFinite(max) ? log1p(rest) : NaN
  return {
    js: mapEach(([x], size) => {
      for (let j = 0; j < size; j++) x[j] = x[j] - max - logTotal
    }, -Infinity),
  }
}
