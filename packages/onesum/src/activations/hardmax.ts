/** Hardmax: the whole mass on the largest logit. */
import { mapRows, type Operation } from '../kernels/calls.ts'
import { hardmaxKernel } from '../kernels/js/select.ts'
import { SELECT_OPTIONS } from '../rows/rows.ts'
import type { Dtype, Logits, Mask, Result, RowOptions } from '../rows/types.ts'

const FORWARD: Operation = { name: 'hardmax', operands: ['x'], options: SELECT_OPTIONS, kernel: hardmaxKernel }

/**
 * One-hot of the largest logit along one axis: 1 at `argmax(x)`, 0 elsewhere.
 *
 * Ties go to the lowest index and NaN counts as largest, as in `argmax`; unlike `softmax` at temperature 0, which shares
 * the mass among ties. Piecewise constant: its gradient is 0 almost everywhere.
 *
 * @param x logits: an array or a tensor; its kind is the kind of the result
 * @param options `shape` (default one row), `axis` (default the last), `mask`, `dtype`, `out`
 * @returns zeros and ones; a row that keeps nothing is all 0
 * @throws TypeError where an argument is of the wrong kind, RangeError where its value is wrong
 * @see ONNX operator Hardmax, opset 13
 * @example
 * import { hardmax } from 'onesum'
 *
 * hardmax([2, 3, 3]) // → [0, 1, 0]
 */
export function hardmax<T extends Logits, D extends Dtype | undefined = undefined, B = undefined>(
  x: T,
  options?: RowOptions<D, B> & { mask?: Mask },
): Result<T, D, NoInfer<B>> {
  return mapRows(FORWARD, [x], options) as Result<T, D, NoInfer<B>>
}
