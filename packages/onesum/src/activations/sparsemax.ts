/** Sparsemax: the probability distribution nearest to the logits, with exact zeros, forward and backward. */
import { mapRows, type Operation } from '../kernels/calls.ts'
import { entmaxHvpKernel, entmaxKernel, entmaxVjpKernel } from '../kernels/entmax.ts'
import { TEMPERED_OPTIONS } from '../rows/rows.ts'
import type { Dtype, Logits, Result, TemperedOptions } from '../rows/types.ts'

const FORWARD: Operation = {
  name: 'sparsemax',
  operands: ['x'],
  options: TEMPERED_OPTIONS,
  kernel: /* @__PURE__ */ entmaxKernel(2),
}
const BACKWARD: Operation = {
  name: 'sparsemaxBackward',
  operands: ['y', 'gy'],
  options: TEMPERED_OPTIONS,
  kernel: /* @__PURE__ */ entmaxVjpKernel(2),
}
const JVP: Operation = { ...BACKWARD, name: 'sparsemaxJvp', operands: ['y', 'v'] }
const HVP: Operation = {
  name: 'sparsemaxHvp',
  operands: ['y', 'gy', 'v'],
  options: TEMPERED_OPTIONS,
  kernel: /* @__PURE__ */ entmaxHvpKernel(2),
}

/**
 * Turns logits into probabilities of which most are exactly 0: the Euclidean projection onto the simplex.
 *
 *     y_j = max(x_j / T − τ, 0),  τ such that Σ_k y_k = 1
 *
 * Only entries less than T below the maximum can be above 0. Equal logits give equal probabilities, to the bit. Within
 * 4e-15 of the exact value in float64, and rounded once in float32. Special values, masks and temperatures of 0 and
 * Infinity are as in `softmax`.
 *
 * @param x logits: an array or a tensor; its kind is the kind of the result
 * @param options `shape` (default one row), `axis` (default the last), `temperature`, `mask`, `dtype`, `out`
 * @returns probabilities, in [0, 1], each row summing to 1
 * @throws TypeError where an argument is of the wrong kind, RangeError where its value is wrong
 * @see Martins and Astudillo, From softmax to sparsemax, 2016, equations 2 and 3
 * @example
 * import { sparsemax } from 'onesum'
 *
 * sparsemax([1.5, 1, 0.1]) // → [0.75, 0.25, 0]
 */
export function sparsemax<T extends Logits, D extends Dtype | undefined = undefined, B = undefined>(
  x: T,
  options?: TemperedOptions<D, B>,
): Result<T, D, NoInfer<B>> {
  return mapRows(FORWARD, [x], options) as Result<T, D, NoInfer<B>>
}

/**
 * The gradient of a loss with respect to the logits, from its gradient with respect to the probabilities.
 *
 *     gx_j = (gy_j − the mean of gy over the support) / T where y_j > 0, else 0
 *
 * @param y what `sparsemax` gave
 * @param gy the upstream gradient, one number per entry of y
 * @param options those that `sparsemax` was given; the gradient contains 1/T, and is exactly 0 at masked entries
 * @returns gx, in the kind of y
 * @throws TypeError where an argument is of the wrong kind, RangeError where its value is wrong
 * @see Martins and Astudillo 2016, equation 14
 * @example
 * import { sparsemaxBackward } from 'onesum'
 *
 * sparsemaxBackward([0.75, 0.25, 0], [1, 0, 5]) // → [0.5, -0.5, 0]
 */
export function sparsemaxBackward<T extends Logits, D extends Dtype | undefined = undefined, B = undefined>(
  y: T,
  gy: Logits,
  options?: TemperedOptions<D, B>,
): Result<T, D, NoInfer<B>> {
  return mapRows(BACKWARD, [y, gy], options) as Result<T, D, NoInfer<B>>
}

/**
 * The change of the probabilities when the logits move along v: the Jacobian, which is symmetric, times v.
 *
 *     (J v)_j = (v_j − the mean of v over the support) / T where y_j > 0, else 0
 *
 * @param y what `sparsemax` gave
 * @param v a direction in the space of logits, one number per entry
 * @param options those that `sparsemax` was given
 * @returns J v, in the kind of y
 * @throws TypeError where an argument is of the wrong kind, RangeError where its value is wrong
 * @see Martins and Astudillo 2016, equations 11 and 12
 * @example
 * import { sparsemaxJvp } from 'onesum'
 *
 * sparsemaxJvp([0.75, 0.25, 0], [1, 1, 7]) // → [0, 0, 0]
 */
export function sparsemaxJvp<T extends Logits, D extends Dtype | undefined = undefined, B = undefined>(
  y: T,
  v: Logits,
  options?: TemperedOptions<D, B>,
): Result<T, D, NoInfer<B>> {
  return mapRows(JVP, [y, v], options) as Result<T, D, NoInfer<B>>
}

/**
 * The second-order product, the derivative of ⟨gx, v⟩ with respect to the logits: 0, since sparsemax is piecewise linear.
 *
 * @param y what `sparsemax` gave
 * @param gy the upstream gradient
 * @param v the direction
 * @param options those that `sparsemax` was given
 * @returns zeros, NaN in rows of NaN, in the kind of y
 * @throws TypeError where an argument is of the wrong kind, RangeError where its value is wrong
 * @example
 * import { sparsemaxHvp } from 'onesum'
 *
 * sparsemaxHvp([0.75, 0.25, 0], [1, 0, 5], [2, 0, 1]) // → [0, 0, 0]
 */
export function sparsemaxHvp<T extends Logits, D extends Dtype | undefined = undefined, B = undefined>(
  y: T,
  gy: Logits,
  v: Logits,
  options?: TemperedOptions<D, B>,
): Result<T, D, NoInfer<B>> {
  return mapRows(HVP, [y, gy, v], options) as Result<T, D, NoInfer<B>>
}
