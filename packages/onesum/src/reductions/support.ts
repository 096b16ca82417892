/** Support: how many classes a sparse distribution keeps. */
import { indexRows, type Operation } from '../kernels/calls.ts'
import { supportKernel } from '../kernels/js/select.ts'
import type { IndexResult, Logits, ReduceOptions } from '../rows/types.ts'
import type { SingleOptions, SingleRow } from './single.ts'

const OPTIONS = ['shape', 'axis', 'dtype', 'mask', 'keepDims']
const OPERATION: Operation<Int32Array> = { name: 'support', operands: ['y'], options: OPTIONS, kernel: supportKernel }

/**
 * The number of entries above 0 along one axis: the classes that `sparsemax` or `entmax` keeps.
 *
 *     |{ j : y_j > 0 }|
 *
 * @param y probabilities: an array or a tensor
 * @param options `shape` (default one row), `axis` (default the last), `mask`, `keepDims`, `dtype`
 * @returns a number for one row without `shape`; else an Int32Array with one count per row, in a tensor for a tensor; 0 for
 *   a row of NaN
 * @throws TypeError where an argument is of the wrong kind, RangeError where its value is wrong
 * @example
 * import { sparsemax, support } from 'onesum'
 *
 * support(sparsemax([1.5, 1, 0.1])) // → 2
 */
export function support<T extends SingleRow>(y: T, options?: SingleOptions): number
export function support<T extends Logits>(y: T, options?: Omit<ReduceOptions, 'out'>): IndexResult<T>
export function support(y: Logits, options?: object): unknown {
  return indexRows(OPERATION, [y], options)
}
