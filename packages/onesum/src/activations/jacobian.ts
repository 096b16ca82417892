/** The whole Jacobian of softmax, for looking at; products with it are cheaper by `softmaxBackward` and `softmaxJvp`. */
import { wrongValue } from '../check.ts'
import { jacobianKernel } from '../kernels/js/jacobian.ts'
import { run } from '../kernels/kernel.ts'
import { keptShape } from '../rows/layout.ts'
import { sizedResults } from '../rows/results.ts'
import { MAP_OPTIONS, openRows, type Signature } from '../rows/rows.ts'
import type { Dtype, Logits, MapOptions, Result } from '../rows/types.ts'

const SIGNATURE: Signature = { name: 'softmaxJacobian', operands: ['y'], options: MAP_OPTIONS }

/** The largest Jacobian that is made: 2^26 entries, 512 MiB in float64. */
const LARGEST = 2 ** 26

/**
 * The matrix of all derivatives of probabilities with respect to logits, one C × C matrix per row.
 *
 *     J_ij = ∂y_i / ∂x_j = y_i (δ_ij − y_j) / T
 *
 * @param y what `softmax` gave
 * @param options those that `softmax` was given
 * @returns rows × C × C numbers, in the kind of y; a tensor has the shape of the rows, then C, C
 * @throws RangeError above 2^26 entries; TypeError where an argument is of the wrong kind
 * @example
 * import { softmaxJacobian } from 'onesum'
 *
 * softmaxJacobian([0.75, 0.25]) // → [0.1875, -0.1875, -0.1875, 0.1875]
 */
export function softmaxJacobian<T extends Logits, D extends Dtype | undefined = undefined, B = undefined>(
  y: T,
  options?: MapOptions<D, B>,
): Result<T, D, NoInfer<B>> {
  const call = openRows(SIGNATURE, [y], options)
  const { count, length } = call.rows
  if (count * length * length > LARGEST) {
    const remedy = 'use softmaxBackward or softmaxJvp, which never form the matrix'
    const got = `${count} × ${length} × ${length}`
    throw wrongValue(SIGNATURE.name, 'y', `a Jacobian of at most 2^26 entries`, got, remedy)
  }
  const shape = [...keptShape(call.layout.shape, call.layout.axes), length, length]
  const results = sizedResults(call, shape)
  run(jacobianKernel, call.rows, results.elements)
  return results.close() as Result<T, D, NoInfer<B>>
}
