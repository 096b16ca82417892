/** The loss of one row, and what its gradient is made of. */
import { exponentialsInPlace, peak } from '../kernels/js/exponentials.ts'
import { log1p } from '../kernels/js/log.ts'

/**
 * −log softmax(z)_y; z becomes softmax(z) − [k = y], the gradient. Infinity, and no gradient, where a logit is no number, as on
 * a step that went too far.
 */
export function lossAndResidual(z: Float64Array, size: number, label: number): number {
  const top = peak(z, size)
  if (top < 0) return Infinity
  const own = z[label] - z[top]
  const rest = exponentialsInPlace(z, size, top, 1)
  const share = 1 / (1 + rest)
  for (let j = 0; j < size; j++) z[j] *= share
  z[label] -= 1
  return log1p(rest) - own
}
