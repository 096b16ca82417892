/** Sensitivity: which logits move one probability, and by how much. */
import { wrongValue } from '../check.ts'
import { sensitivityKernel } from '../kernels/js/sensitivity.ts'
import { run } from '../kernels/kernel.ts'
import { openTarget, readLabels } from '../rows/labels.ts'
import { entryResults } from '../rows/results.ts'
import { type Opened, openRows, type Signature, TEMPERED_OPTIONS } from '../rows/rows.ts'
import type { Dtype, Labels, Logits, Result, TemperedOptions } from '../rows/types.ts'

const SIGNATURE: Signature = { name: 'sensitivity', operands: ['x'], options: TEMPERED_OPTIONS }

/**
 * The derivative of one class's probability with respect to every logit: one row of softmax's Jacobian.
 *
 *     s_j = ∂p_c / ∂x_j = −p_c p_j / T for j ≠ c;  s_c = p_c (1 − p_c) / T
 *
 * Positive for the class itself, negative for those that take from it, and 0 in sum. 1 − p_c comes from the other terms,
 * so that a confident row keeps its digits. 0 throughout where the class is masked, and at temperatures 0 and Infinity;
 * NaN where the row has no softmax.
 *
 * @param x logits: an array or a tensor; its kind is the kind of the result
 * @param of the class: its index, or one index per row (such as `argmax` gives)
 * @param options `shape` (default one row), `axis` (default the last), `temperature`, `mask`, `dtype`, `out`
 * @returns one number per logit
 * @throws RangeError for a class that is not there; TypeError where an argument is of the wrong kind
 * @example
 * import { sensitivity } from 'onesum'
 *
 * sensitivity([Math.log(6), Math.log(3), 0], 0) // → [0.24, -0.18, -0.06]
 */
export function sensitivity<T extends Logits, D extends Dtype | undefined = undefined, B = undefined>(
  x: T,
  of: number | Labels,
  options?: TemperedOptions<D, B>,
): Result<T, D, NoInfer<B>> {
  const call = openRows(SIGNATURE, [x], options)
  const results = entryResults(call)
  run(sensitivityKernel, { ...call.rows, classes: readClasses(call, of) }, results.elements)
  return results.close() as Result<T, D, NoInfer<B>>
}

function readClasses({ where, rows }: Opened, of: unknown): Int32Array {
  if (typeof of === 'number') {
    const [index] = rows.length === 0 ? [0] : readLabels(where, 'of', [of], rows.length, undefined)
    return new Int32Array(rows.count).fill(index)
  }
  const { array } = openTarget(where, 'of', of)
  if (array.length !== rows.count) {
    throw wrongValue(where, 'of', `a class index, or ${rows.count} of them, one per row`, `${array.length} entries`)
  }
  return rows.length === 0 ? new Int32Array(rows.count) : readLabels(where, 'of', array, rows.length, undefined)
}
