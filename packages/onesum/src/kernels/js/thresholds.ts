/**
 * Where the support of an entmax row ends.
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

/** Steps of a search; six to eight are common. */
const MOST = 100

/**
 * The root for 0 < a < 1, in L = −log p_max: the ratios r_j = p_j / p_max = (1 − s_j e^{aL})^{1/a} =
 * exp(log1p(−s_j e^{aL}) / a) keep their digits as a → 0, where they become exp(−(max − x_j) / T), and
 * L = log1p(Σ r_j) over the others.
 *
 * Method: Newton's steps on log Σ p from L = 0, of which ties need one, and a few are enough as a → 0. They may pass the
 * root where entries leave the support, and then miss it on the way back: no step goes below `safe`, what Newton's step on
 * Σ p gave before, which is convex in L and so never passed. Both slopes, Σ r_j^{1 − a} over Σ r_j and over e^L, are at
 * least 1 near the root: it is known as well as the sums are.
 */
export function logPeak(s: Float64Array, size: number, a: number): LogPeak {
  const ratios = buffer(8, size)
  const slopes = buffer(9, size)
  let safe = 0
  let last = Infinity
  let L = 0
  for (let turn = 0; ; turn++) {
    const growth = Math.exp(a * L)
    for (let j = 0; j < size; j++) {
      const ratio = ratioOf(s[j], growth, a)
      ratios[j] = ratio
      slopes[j] = ratio === 0 ? 0 : ratio / (1 - s[j] * growth)
    }
    const rest = sum(ratios, 0, size)
    const slope = 1 + sum(slopes, 0, size)
    const gap = log1p(rest) - L
    const miss = Math.abs(gap)
    // near the root the gap shrinks to its square, until what is left is rounding
    const there = miss <= 2 ** -52 * L || (miss < 2 ** -36 * L && miss > last / 2)
    const newton = L + (gap * (1 + rest)) / slope
    const next = gap > 0 || newton > safe ? newton : safe
    if (there || next === L || turn === MOST) return { growth, rest }
    if (gap > 0) safe = L + (rest - Math.expm1(L)) / slope
    last = miss
    L = next
  }
}

/** p_j / p_max. */
export function ratioOf(s: number, growth: number, a: number): number {
  const u = s * growth
  return u < 1 ? exp(log1p(-u) / a) : 0
}

/** The least entry of the support, and its probability. */
export interface Edge {
  readonly least: number
  readonly p: number
}

/**
 * The root for a > 1, from the other end: with x_k the least entry of the support and u its probability,
 * p_j = (u^a + a (x_j − x_k) / T)^{1/a}. Small probabilities, which c − s_j could not hold beside c (they are its a-th
 * roots), keep their digits. `x` holds the candidates themselves, with every maximum.
 *
 * Method: an entry is in the support if the sum over the larger ones is below 1 at u = 0; that halves what is undecided
 * around a pivot until nothing is. Then Newton's steps in u from the right: the sum is convex in u, with slopes
 * (u / p_j)^{a − 1}.
 */
export function edgeOf(x: Float64Array, size: number, a: number, temperature: number): Edge {
  const undecided = buffer(8, size)
  undecided.set(x.subarray(0, size))
  let least = Infinity
  for (let left = size; left > 0; ) {
    const pivot = undecided[left >> 1]
    const inside = sumsBelowOne(x, size, pivot, a, temperature)
    if (inside) least = pivot
    let kept = 0
    for (let j = 0; j < left; j++) {
      if (inside ? undecided[j] < pivot : undecided[j] > pivot) undecided[kept++] = undecided[j]
    }
    left = kept
  }
  const above = buffer(8, size)
  let ties = 0
  let count = 0
  for (let j = 0; j < size; j++) {
    if (x[j] > least) above[count++] = (a * (x[j] - least)) / temperature
    else if (x[j] === least) ties++
  }
  return { least, p: edgeProbability(above, count, ties, a) }
}

/** Whether Σ (a (x_j − pivot) / T)^{1/a} over the entries above the pivot stays below 1. */
function sumsBelowOne(x: Float64Array, size: number, pivot: number, a: number, temperature: number): boolean {
  let total = 0
  for (let j = 0; j < size; j++) {
    if (x[j] > pivot) total += ((a * (x[j] - pivot)) / temperature) ** (1 / a)
    if (total >= 1) return false
  }
  return true
}

/** The u with ties · u + Σ (u^a + above_j)^{1/a} = 1, from the right. */
function edgeProbability(above: Float64Array, count: number, ties: number, a: number): number {
  const terms = buffer(9, count)
  const slopes = buffer(10, count)
  for (let j = 0; j < count; j++) terms[j] = above[j] ** (1 / a)
  let u = Math.max(0, (1 - sum(terms, 0, count)) / ties)
  for (let turn = 0; turn < MOST; turn++) {
    const power = u ** a
    for (let j = 0; j < count; j++) {
      const p = (power + above[j]) ** (1 / a)
      terms[j] = p
      slopes[j] = power === 0 ? 0 : (power / (power + above[j])) * (p / u)
    }
    const next = u - (ties * u - (1 - sum(terms, 0, count))) / (ties + sum(slopes, 0, count))
    if (!(next < u)) break
    u = Math.max(0, next)
  }
  return u
}
