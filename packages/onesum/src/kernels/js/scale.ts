/** The scale of rows of logits and the saturation of their softmax, in float64. */
import type { Rows } from '../../rows/rows.ts'
import { buffer, eachRow } from './dense.ts'
import { exponentials, exponents, peak } from './exponentials.ts'
import { log } from './log.ts'
import { dot, sum } from './sums.ts'
import { Total } from './total.ts'
import { entropyRow } from './uncertainty.ts'

/** Figures over all rows that have a softmax. */
export interface Scale {
  /** How many rows there are. */
  rows: number
  /** How many of them have no softmax: NaN, +Infinity, nothing but -Infinity, nothing kept. */
  invalid: number
  /** The smallest finite entry. */
  min: number
  /** The largest entry. */
  max: number
  /** The mean of each row's largest minus smallest finite entry. */
  range: number
  /** The largest of these. */
  maxRange: number
  /** The root mean square of the rows' standard deviations. */
  spread: number
  /** 1 / spread: the temperature at which standardised logits act like these. */
  effectiveTemperature: number
  /** The mean largest probability. */
  confidence: number
  /** The mean of entropy / log(finite entries): 0 where all rows are certain, 1 where all are uniform. */
  entropy: number
  /** The share of rows whose largest probability is exactly 1 in float32. */
  saturated: number
  /** The share of finite entries whose probability is exactly 0 in float32. */
  vanished: number
}

/** Rounded to float32, 1 − p and p of less than this are 0: half the spacing below 1, half the least subnormal. */
const BESIDE_ONE = 2 ** -25
const LEAST = 2 ** -150

export function measureScale(rows: Rows): Scale {
  let valid = 0
  let entries = 0
  let min = Infinity
  let max = -Infinity
  let maxRange = 0
  let saturated = 0
  let vanished = 0
  const ranges = new Total()
  const variances = new Total()
  const confidences = new Total()
  const entropies = new Total()
  eachRow(rows, ({ size, values: [x] }) => {
    const top = peak(x, size)
    if (top < 0) return
    valid++
    const n = finiteFirst(x, size)
    entries += n
    let least = Infinity
    for (let j = 0; j < n; j++) if (x[j] < least) least = x[j]
    const most = x[peak(x, n)]
    min = Math.min(min, least)
    max = Math.max(max, most)
    maxRange = Math.max(maxRange, most - least)
    ranges.add(most - least)
    variances.add(variance(x, n))
    const e = buffer(5, n)
    const first = peak(x, n)
    const q = buffer(4, n)
    exponents(x, n, first, 1, q)
    const rest = exponentials(x, q, n, first, 1, e)
    confidences.add(1 / (1 + rest))
    if (rest / (1 + rest) <= BESIDE_ONE) saturated++
    for (let j = 0; j < n; j++) if (e[j] / (1 + rest) <= LEAST) vanished++
    entropies.add(n > 1 ? entropyRow([x], n) / log(n) : 0)
  })
  const mean = (total: Total, count = valid) => (count === 0 ? NaN : total.value / count)
  const spread = Math.sqrt(mean(variances))
  return {
    rows: rows.count,
    invalid: rows.count - valid,
    min: valid ? min : NaN,
    max: valid ? max : NaN,
    range: mean(ranges),
    maxRange: valid ? maxRange : NaN,
    spread,
    effectiveTemperature: 1 / spread,
    confidence: mean(confidences),
    entropy: mean(entropies),
    saturated: valid ? saturated / valid : NaN,
    vanished: valid ? vanished / entries : NaN,
  }
}

/** Brings the entries above -Infinity to the front, in order, and counts them. */
function finiteFirst(x: Float64Array, size: number): number {
  let n = 0
  for (let j = 0; j < size; j++) if (x[j] > -Infinity) x[n++] = x[j]
  return n
}

function variance(x: Float64Array, n: number): number {
  const c = buffer(4, n)
  const mean = sum(x, 0, n) / n
  for (let j = 0; j < n; j++) c[j] = x[j] - mean
  return dot(c, c, 0, n) / n
}
