/** How often each class is to be expected where a classifier is used. */
import { wrongValue } from '../check.ts'
import { readFactors } from './options.ts'

/** The class probabilities to expect; undefined where they are as in the training. */
export function readPrior(where: string, value: unknown, shares: Float64Array): Float64Array | undefined {
  const prior = readFactors(where, 'prior', value, shares.length, 'class')
  if (!prior) return undefined
  const total = prior.reduce((sum, each) => sum + each, 0)
  if (!(Math.abs(total - 1) <= 1e-3))
    throw wrongValue(where, 'prior', 'probabilities that sum to 1', `the sum ${total}`)
  const bad = prior.findIndex((each, c) => !(each > 0) || !(shares[c] > 0))
  if (bad >= 0) {
    const got = prior[bad] > 0 ? `class ${bad} without rows` : `${prior[bad]} for class ${bad}`
    throw wrongValue(where, 'prior', 'a probability > 0 for each class, all of which have rows', got)
  }
  return prior
}

/**
 * Shifts the intercepts by log prior − log share, which by Bayes' rule turns posteriors of the training's class shares into
 * those of the prior (Saerens, Latinne and Decaestecker, Adjusting the outputs of a classifier to new a priori
 * probabilities, 2002, equation 2.4).
 */
export function adjustPrior(bias: Float64Array, prior: Float64Array, shares: Float64Array): void {
  let mean = 0
  for (let c = 0; c < bias.length; c++) {
    const shift = Math.log(prior[c] / shares[c])
    bias[c] += shift
    mean += shift / bias.length
  }
  for (let c = 0; c < bias.length; c++) bias[c] -= mean
}
