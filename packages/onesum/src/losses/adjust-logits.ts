/** Logit adjustment: the prior of the classes put into the logits, or taken out of them. */
import { FINITE, readChoice, readNumber } from '../check.ts'
import { log } from '../kernels/js/log.ts'
import { shiftKernel } from '../kernels/js/prior.ts'
import { run } from '../kernels/kernel.ts'
import { entryResults } from '../rows/results.ts'
import { openRows, ROW_OPTIONS, type Signature } from '../rows/rows.ts'
import type { Dtype, Logits, Result, RowOptions } from '../rows/types.ts'
import { readPrior } from './prior.ts'

/** Options of `adjustLogits`. */
export interface AdjustOptions<D extends Dtype | undefined = Dtype | undefined, B = unknown> extends RowOptions<D, B> {
  /** How far to go: 0 changes nothing, 1 (default) is the whole prior. */
  tau?: number
  /** `training` (default) adds tau · log prior; `inference` takes it off. */
  when?: 'training' | 'inference'
}

const SIGNATURE: Signature = { name: 'adjustLogits', operands: ['x'], options: [...ROW_OPTIONS, 'tau', 'when'] }

/**
 * Logits adjusted for the classes' frequencies, so that rare classes are not drowned by frequent ones.
 *
 *     training:   x_c + τ log prior_c, then the loss; at inference the plain logits answer for balanced classes
 *     inference:  x_c − τ log prior_c, on the logits of a model that was trained without adjustment
 *
 * Use one of the two, not both. The adjustment is constant, so the gradient with respect to x is the gradient with respect
 * to the result: there is no backward to call. With τ = 1 the answer is the softmax for equally frequent classes.
 *
 * @param x logits: an array or a tensor; its kind is the kind of the result
 * @param prior the classes' shares of the training rows, each above 0, summing to 1
 * @param options `when` (`'training'` by default, or `'inference'`), `tau` (default 1, finite, >= 0), `shape` (default
 *   one row), `axis` (default the last), `dtype`, `out`
 * @returns logits
 * @throws RangeError for a prior that does not sum to 1 ± 1e-3 or has a share of 0; TypeError where an argument is of the
 *   wrong kind
 * @see Menon et al., Long-tail Learning via Logit Adjustment, ICLR 2021, eq. 9 (inference) and 10 (training)
 * @example
 * import { adjustLogits, softmax } from 'onesum'
 *
 * softmax(adjustLogits([0, 0], [0.75, 0.25], { when: 'inference' })) // → [0.25, 0.75]
 */
export function adjustLogits<T extends Logits, D extends Dtype | undefined = undefined, B = undefined>(
  x: T,
  prior: Logits,
  options?: AdjustOptions<D, B>,
): Result<T, D, NoInfer<B>> {
  const call = openRows(SIGNATURE, [x], options)
  const { where, rows } = call
  const given = call.options as AdjustOptions
  const tau = readNumber(where, 'tau', given.tau, 1, 0, FINITE)
  const sign = readChoice(where, 'when', given.when, ['training', 'inference']) === 'training' ? 1 : -1
  const shift = readPrior(where, 'prior', prior, rows.length, true).map((share) => sign * tau * log(share))
  const results = entryResults(call)
  run(shiftKernel(shift), rows, results.elements)
  return results.close() as Result<T, D, NoInfer<B>>
}
