/** Argmax: which class comes first. */
import { indexRows, type Operation } from '../kernels/calls.ts'
import { argmaxKernel } from '../kernels/js/select.ts'
import type { IndexResult, Logits, ReduceOptions } from '../rows/types.ts'
import type { SingleOptions, SingleRow } from './single.ts'

const OPTIONS = ['shape', 'axis', 'dtype', 'mask', 'keepDims']
const OPERATION: Operation<Int32Array> = {
  name: 'argmax',
  operands: ['x'],
  options: OPTIONS,
  kernel: argmaxKernel,
  least: 1,
}

/**
 * Index of the largest entry along one axis; ties go to the lowest index, NaN counts as largest.
 *
 * @param x logits or probabilities: an array or a tensor
 * @param options `shape` (default one row), `axis` (default the last), `mask`, `keepDims`, `dtype`
 * @returns a number for one row without `shape`; else an Int32Array with one index per row, in a tensor for a tensor
 * @throws RangeError for a row without entries, or one that keeps none; TypeError where an argument is of the wrong kind
 * @example
 * import { argmax } from 'onesum'
 *
 * argmax([0.1, 2, 2]) // → 1
 */
export function argmax<T extends SingleRow>(x: T, options?: SingleOptions): number
export function argmax<T extends Logits>(x: T, options?: Omit<ReduceOptions, 'out'>): IndexResult<T>
export function argmax(x: Logits, options?: object): unknown {
  return indexRows(OPERATION, [x], options)
}
