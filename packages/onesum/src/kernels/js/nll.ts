/** Negative log-likelihood of given log-probabilities, and its gradient, one row in float64. */
import { targetMass } from './cross-entropy.ts'
import { buffer } from './dense.ts'
import { lossEach } from './loss-rows.ts'
import { sum } from './sums.ts'

/** loss = −Σ t_j logp_j, gradient −t_j; classes of no mass add nothing. */
const nllRows = lossEach(({ row, start, size, values }, rows, scale) => {
  const logP = values[0]
  const mass = buffer(5, size)
  targetMass(rows, row, start, mass)
  for (let j = 0; j < size; j++) logP[j] = mass[j] === 0 ? 0 : -mass[j] * logP[j]
  const loss = sum(logP, 0, size)
  // from 0, so that zeros are positive, and NaN where the mean is one over no weight
  for (let j = 0; j < size; j++) logP[j] = 0 - mass[j] * scale
  return loss
})

export const nllKernel = { js: nllRows }
