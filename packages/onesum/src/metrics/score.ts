/** What one row is worth, in float64. */
import { buffer } from '../kernels/js/dense.ts'
import { exponentials, exponents } from '../kernels/js/exponentials.ts'
import { log, log1p } from '../kernels/js/log.ts'
import { dot, sumBut } from '../kernels/js/sums.ts'

/** One row's part. */
export interface RowScore {
  /** The true class. */
  label: number
  /** The most probable class, the lowest of several. */
  predicted: number
  /** −log of the true class's probability. */
  nll: number
  /** Σ_k (p_k − y_k)². */
  brier: number
  /** The largest probability. */
  confidence: number
  /** How many classes come before the true one. */
  rank: number
}

/** A row of logits whose first maximum is at `top`; it becomes the row of probabilities. */
export function scoreLogits(x: Float64Array, size: number, top: number, label: number): RowScore {
  const rank = label === top ? 0 : rankOf(x, size, label)
  const q = buffer(4, size)
  exponents(x, size, top, 1, q)
  const rest = exponentials(x, q, size, top, 1, x)
  const total = 1 + rest
  // 1 − p at the label from the sum of the others, so that a confident row keeps its digits
  const others = label === top ? rest : sumBut(x, size, label)
  const share = 1 / total
  for (let j = 0; j < size; j++) x[j] *= share
  const brier = brierOf(x, size, label, others / total)
  return { label, predicted: top, nll: log1p(rest) - q[label], brier, confidence: x[top], rank }
}

/** A row of probabilities whose first maximum is at `top`, taken as they are but for what lies past 1. */
export function scoreProbabilities(p: Float64Array, size: number, top: number, label: number): RowScore {
  const rank = label === top ? 0 : rankOf(p, size, label)
  // rounding to float32 may have pushed a probability past 1
  for (let j = 0; j < size; j++) p[j] = Math.min(p[j], 1)
  const nll = p[label] === 1 ? 0 : -log(p[label])
  return { label, predicted: top, nll, brier: brierOf(p, size, label, 1 - p[label]), confidence: p[top], rank }
}

/** Σ_k (p_k − y_k)², where `miss` is 1 − p of the label. */
function brierOf(p: Float64Array, size: number, label: number, miss: number): number {
  const held = p[label]
  p[label] = miss
  const total = dot(p, p, 0, size)
  p[label] = held
  return total
}

/** How many classes come before the label: a larger score, or the same and a lower index. */
function rankOf(x: Float64Array, size: number, label: number): number {
  const own = x[label]
  let rank = 0
  for (let j = 0; j < label; j++) if (x[j] >= own) rank++
  for (let j = label + 1; j < size; j++) if (x[j] > own) rank++
  return rank
}
