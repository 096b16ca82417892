/** Negative log-likelihood of given log-probabilities, and its gradient, one row in float64. */
import { IGNORED } from '../../rows/labels.ts'
import { type LossOutput, type TargetRows, targetMass } from './cross-entropy.ts'
import { buffer, eachRow, store } from './dense.ts'
import { sum } from './sums.ts'

/** loss = −Σ t_j logp_j, gradient −t_j; classes of no mass add nothing. */
function nllRows(rows: TargetRows, { losses, grad, scale }: LossOutput): void {
  const { labels } = rows.target
  const mass = buffer(5, rows.length)
  eachRow(rows, ({ row, start, size, values: [logP] }) => {
    if (labels && labels[row] === IGNORED) {
      if (losses) losses[row] = 0
      logP.fill(0, 0, size)
    } else {
      targetMass(rows, row, start, mass)
      for (let j = 0; j < size; j++) logP[j] = mass[j] === 0 ? 0 : -mass[j] * logP[j]
      if (losses) losses[row] = sum(logP, 0, size)
      // from 0, so that zeros are positive, and NaN where the mean is one over no weight
      for (let j = 0; j < size; j++) logP[j] = 0 - mass[j] * scale
    }
    if (grad) store(rows, grad, start, logP, 0)
  })
}

export const nllKernel = { js: nllRows }
