/** The shares of the classes in a mixture, by expectation maximisation, in float64. */
import type { Rows } from '../../rows/rows.ts'
import { eachRow } from './dense.ts'
import { dot } from './sums.ts'
import { Total } from './total.ts'

/**
 * From t = s: t_c ← mean over rows of p_c t_c / s_c / Σ_k p_k t_k / s_k, until no share moves by more than `tolerance`.
 * Every row is a distribution, and every share of s above 0.
 */
export function mixtureShares(rows: Rows, source: Float64Array, tolerance: number, maxIterations: number) {
  const { count, length } = rows
  const ratio = new Float64Array(count * length)
  eachRow(rows, ({ row, values: [p] }) => {
    for (let c = 0; c < length; c++) ratio[row * length + c] = p[c] / source[c]
  })
  const prior = Float64Array.from(source)
  let iterations = 0
  let converged = false
  while (iterations < maxIterations && !converged) {
    iterations++
    const change = step(ratio, count, length, prior)
    converged = change <= tolerance
  }
  return { prior, iterations, converged }
}

/** One step in place; returns how far the share that moved most moved. */
function step(ratio: Float64Array, count: number, length: number, prior: Float64Array): number {
  const sums = Array.from({ length }, () => new Total())
  for (let row = 0; row < count; row++) {
    const likelihoods = ratio.subarray(row * length, (row + 1) * length)
    const total = dot(likelihoods, prior, 0, length)
    for (let c = 0; c < length; c++) sums[c].add(likelihoods[c] / total)
  }
  let change = 0
  for (let c = 0; c < length; c++) {
    const next = (prior[c] * sums[c].value) / count
    change = Math.max(change, Math.abs(next - prior[c]))
    prior[c] = next
  }
  return change
}
