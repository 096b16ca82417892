/** The loss as a function of the temperature, for a picture of it. */
import { show, wrongKind, wrongValue } from '../check.ts'
import type { Labels, Logits } from '../rows/types.ts'
import { type FitOptions, openLabelled } from './labelled.ts'
import { temperatureLoss } from './temperature-objective.ts'

/**
 * The mean negative log-likelihood at some temperatures; one pass over the rows for each.
 *
 *     nll(T) = mean_i (log Σ_k exp(x_ik / T) − x_iy / T)
 *
 * @param logits logits, or probabilities with `from`: an array or a tensor
 * @param labels the true class of each row
 * @param temperatures numbers above 0
 * @param options as for `fitTemperature`
 * @returns one number per temperature
 * @throws as `fitTemperature`; RangeError for a temperature that is not above 0 and finite
 * @example
 * import { nllCurve } from 'onesum/calibration'
 *
 * nllCurve([2, 0, 0, 2, 2, 0], [0, 1, 1], [1, 2], { shape: [3, 2] }) // → Float64Array [0.7936, 0.6466]
 */
export function nllCurve(
  logits: Logits,
  labels: Labels,
  temperatures: ArrayLike<number>,
  options?: FitOptions,
): Float64Array<ArrayBuffer> {
  const where = 'nllCurve'
  const { data } = openLabelled(where, logits, labels, options)
  if (typeof temperatures?.length !== 'number') {
    throw wrongKind(where, 'temperatures', 'an array of numbers', show(temperatures))
  }
  const at = Float64Array.from(temperatures)
  const bad = at.findIndex((t) => !(t > 0 && t < Infinity))
  if (bad >= 0) throw wrongValue(where, 'temperatures', 'finite numbers > 0', `${at[bad]} at index ${bad}`)
  const lossAt = temperatureLoss(data)
  return at.map((temperature) => lossAt(temperature).loss)
}
