/** What one row adds to an evaluation, in float64. */
import { buffer } from '../kernels/js/dense.ts'
import { exponentials, exponents, peak } from '../kernels/js/exponentials.ts'
import { log, log1p } from '../kernels/js/log.ts'
import { sum, sumBut } from '../kernels/js/sums.ts'
import type { RowScore } from './tally.ts'

/** A row of logits; undefined where it has no softmax. The row is overwritten. */
export function scoreLogits(x: Float64Array, size: number, label: number): RowScore | undefined {
  const top = peak(x, size)
  if (top < 0) return undefined
  const rank = rankOf(x, size, label)
  const q = buffer(4, size)
  exponents(x, size, top, 1, q)
  const rest = exponentials(x, q, size, top, 1, x)
  const total = 1 + rest
  // 1 − p at the label from the sum of the others, so that a confident row keeps its digits
  const others = label === top ? rest : sumBut(x, size, label)
  return {
    nll: log1p(rest) - q[label],
    brier: brierOf(x, size, label, others, total),
    confidence: 1 / total,
    rank,
  }
}

/** A row of probabilities, taken as they are. The row is overwritten. */
export function scoreProbabilities(p: Float64Array, size: number, label: number): RowScore {
  const rank = rankOf(p, size, label)
  let confidence = 0
  // rounding to float32 may have pushed a probability past 1
  for (let j = 0; j < size; j++) p[j] = Math.min(p[j], 1)
  for (let j = 0; j < size; j++) confidence = Math.max(confidence, p[j])
  const nll = p[label] === 1 ? 0 : -log(p[label])
  return { nll, brier: brierOf(p, size, label, 1 - p[label], 1), confidence, rank }
}

/** Σ_k (e_k / total − y_k)², where `others / total` is 1 − p of the label. */
function brierOf(e: Float64Array, size: number, label: number, others: number, total: number): number {
  e[label] = others
  for (let j = 0; j < size; j++) {
    const miss = e[j] / total
    e[j] = miss * miss
  }
  return sum(e, 0, size)
}

/** How many classes come before the label: a larger score, or the same and a lower index. */
function rankOf(x: Float64Array, size: number, label: number): number {
  const own = x[label]
  let rank = 0
  for (let j = 0; j < size; j++) if (x[j] > own || (x[j] === own && j < label)) rank++
  return rank
}
