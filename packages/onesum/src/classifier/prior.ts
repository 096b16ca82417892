/** How often each class is to be expected where a classifier is used. */
import { wrongValue } from '../check.ts'
import { log } from '../kernels/js/log.ts'
import { readPrior } from '../losses/prior.ts'

/** The class probabilities to expect; undefined where they are as in the training. */
export function readClassPrior(where: string, value: unknown, shares: Float64Array): Float64Array | undefined {
  if (value === undefined) return undefined
  const prior = readPrior(where, 'prior', value, shares.length, true)
  const empty = shares.findIndex((share) => !(share > 0))
  if (empty >= 0) throw wrongValue(where, 'prior', 'rows of each class', `none of class ${empty}`)
  return prior
}

/**
 * Shifts the intercepts by log prior − log share, which by Bayes' rule turns posteriors of the training's class shares into
 * those of the prior (Saerens, Latinne and Decaestecker, Adjusting the outputs of a classifier to new a priori
 * probabilities, 2002, equation 2.4). Logits are divided by the temperature afterwards, so it multiplies.
 */
export function adjustPrior(bias: Float64Array, prior: Float64Array, shares: Float64Array, temperature: number): void {
  let mean = 0
  for (let c = 0; c < bias.length; c++) {
    const shift = temperature * log(prior[c] / shares[c])
    bias[c] += shift
    mean += shift / bias.length
  }
  for (let c = 0; c < bias.length; c++) bias[c] -= mean
}
