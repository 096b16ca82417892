/** Top-k softmax: the mass outside the k largest removed, the rest brought to 1, forward and backward. */
import { readInteger } from '../check.ts'
import { mapRows, type Operation } from '../kernels/calls.ts'
import { topKSoftmaxKernel } from '../kernels/js/top-k-softmax.ts'
import { run } from '../kernels/kernel.ts'
import { softmaxVjpKernel } from '../kernels/softmax.ts'
import { entryResults } from '../rows/results.ts'
import { openRows, type Signature, TEMPERED_OPTIONS } from '../rows/rows.ts'
import type { Dtype, Logits, Result, TemperedOptions } from '../rows/types.ts'

const FORWARD: Signature = { name: 'topKSoftmax', operands: ['x'], options: TEMPERED_OPTIONS }
const BACKWARD: Operation = {
  name: 'topKSoftmaxBackward',
  operands: ['y', 'gy'],
  options: TEMPERED_OPTIONS,
  kernel: softmaxVjpKernel,
}

/**
 * The softmax of the k largest logits of each row, exactly 0 for the others.
 *
 *     y_j = exp(x_j / T) / Σ_{k ∈ S} exp(x_k / T) for j ∈ S, the k largest; else 0
 *
 * Ties at the boundary go to the lowest index, as in `topK`. A row of fewer than k entries keeps them all. Special values
 * as in `softmax`: NaN and +Infinity make the whole row NaN.
 *
 * @param x logits: an array or a tensor; its kind is the kind of the result
 * @param k how many, a whole number from 1
 * @param options `shape` (default one row), `axis` (default the last), `temperature`, `mask`, `dtype`, `out`
 * @returns probabilities, at most k of them above 0 in each row
 * @throws TypeError where an argument is of the wrong kind, RangeError where its value is wrong
 * @see Fan, Lewis and Dauphin, Hierarchical Neural Story Generation, ACL 2018
 * @example
 * import { topKSoftmax } from 'onesum'
 *
 * topKSoftmax([2, 1, 0.1], 2) // → [0.731, 0.2689, 0]
 */
export function topKSoftmax<T extends Logits, D extends Dtype | undefined = undefined, B = undefined>(
  x: T,
  k: number,
  options?: TemperedOptions<D, B>,
): Result<T, D, NoInfer<B>> {
  const call = openRows(FORWARD, [x], options)
  readInteger(call.where, 'k', k, undefined, 1, Infinity)
  const results = entryResults(call)
  run(topKSoftmaxKernel(k, call.rows.length), call.rows, results.elements)
  return results.close() as Result<T, D, NoInfer<B>>
}

/**
 * The gradient with respect to the logits, which k are kept held fixed: softmax's, and so 0 outside them.
 *
 *     gx_j = y_j (gy_j − Σ_k y_k gy_k) / T
 *
 * Where the k-th and the next largest are equal the function jumps, and has no derivative.
 *
 * @param y what `topKSoftmax` gave
 * @param gy the upstream gradient, one number per entry
 * @param options those that `topKSoftmax` was given
 * @returns gx, in the kind of y
 * @throws TypeError where an argument is of the wrong kind, RangeError where its value is wrong
 * @example
 * import { topKSoftmaxBackward } from 'onesum'
 *
 * topKSoftmaxBackward([0.75, 0.25, 0], [1, 0, 5]) // → [0.1875, -0.1875, 0]
 */
export function topKSoftmaxBackward<T extends Logits, D extends Dtype | undefined = undefined, B = undefined>(
  y: T,
  gy: Logits,
  options?: TemperedOptions<D, B>,
): Result<T, D, NoInfer<B>> {
  return mapRows(BACKWARD, [y, gy], options) as Result<T, D, NoInfer<B>>
}
