/** Margin: how far the first class is ahead of the second. */
import { type Operation, reduceRows } from '../kernels/calls.ts'
import { marginKernel } from '../kernels/js/uncertainty.ts'
import { REDUCE_OPTIONS } from '../rows/rows.ts'
import type { Dtype, Logits, ReduceOptions } from '../rows/types.ts'
import type { Reduced, SingleOptions, SingleRow } from './single.ts'

const OPERATION: Operation = {
  name: 'margin',
  operands: ['x'],
  options: REDUCE_OPTIONS,
  kernel: marginKernel,
  least: 1,
}

/**
 * The largest logit minus the second largest: the log-odds of the first class against the second.
 *
 * 0 for a tie, Infinity for a row that keeps a single entry, NaN for one that holds NaN.
 *
 * @param x logits: an array or a tensor
 * @param options `shape` (default one row), `axis` (default the last), `mask`, `keepDims`, `dtype`, `out`
 * @returns a number for one row without `shape`; else one number per row, in the kind of x
 * @throws RangeError for a row without entries, or one that keeps none; TypeError where an argument is of the wrong kind
 * @example
 * import { margin } from 'onesum'
 *
 * margin([0.5, 2, -1]) // → 1.50
 */
export function margin<T extends SingleRow>(x: T, options?: SingleOptions): number
export function margin<T extends Logits, D extends Dtype | undefined = undefined, B = undefined>(
  x: T,
  options?: ReduceOptions<D, B>,
): Reduced<T, D, NoInfer<B>>
export function margin(x: Logits, options?: object): unknown {
  return reduceRows(OPERATION, [x], options)
}
