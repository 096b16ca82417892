/** Sparsemax and entmax for any alpha, one row in float64. */
import { buffer, type MapRow } from './dense.ts'
import { exponentials, exponents, peak } from './exponentials.ts'
import { limitRow } from './softmax.ts'
import { entmax15Threshold, logPeak, ratioOf, sparsemaxThreshold } from './thresholds.ts'

/** What is further than this below the maximum has a probability below the smallest float64, whatever alpha. */
const DEPTH = 746

/** How far below the maximum, in units of the logits over T, an entry may still have a probability. */
export function reachOf(alpha: number): number {
  return Math.min(1 / (alpha - 1), DEPTH)
}

/**
 * p_j = ((c − s_j)₊)^{1 / (alpha − 1)}, s_j = (alpha − 1) (max − x_j) / T; `x` and `p` may be one array. Returns the index
 * of a maximum, −1 where the row is NaN.
 *
 * Equal logits have equal s and so equal bits, and what lies at or beyond c is exactly 0.
 */
export function entmaxOf(x: Float64Array, size: number, alpha: number, temperature: number, p: Float64Array): number {
  const top = peak(x, size)
  if (top < 0) p.fill(NaN, 0, size)
  else if (temperature === 0 || temperature === Infinity || alpha === Infinity) {
    if (p !== x) p.set(x.subarray(0, size))
    limitRow(p, size, x[top], temperature === Infinity ? Infinity : 0)
  } else {
    const a = alpha - 1
    const s = buffer(4, size)
    exponents(x, size, top, temperature, s)
    if (a === 0) {
      const total = 1 + exponentials(x, s, size, top, temperature, p)
      for (let j = 0; j < size; j++) p[j] /= total
    } else {
      for (let j = 0; j < size; j++) s[j] *= -a
      fromDistances(s, size, top, a, p)
    }
  }
  return top
}

/** The row from its s. */
function fromDistances(s: Float64Array, size: number, top: number, a: number, p: Float64Array): void {
  const others = buffer(7, size)
  const reach = Math.min(1, a * DEPTH)
  let count = 0
  for (let j = 0; j < size; j++) if (s[j] < reach && j !== top) others[count++] = s[j]
  if (a === 1) {
    const c = sparsemaxThreshold(others, count)
    for (let j = 0; j < size; j++) p[j] = s[j] < c ? c - s[j] : 0
  } else if (a === 0.5) {
    const c = entmax15Threshold(others, count)
    for (let j = 0; j < size; j++) p[j] = s[j] < c ? (c - s[j]) ** 2 : 0
  } else {
    const { growth, rest } = logPeak(others, count, a)
    for (let j = 0; j < size; j++) p[j] = s[j] < reach ? ratioOf(s[j], growth, a) / (1 + rest) : 0
  }
}

/** The mapping of one row, in place. */
export function entmaxRow(alpha: number): MapRow {
  return ([x], size, temperature) => {
    entmaxOf(x, size, alpha, temperature, x)
  }
}
