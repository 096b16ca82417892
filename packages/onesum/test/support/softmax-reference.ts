import type { DoubleDouble } from './double-double.ts'
import * as dd from './double-double.ts'

/** What softmax makes of one row of finite logits, to about 1e-30. */
export type ReferenceRow = {
  /** softmax(x / T)_j */
  probabilities: DoubleDouble[]
  /** log softmax(x / T)_j, accurate relative to itself near 0 as well */
  logProbabilities: DoubleDouble[]
  /** log Σ exp(x_j / T) − max(x) / T */
  logSum: DoubleDouble
}

/**
 * The softmax of one row from its definition, in double-double. Rows hold finite numbers or -Infinity, at least
 * one finite. Logits and temperature are first scaled by one power of two, which changes neither (x − max) / T
 * nor a digit, so that differences beyond the float64 range stay finite.
 */
export function referenceRow(x: ArrayLike<number>, temperature = 1): ReferenceRow {
  const largest = Array.from(x).reduce((a, b) => Math.max(a, b))
  const exponent = -Math.floor(Math.log2(Math.max(Math.abs(largest), temperature)))
  const [t] = dd.scale([temperature, 0], exponent)
  const [top] = dd.scale([largest, 0], exponent)
  const shifted = Array.from(x, (v): DoubleDouble => {
    const [scaled] = dd.scale([v, 0], exponent)
    // a logit that scaling takes out of the range is 2^1024 T or more below the largest
    return Number.isFinite(scaled) ? quotient(dd.twoSum(scaled, -top), t) : [-Infinity, 0]
  })
  const terms = shifted.map((s) => (s[0] === -Infinity ? dd.zero : dd.exp(s)))
  const at = shifted.findIndex((s) => s[0] === 0 && s[1] === 0)
  // the sum of all terms but one maximum keeps log(sum) accurate when that maximum dominates
  const others = terms.reduce((sum, e, j) => (j === at ? sum : dd.add(sum, e)), dd.zero)
  const total = dd.add(dd.one, others)
  const logSum = dd.log1p(others)
  return {
    probabilities: terms.map((e) => (e[0] === 0 ? dd.zero : dd.divide(e, total))),
    logProbabilities: shifted.map((s) => (Number.isFinite(s[0]) ? dd.subtract(s, logSum) : [-Infinity, 0])),
    logSum,
  }
}

/** a / b, where an underflowing or overflowing quotient is decided in float64. */
function quotient(a: DoubleDouble, b: number): DoubleDouble {
  if (a[0] === 0) return dd.zero
  const estimate = a[0] / b
  if (Math.abs(estimate) > 1e280) return [estimate, 0]
  // digits below the normal range carry nothing that exp or log could show
  if (Math.abs(estimate) < 1e-280) return [estimate, 0]
  const lift = Math.abs(b) < 1e-250 ? 600 : 0
  return dd.divide(dd.scale(a, lift), dd.scale([b, 0], lift))
}

/** Neumaier's compensated sum: its error is of second order in the unit roundoff, at any length. */
export function compensatedSum(values: ArrayLike<number>): number {
  let sum = 0
  let correction = 0
  for (let i = 0; i < values.length; i++) {
    const v = values[i]
    const t = sum + v
    correction += Math.abs(sum) >= Math.abs(v) ? sum - t + v : v - t + sum
    sum = t
  }
  return sum + correction
}
