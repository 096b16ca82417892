/**
 * Where the support of an entmax row ends: the size of its largest entry, from how far the others are below it.
 *
 * With a = alpha − 1 and s_j = a (max − x_j) / T, p_j = (c − s_j)^(1/a) where s_j < c and 0 elsewhere, and c = p_max^a
 * makes the row sum to 1. Since c <= 1, only entries with s_j < 1 count: the candidates. `s` holds those beside one
 * maximum, whose own s is 0; it is overwritten.
 *
 * Nothing is sorted. Each method drops candidates that cannot be in the support as it goes, and its last sums run over
 * the support alone, in pairs (`sums.ts`).
 */
import { buffer } from './dense.ts'
import { exp } from './exp.ts'
import { log1p } from './log.ts'
import { sum } from './sums.ts'

/** Keeps the candidates below c, at the front, in order; returns how many. */
function keepBelow(s: Float64Array, size: number, c: number): number {
  let kept = 0
  for (let j = 0; j < size; j++) if (s[j] < c) s[kept++] = s[j]
  return kept
}

/**
 * The c of sparsemax.
 *
 * Method (Michelot, A finite algorithm for finding the projection of a point onto the canonical simplex, 1986): c over
 * too many entries is never below the true one, so what lies beyond it goes, until nothing does. A few turns on rows in
 * no special order.
 */
export function sparsemaxThreshold(s: Float64Array, size: number): number {
  for (let left = size; ; ) {
    const c = (1 + sum(s, 0, left)) / (left + 1)
    const kept = keepBelow(s, left, c)
    if (kept === left) return c
    left = kept
  }
}

/**
 * The c of 1.5-entmax: Σ (c − s_j)² = 1 over the support, a quadratic equation with the root
 * mean + sqrt((1 − Σ (s_j − mean)²) / n) (Peters, Niculae and Martins, Sparse sequence-to-sequence models, 2019,
 * section 4.1).
 *
 * Method: Newton's steps on the convex Σ (c − s_j)²₊ − 1 from c = 1 downwards stay above the root, so that what lies
 * beyond them goes; as soon as the quadratic's root is beyond all that is left, it is the answer.
 */
export function entmax15Threshold(s: Float64Array, size: number): number {
  const squares = buffer(8, size)
  let left = size
  for (let c = 1; ; ) {
    const count = left + 1
    const mean = sum(s, 0, left) / count
    let furthest = 0
    for (let j = 0; j < left; j++) {
      squares[j] = (s[j] - mean) ** 2
      if (s[j] > furthest) furthest = s[j]
    }
    const spread = sum(squares, 0, left) + mean * mean
    if (spread <= 1) {
      const root = mean + Math.sqrt((1 - spread) / count)
      if (root > furthest) return root
    }
    const next = c - (spread + count * (c - mean) ** 2 - 1) / (2 * count * (c - mean))
    // at the root, to the last place
    if (!(next < c)) return c
    c = next
    left = keepBelow(s, left, c)
  }
}

/** A root with c = exp(−a L): L = −log p_max. */
export interface LogPeak {
  /** 1 / c. */
  readonly growth: number
  /** Σ p_j / p_max over all entries but one maximum. */
  readonly rest: number
}

/** Steps of the search; six to eight are common. */
const MOST = 100

/**
 * The root for any a > 0, in L = −log p_max: the ratios r_j = p_j / p_max = (1 − s_j e^{aL})^{1/a} = exp(log1p(−s_j e^{aL}) / a)
 * keep their digits as a → 0, where they become exp(−(max − x_j) / T), and L = log1p(Σ r_j) over the others.
 *
 * Method: G(L) = log1p(Σ r_j) − L falls with a slope of −Σ r_j^{1 − a} / Σ r_j <= −1 (both sums with the maximum), so
 * that the root lies between L and L + G(L). Newton's steps inside that bracket, and halving where they do not shorten
 * it: for a > 1 the slope is infinite where an entry leaves the support.
 */
export function logPeak(s: Float64Array, size: number, a: number): LogPeak {
  const ratios = buffer(8, size)
  const slopes = buffer(9, size)
  let low = 0
  let high = Math.log(size + 1)
  let width = high
  let L = 0
  let found: LogPeak = { growth: 1, rest: 0 }
  for (let turn = 0; turn < MOST; turn++) {
    const growth = Math.exp(a * L)
    for (let j = 0; j < size; j++) {
      const ratio = ratioOf(s[j], growth, a)
      ratios[j] = ratio
      slopes[j] = ratio === 0 ? 0 : ratio / (1 - (s[j] === 0 ? 0 : s[j] * growth))
    }
    const rest = sum(ratios, 0, size)
    found = { growth, rest }
    const gap = log1p(rest) - L
    if (gap > 0) {
      low = L
      high = Math.min(high, L + gap)
    } else {
      high = L
      low = Math.max(low, L + gap)
    }
    if (Math.abs(gap) <= 2 ** -52 * L || !(high - low > 2 ** -52 * high)) break
    const newton = L + (gap * (1 + rest)) / (1 + sum(slopes, 0, size))
    const shortened = turn % 3 !== 2 || high - low <= width / 2
    if (turn % 3 === 2) width = high - low
    const next = shortened && newton >= low && newton <= high ? newton : low + (high - low) / 2
    if (next === L) break
    L = next
  }
  return found
}

/** p_j / p_max; a maximum, whose s is 0, has ratio 1 however large the growth. */
export function ratioOf(s: number, growth: number, a: number): number {
  if (s === 0) return 1
  const u = s * growth
  return u < 1 ? exp(log1p(-u) / a) : 0
}
