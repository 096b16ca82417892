/** Telling probabilities from logits: feeding the one as the other is this field's commonest silent error. */
import { eachRow } from '../kernels/js/dense.ts'
import { openRows, type Signature } from '../rows/rows.ts'
import type { Logits, RowOptions } from '../rows/types.ts'

/** Sums of probabilities may miss 1 by this much. */
export const SUM_TOLERANCE = 1e-3

const SIGNATURE: Signature = {
  name: 'looksLikeProbabilities',
  operands: ['scores'],
  options: ['shape', 'axis', 'dtype'],
}

/**
 * Whether every row lies in [0, 1] and sums to 1 ± 1e-3, as rows of logits hardly ever do.
 *
 * @param scores an array or a tensor
 * @param options `shape` (default one row), `axis` (default the last), `dtype`
 * @returns true where these are almost certainly probabilities; false where there is no row
 * @throws TypeError where an argument is of the wrong kind, RangeError where its value is wrong
 * @example
 * import { looksLikeProbabilities } from 'onesum/metrics'
 *
 * looksLikeProbabilities([0.7, 0.2, 0.1]) // → true
 */
export function looksLikeProbabilities(scores: Logits, options?: Omit<RowOptions, 'out'>): boolean {
  const { rows } = openRows(SIGNATURE, [scores], options)
  let alike = rows.count > 0
  eachRow(rows, ({ size, values: [p] }) => {
    alike &&= isDistribution(p, size)
  })
  return alike
}

/** Whether a row lies in [0, 1] and sums to 1 ± 1e-3; entries may pass 1 by `slack`. */
export function isDistribution(p: Float64Array, size: number, slack = 0): boolean {
  let total = 0
  for (let j = 0; j < size; j++) {
    if (!(p[j] >= 0 && p[j] <= 1 + slack)) return false
    total += p[j]
  }
  return Math.abs(total - 1) <= SUM_TOLERANCE
}
