/** Entropy: how undecided a row of logits is. */
import { type Operation, reduceRows } from '../kernels/calls.ts'
import { entropyKernel } from '../kernels/js/uncertainty.ts'
import { REDUCE_OPTIONS } from '../rows/rows.ts'
import type { Dtype, Logits, ReduceOptions } from '../rows/types.ts'
import type { Reduced, SingleOptions, SingleRow } from './single.ts'

const OPERATION: Operation = {
  name: 'entropy',
  operands: ['x'],
  options: REDUCE_OPTIONS,
  kernel: entropyKernel,
  least: 1,
}

/**
 * The Shannon entropy of the softmax of the logits, in nats: from 0 (certain) to log C (uniform).
 *
 *     H = −Σ_j p_j log p_j,  p = softmax(x)
 *
 * A row that has no softmax (NaN, +Infinity, nothing but -Infinity) gives NaN.
 *
 * @param x logits (not probabilities): an array or a tensor
 * @param options `shape` (default one row), `axis` (default the last), `mask`, `keepDims`, `dtype`, `out`
 * @returns a number for one row without `shape`; else one number per row, in the kind of x
 * @throws RangeError for a row without entries, or one that keeps none; TypeError where an argument is of the wrong kind
 * @see Shannon, A Mathematical Theory of Communication, 1948
 * @example
 * import { entropy } from 'onesum'
 *
 * entropy([1, 1]) // → 0.693147
 */
export function entropy<T extends SingleRow>(x: T, options?: SingleOptions): number
export function entropy<T extends Logits, D extends Dtype | undefined = undefined, B = undefined>(
  x: T,
  options?: ReduceOptions<D, B>,
): Reduced<T, D, NoInfer<B>>
export function entropy(x: Logits, options?: object): unknown {
  return reduceRows(OPERATION, [x], options)
}
