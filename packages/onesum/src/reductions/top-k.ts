/** Top-k: the largest entries and where they stand. */
import { readInteger } from '../check.ts'
import { topKKernel } from '../kernels/js/select.ts'
import { run } from '../kernels/kernel.ts'
import { checkKept } from '../rows/kept.ts'
import { indexedResults, sizedResults } from '../rows/results.ts'
import { openRows, type Signature } from '../rows/rows.ts'
import type { Dtype, IndexResult, Logits, Mask, Result, RowOptions } from '../rows/types.ts'

const SIGNATURE: Signature = { name: 'topK', operands: ['x'], options: ['shape', 'axis', 'dtype', 'mask'] }

/**
 * The k largest entries along one axis, in descending order, with their indices.
 *
 * Ties go to the lowest index, NaN counts as largest. Works on logits and probabilities alike.
 *
 * @param x logits or probabilities: an array or a tensor
 * @param k how many, from 0 to the number of entries along the axis
 * @param options `shape` (default one row), `axis` (default the last), `mask`, `dtype`
 * @returns `values` in the kind of x and `indices` as Int32Array, both with k in the place of the axis
 * @throws RangeError for a k that a row cannot give; TypeError where an argument is of the wrong kind
 * @example
 * import { topK } from 'onesum'
 *
 * topK([1, 5, 5, 3], 3).indices // → [1, 2, 3]
 */
export function topK<T extends Logits, D extends Dtype | undefined = undefined>(
  x: T,
  k: number,
  options?: Omit<RowOptions<D>, 'out'> & { mask?: Mask },
): { values: Result<T, D>; indices: IndexResult<T> } {
  const call = openRows(SIGNATURE, [x], options)
  const { shape, axes } = call.layout
  readInteger(SIGNATURE.name, 'k', k, undefined, 0, call.rows.length)
  checkKept(call, k)
  const resultShape = axes.length === 0 ? [...shape, k] : shape.map((extent, i) => (axes.includes(i) ? k : extent))
  const values = sizedResults(call, resultShape)
  const indices = indexedResults(call, resultShape)
  run(topKKernel, call.rows, { k, values: values.elements, indices: indices.elements })
  return { values: values.close() as Result<T, D>, indices: indices.close() as IndexResult<T> }
}
