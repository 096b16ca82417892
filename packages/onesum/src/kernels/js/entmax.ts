/** Sparsemax and entmax for any alpha, one row in float64. */
import { buffer, type MapRow } from './dense.ts'
import { exponentials, exponents, peak } from './exponentials.ts'
import { limitRow } from './softmax.ts'
import { edgeOf, entmax15Threshold, logPeak, ratioOf, sparsemaxThreshold } from './thresholds.ts'

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
    const q = buffer(4, size)
    exponents(x, size, top, temperature, q)
    if (alpha === 1) {
      const total = 1 + exponentials(x, q, size, top, temperature, p)
      for (let j = 0; j < size; j++) p[j] /= total
    } else if (alpha > 2) fromEdge(x, q, size, alpha - 1, temperature, p)
    else fromThreshold(q, size, top, alpha - 1, p)
  }
  return top
}

/** The row from q_j = (x_j − max) / T, for a <= 1. */
function fromThreshold(q: Float64Array, size: number, top: number, a: number, p: Float64Array): void {
  const s = q
  const others = buffer(7, size)
  const reach = Math.min(1, a * DEPTH)
  let count = 0
  for (let j = 0; j < size; j++) {
    s[j] = -a * q[j]
    if (s[j] < reach && j !== top) others[count++] = s[j]
  }
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

/** The row for a > 1, where small probabilities are a-th roots. */
function fromEdge(
  x: Float64Array,
  q: Float64Array,
  size: number,
  a: number,
  temperature: number,
  p: Float64Array,
): void {
  const candidates = buffer(7, size)
  let count = 0
  for (let j = 0; j < size; j++) if (-a * q[j] < 1) candidates[count++] = x[j]
  const edge = edgeOf(candidates, count, a, temperature)
  const power = edge.p ** a
  for (let j = 0; j < size; j++) {
    if (x[j] > edge.least) p[j] = Math.min(1, (power + (a * (x[j] - edge.least)) / temperature) ** (1 / a))
    else p[j] = x[j] === edge.least ? edge.p : 0
  }
}

/** The mapping of one row, in place. */
export function entmaxRow(alpha: number): MapRow {
  return ([x], size, temperature) => {
    entmaxOf(x, size, alpha, temperature, x)
  }
}
