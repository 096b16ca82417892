/**
 * Fenchel–Young losses of entmax, sparsemax at alpha = 2, one row in float64 (Blondel, Martins and Niculae, Learning with
 * Fenchel–Young losses, 2020).
 *
 * The definition, Ω*(x) + Ω(q) − ⟨x, q⟩ with Ω(p) = (Σ p_j^alpha − 1) / (alpha (alpha − 1)), cancels where p is near q.
 * With a = alpha − 1 and ν_j = max − x_j + (1 − p_max^a) / a, which is (1 − p_j^a) / a on the support and at least 1 / a
 * outside, it is a sum of terms >= 0:
 *
 *     p_j > 0:  (q^alpha + a p^alpha − alpha p^a q) / (alpha a),  Ω's Bregman divergence of q_j from p_j
 *     p_j = 0:  q^alpha / (alpha a) + q (ν_j − 1 / a)
 *
 * each written so that nothing is divided by a that does not vanish with it: at a = 0 the sum is the Kullback–Leibler
 * divergence of q from softmax.
 */
import { fromHalf } from '../../rows/float16.ts'
import type { TargetRows } from '../../rows/rows.ts'
import { buffer, type DenseRow } from './dense.ts'
import { entmaxOf } from './entmax.ts'
import { lossEach } from './loss-rows.ts'
import { dot, sum, sumBut } from './sums.ts'

/** Losses and gradients: gx = W (p − q), W the class weight of the target, in a distribution their mean under it. */
export function fenchelYoungRows(alpha: number): ReturnType<typeof lossEach> {
  return lossEach((dense, rows, scale) => {
    const { row, size, values } = dense
    const [x] = values
    const p = buffer(6, size)
    const top = entmaxOf(x, size, alpha, 1, p)
    if (top < 0) {
      x.fill(NaN, 0, size)
      return NaN
    }
    const { labels, weight } = rows.target
    const q = buffer(5, size)
    if (labels) q.fill(0, 0, size)[labels[row]] = 1
    else readDistribution(dense, rows, q)
    const w = labels ? (weight ? weight[labels[row]] : 1) : weight ? dot(weight, q, 0, size) : 1
    const terms = buffer(4, size)
    const shift = -growth(alpha - 1, Math.log(p[top]))
    const max = x[top]
    for (let j = 0; j < size; j++) {
      // at the label 1 − p is the sum of the others
      const difference = labels?.[row] === j ? sumBut(p, size, j) : q[j] - p[j]
      terms[j] = termOf(q[j], p[j], difference, max - x[j], shift, alpha)
      x[j] = -w * difference * scale
    }
    return w === 0 ? 0 : w * sum(terms, 0, size)
  })
}

/** The row's target, scaled to sum to 1. */
function readDistribution({ start, size }: DenseRow, { inner, target }: TargetRows, q: Float64Array): void {
  const { distribution } = target
  if (!distribution) return
  const half = distribution instanceof Uint16Array
  for (let j = 0; j < size; j++) {
    const given = distribution[start + j * inner]
    q[j] = half ? fromHalf(given) : given
  }
  const total = sum(q, 0, size)
  for (let j = 0; j < size; j++) q[j] /= total
}

/** (e^(a l) − 1) / a, which is l at a = 0. */
const growth = (a: number, l: number): number => (a === 0 ? l : Math.expm1(a * l) / a)

/** One class's part of the loss; `depth` is max − x_j, and ν_j = depth + shift. */
function termOf(q: number, p: number, difference: number, depth: number, shift: number, alpha: number): number {
  const a = alpha - 1
  if (alpha === Infinity) return q === 0 ? 0 : q * depth
  if (q === 0) return p === 0 ? 0 : p ** alpha / alpha
  if (p === 0) return Math.max(0, q * ((growth(a, Math.log(q)) - 1) / alpha + depth + shift))
  const ratio = difference / p
  if (Math.abs(ratio) < 0.1 && Math.abs(alpha * ratio) < 0.5) return p ** alpha * nearOne(ratio, alpha)
  const l = Math.abs(ratio) < 1 ? Math.log1p(ratio) : Math.log(q) - Math.log(p)
  const base = p ** a
  const grown = a * l > 1 ? (q ** a - base) / a : base * growth(a, l)
  return Math.max(0, (q * grown - base * difference) / alpha)
}

/** ((1 + r)^alpha − 1 − alpha r) / (alpha (alpha − 1)), as its series. */
function nearOne(r: number, alpha: number): number {
  let total = 0
  let term = (r * r) / 2
  for (let k = 2; total + term !== total; k++) {
    total += term
    term *= (r * (alpha - k)) / (k + 1)
  }
  return total
}
