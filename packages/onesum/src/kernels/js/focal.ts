/**
 * Focal loss of a softmax, one row in float64.
 *
 * With o = 1 − p_y, taken from the sum of the *other* terms, and l = −log p_y >= 0, the loss is o^γ l and its slope
 * K = −p_y ∂loss / ∂p_y = o^γ (1 + γ p_y l / o). Both keep their digits in confident rows: l / o → 1 as o → 0, so that K
 * is finite for γ < 1 too.
 */
import type { TargetRows } from '../../rows/rows.ts'
import { labelGrad, targetMass } from './cross-entropy.ts'
import { buffer, type DenseRow } from './dense.ts'
import { exponentials, exponents, peak } from './exponentials.ts'
import { log1p } from './log.ts'
import { lossEach } from './loss-rows.ts'
import { sum, sumBut } from './sums.ts'

/** o^γ (1 + γ p l / o). */
function slope(p: number, o: number, l: number, gamma: number): number {
  const ratio = o === 0 ? 1 : l / o
  return o ** gamma * (1 + (p === 0 ? 0 : gamma * p * ratio))
}

/** Losses and gradients: gx_j = K p_j, gx_y = −K o, times the class's weight. */
export function focalRows(gamma: number): ReturnType<typeof lossEach> {
  return lossEach((dense, rows, scale) => {
    const { row, size, values } = dense
    const [x] = values
    const top = peak(x, size)
    if (top < 0) {
      x.fill(NaN, 0, size)
      return NaN
    }
    const { labels, weight } = rows.target
    const q = buffer(4, size)
    exponents(x, size, top, 1, q)
    const rest = exponentials(x, q, size, top, 1, x)
    if (!labels) return spread(dense, rows, scale, gamma, q, top, rest)
    const label = labels[row]
    const w = weight ? weight[label] : 1
    const others = label === top ? rest : sumBut(x, size, label)
    const total = others + x[label]
    const o = others / total
    const l = log1p(rest) - q[label]
    const k = slope(x[label] / total, o, l, gamma)
    labelGrad(x, size, label, w * k * scale, others)
    return w === 0 ? 0 : w * o ** gamma * l
  })
}

/** A distribution t: Σ t_j o_j^γ l_j, gradient p_j Σ t_k K_k − t_j K_j; classes of no mass add nothing. */
function spread(
  { row, start, size, values: [x] }: DenseRow,
  rows: TargetRows,
  scale: number,
  gamma: number,
  q: Float64Array,
  top: number,
  rest: number,
): number {
  const mass = buffer(5, size)
  const terms = buffer(6, size)
  targetMass(rows, row, start, mass)
  const total = 1 + rest
  const logTotal = log1p(rest)
  for (let j = 0; j < size; j++) {
    x[j] /= total
    terms[j] = 0
    if (mass[j] === 0) continue
    // only the maximum can be above 1/2, where 1 − p would lose digits
    const o = j === top ? rest / total : 1 - x[j]
    const l = logTotal - q[j]
    terms[j] = mass[j] * o ** gamma * l
    mass[j] *= slope(x[j], o, l, gamma)
  }
  const all = sum(mass, 0, size)
  for (let j = 0; j < size; j++) x[j] = (x[j] * all - mass[j]) * scale
  return sum(terms, 0, size)
}
