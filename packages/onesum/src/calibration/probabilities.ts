/** A row of logits seen through its log-sum-exp. */
import { buffer } from '../kernels/js/dense.ts'
import { exp } from '../kernels/js/exp.ts'
import { exponentials, exponents, peak } from '../kernels/js/exponentials.ts'
import { log1p } from '../kernels/js/log.ts'
import type { From } from '../metrics/settings.ts'

/** log Σ_k exp(x_k); NaN where the row has no softmax. */
export function logSumOf(x: Float64Array, size: number): number {
  const top = peak(x, size)
  if (top < 0) return NaN
  const q = buffer(4, size)
  exponents(x, size, top, 1, q)
  return x[top] + log1p(exponentials(x, q, size, top, 1, buffer(5, size)))
}

/** Logits become log-probabilities, in place. */
export function toLogProbabilities(x: Float64Array, size: number): void {
  const total = logSumOf(x, size)
  for (let j = 0; j < size; j++) x[j] -= total
}

/** The probability of a score, given the log-sum-exp of its row; probabilities are taken as they are. */
export function probabilityOf(score: number, logSum: number, from: From): number {
  return from === 'probabilities' ? Math.min(score, 1) : exp(score - logSum)
}
