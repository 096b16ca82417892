/** Perplexity: among how many equally likely classes a row hesitates. */
import { type Operation, reduceRows } from '../kernels/calls.ts'
import { perplexityKernel } from '../kernels/js/uncertainty.ts'
import { REDUCE_OPTIONS } from '../rows/rows.ts'
import type { Dtype, Logits, ReduceOptions } from '../rows/types.ts'
import type { Reduced, SingleOptions, SingleRow } from './single.ts'

const OPERATION: Operation = {
  name: 'perplexity',
  operands: ['x'],
  options: REDUCE_OPTIONS,
  kernel: perplexityKernel,
  least: 1,
}

/**
 * The exponential of the entropy of the softmax of the logits: from 1 (certain) to C (uniform).
 *
 *     exp(−Σ_j p_j log p_j),  p = softmax(x)
 *
 * This is the perplexity of the distribution itself; that of a model on a text is exp of its mean negative
 * log-likelihood. A row that has no softmax (NaN, +Infinity, nothing but -Infinity) gives NaN.
 *
 * @param x logits (not probabilities): an array or a tensor
 * @param options `shape` (default one row), `axis` (default the last), `mask`, `keepDims`, `dtype`, `out`
 * @returns a number for one row without `shape`; else one number per row, in the kind of x
 * @throws RangeError for a row without entries, or one that keeps none; TypeError where an argument is of the wrong kind
 * @see Jelinek et al., Perplexity: a measure of the difficulty of speech recognition tasks, 1977
 * @example
 * import { perplexity } from 'onesum'
 *
 * perplexity([1, 1, 1, -Infinity]) // → 3.0000
 */
export function perplexity<T extends SingleRow>(x: T, options?: SingleOptions): number
export function perplexity<T extends Logits, D extends Dtype | undefined = undefined, B = undefined>(
  x: T,
  options?: ReduceOptions<D, B>,
): Reduced<T, D, NoInfer<B>>
export function perplexity(x: Logits, options?: object): unknown {
  return reduceRows(OPERATION, [x], options)
}
