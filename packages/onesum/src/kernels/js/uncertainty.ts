/** How sure a row is: the entropy of its softmax, and the margin between its two largest logits. */
import { buffer, reduceEach } from './dense.ts'
import { exp } from './exp.ts'
import { exponentials, exponents, peak } from './exponentials.ts'
import { log1p } from './log.ts'
import { sum } from './sums.ts'

/** log1p(rest) + Σ e_j (−q_j) / (1 + rest): every term is >= 0, so nothing cancels. */
export function entropyRow([x]: Float64Array[], size: number): number {
  const top = peak(x, size)
  if (top < 0) return NaN
  const q = buffer(4, size)
  exponents(x, size, top, 1, q)
  const rest = exponentials(x, q, size, top, 1, x)
  for (let j = 0; j < size; j++) x[j] = x[j] === 0 ? 0 : -q[j] * x[j]
  return log1p(rest) + sum(x, 0, size) / (1 + rest)
}

/** Largest minus second largest, Infinity where there is no second; NaN where the row holds NaN. */
function marginRow([x]: Float64Array[], size: number): number {
  let first = -Infinity
  let second = -Infinity
  for (let j = 0; j < size; j++) {
    const value = x[j]
    if (Number.isNaN(value)) return NaN
    if (value > first) {
      second = first
      first = value
    } else if (value > second) second = value
  }
  return size === 1 ? Infinity : first - second
}

export const entropyKernel = { js: reduceEach(entropyRow) }
export const perplexityKernel = { js: reduceEach((values, size) => exp(entropyRow(values, size))) }
export const marginKernel = { js: reduceEach(marginRow) }
