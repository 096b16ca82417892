/** Cross-entropy of a softmax against a target, its gradient and curvature, one row in float64. */
import { fromHalf } from '../../rows/float16.ts'
import { IGNORED } from '../../rows/labels.ts'
import type { TargetRows } from '../../rows/rows.ts'
import { buffer, eachRow, store } from './dense.ts'
import { exponentials, exponents, peak } from './exponentials.ts'
import { log1p } from './log.ts'
import { type LossOutput, lossEach } from './loss-rows.ts'
import { dot, sum, sumBut } from './sums.ts'

/** The target mass t_j of every class, weight and smoothing included; returns its sum W. */
export function targetMass(rows: TargetRows, row: number, start: number, mass: Float64Array): number {
  const { length, inner, target } = rows
  const { labels, distribution, weight, smoothing } = target
  const even = smoothing / length
  const half = distribution instanceof Uint16Array
  for (let j = 0; j < length; j++) {
    let share = 0
    if (distribution) {
      const given = distribution[start + j * inner]
      share = half ? fromHalf(given) : given
    } else if (labels && labels[row] === j) share = 1
    mass[j] = (share * (1 - smoothing) + even) * (weight ? weight[j] : 1)
  }
  return sum(mass, 0, length)
}

/**
 * Losses and gradients.
 *
 * A label alone: loss = w ((max − x_y) + log1p(rest)), both terms >= 0; its gradient at the label is −w times the sum of
 * the *other* probabilities, which p_y − 1 would lose in a confident row. A distribution: Σ t_j (−log p_j), gradient
 * W p_j − t_j. Classes of no mass add nothing, wherever their logit is.
 */
export const crossEntropyRows = lossEach((dense, rows, scale, graded) => {
  const { row, start, size, values } = dense
  const x = values[0]
  const { labels, distribution, weight, smoothing } = rows.target
  const sharp = !distribution && smoothing === 0
  const q = buffer(4, size)
  const mass = buffer(5, size)
  const label = labels ? labels[row] : 0
  const w = sharp ? (weight ? weight[label] : 1) : targetMass(rows, row, start, mass)
  const top = peak(x, size)
  if (top < 0) {
    x.fill(NaN, 0, size)
    return NaN
  }
  const gap = sharp ? x[top] - x[label] : 0
  exponents(x, size, top, 1, q)
  const rest = exponentials(x, q, size, top, 1, x)
  const loss = sharp ? labelLoss(w, gap, rest) : massLoss(w, rest, q, mass, size)
  if (!graded) return loss
  if (sharp) labelGrad(x, size, label, w * scale, label === top ? rest : sumBut(x, size, label))
  else for (let j = 0; j < size; j++) x[j] = (w * (x[j] / (1 + rest)) - mass[j]) * scale
  return loss
})

function labelLoss(w: number, gap: number, rest: number): number {
  return w === 0 ? 0 : w * (gap + log1p(rest))
}

/** Σ t_j ((max − x_j) + log1p(rest)). */
function massLoss(w: number, rest: number, q: Float64Array, mass: Float64Array, size: number): number {
  const terms = buffer(6, size)
  for (let j = 0; j < size; j++) terms[j] = mass[j] === 0 ? 0 : -q[j] * mass[j]
  return sum(terms, 0, size) + w * log1p(rest)
}

/** w p_j, and −w times the others' share at the label, from e and the sum of the others. */
export function labelGrad(e: Float64Array, size: number, label: number, w: number, others: number): void {
  const total = others + e[label]
  for (let j = 0; j < size; j++) e[j] = w * (e[j] / total)
  e[label] = -w * (others / total)
}

/** The Hessian times v: W p_j (v_j − ⟨p, v⟩), W the row's target mass; the inputs are x and v. */
export function crossEntropyHvpRows(rows: TargetRows, { grad, scale }: LossOutput): void {
  const { labels } = rows.target
  const mass = buffer(5, rows.length)
  eachRow(rows, ({ row, start, size, values: [x, v] }) => {
    if (labels && labels[row] === IGNORED) x.fill(0, 0, size)
    else {
      const w = targetMass(rows, row, start, mass) * scale
      const top = peak(x, size)
      if (top < 0) x.fill(NaN, 0, size)
      else {
        const q = buffer(4, size)
        exponents(x, size, top, 1, q)
        const total = 1 + exponentials(x, q, size, top, 1, x)
        for (let j = 0; j < size; j++) x[j] /= total
        const mean = dot(x, v, 0, size)
        for (let j = 0; j < size; j++) x[j] *= w * (v[j] - mean)
      }
    }
    if (grad) store(rows, grad, start, x, 0)
  })
}
