/** The class mix of unlabelled rows, found from a model's probabilities. */
import { readInteger, readNumber, wrongValue } from '../check.ts'
import { mixtureShares } from '../kernels/js/mixture.ts'
import { openRows, type Signature } from '../rows/rows.ts'
import type { Dtype, Logits, RowOptions } from '../rows/types.ts'
import { checkProbabilities, readPriorOption } from './correct-prior.ts'

/** Options of `estimatePrior`. */
export interface EstimateOptions extends Omit<RowOptions<Dtype | undefined>, 'out'> {
  /** The classes' shares where the model was trained, each above 0. */
  sourcePrior: Logits
  /** Ends where no share moves by more in one step; by default 1e-9. */
  tolerance?: number
  /** The most steps; by default 1000. */
  maxIterations?: number
}

/** What `estimatePrior` found. */
export interface PriorEstimate {
  /** The shares of the classes in these rows. */
  prior: Float64Array<ArrayBuffer>
  /** Steps taken. */
  iterations: number
  /** Whether the last of them moved no share by more than the tolerance. */
  converged: boolean
}

const SIGNATURE: Signature = {
  name: 'estimatePrior',
  operands: ['probabilities'],
  options: ['shape', 'axis', 'dtype', 'sourcePrior', 'tolerance', 'maxIterations'],
}

/**
 * The mix of classes in rows without labels, by expectation maximisation from the mix the model was trained on.
 *
 *     t_c ← mean over rows of p_c t_c / s_c / Σ_k p_k t_k / s_k,  from t = s, the source prior
 *
 * Each step raises the likelihood, which has no other maximum to get caught in; the result is as good as the
 * probabilities are calibrated. Steps shrink slowly where classes are hard to tell apart.
 *
 * @param probabilities the model's probabilities, one row each: an array or a tensor
 * @param options `sourcePrior`, `tolerance` (default 1e-9), `maxIterations` (default 1000), `shape` (default one row),
 *   `axis` (default the last), `dtype`
 * @returns `{ prior, iterations, converged }`; the prior goes to `correctPrior` as `targetPrior`
 * @throws RangeError for a prior that does not sum to 1 ± 1e-3, for no rows or one that is no distribution; TypeError
 *   where an argument is of the wrong kind
 * @see Saerens, Latinne and Decaestecker, Adjusting the Outputs of a Classifier to New a Priori Probabilities, 2002, eq. 2.9
 * @example
 * import { estimatePrior } from 'onesum'
 *
 * const { prior } = estimatePrior([1, 0, 1, 0, 0, 1, 1, 0], { shape: [4, 2], sourcePrior: [0.5, 0.5] })
 * prior // → Float64Array [0.75, 0.25]
 */
export function estimatePrior(probabilities: Logits, options: EstimateOptions): PriorEstimate {
  const { where, rows, options: given } = openRows(SIGNATURE, [probabilities], options)
  const { sourcePrior, tolerance, maxIterations } = given as EstimateOptions
  const source = readPriorOption(where, 'sourcePrior', sourcePrior, rows.length, true)
  const least = readNumber(where, 'tolerance', tolerance, 1e-9, 0, 1)
  const most = readInteger(where, 'maxIterations', maxIterations, 1000, 1, Number.MAX_SAFE_INTEGER)
  if (rows.count === 0 || rows.length === 0) {
    throw wrongValue(where, 'probabilities', 'at least one row of one class', `${rows.count} rows of ${rows.length}`)
  }
  checkProbabilities(rows, false)
  return mixtureShares(rows, source, least, most)
}
