/** Softmax: raw logits to a probability distribution, forward and backward. */
import { mapRows, type Operation } from '../kernels/calls.ts'
import { softmaxHvpKernel, softmaxKernel, softmaxVjpKernel } from '../kernels/softmax.ts'
import { MAP_OPTIONS } from '../rows/rows.ts'
import type { Dtype, Logits, MapOptions, Result } from '../rows/types.ts'

const FORWARD: Operation = { name: 'softmax', operands: ['x'], options: MAP_OPTIONS, kernel: softmaxKernel }
const BACKWARD: Operation = {
  name: 'softmaxBackward',
  operands: ['y', 'gy'],
  options: MAP_OPTIONS,
  kernel: softmaxVjpKernel,
}
const JVP: Operation = { name: 'softmaxJvp', operands: ['y', 'v'], options: MAP_OPTIONS, kernel: softmaxVjpKernel }
const HVP: Operation = {
  name: 'softmaxHvp',
  operands: ['y', 'gy', 'v'],
  options: MAP_OPTIONS,
  kernel: softmaxHvpKernel,
}

/**
 * Turns logits into probabilities along one axis.
 *
 *     y_j = exp(x_j / T) / Σ_k exp(x_k / T)
 *
 * Exact at any scale: any finite logits, any temperature from 0 (all mass on the maximum, ties share) to Infinity
 * (uniform). A row that holds NaN or +Infinity, or nothing but -Infinity, comes out as NaN; -Infinity gives exactly 0;
 * masked entries influence nothing and come out as 0. Float32 is within 1 ulp in JavaScript, 3 with relaxed SIMD (3.3 at
 * other temperatures than 1, on rows made to break it), 4 with strict; float64 within 1e-13 relative (outputs >= 1e-190).
 *
 * @param x logits: an array or a tensor; its kind is the kind of the result
 * @param options `shape` (default one row), `axis` (default the last), `temperature`, `mask`, `dtype`,
 *   `out`, `reproducible` (the same bits everywhere)
 * @returns probabilities, in [0, 1], each row summing to 1
 * @throws TypeError where an argument is of the wrong kind, RangeError where its value is wrong
 * @see Bridle, Probabilistic Interpretation of Feedforward Classification Network Outputs, 1990
 * @example
 * import { softmax } from 'onesum'
 *
 * softmax([2, 1, 0.1]) // → [0.659, 0.2424, 0.0986]
 */
export function softmax<T extends Logits, D extends Dtype | undefined = undefined, B = undefined>(
  x: T,
  options?: MapOptions<D, B>,
): Result<T, D, NoInfer<B>> {
  return mapRows(FORWARD, [x], options) as Result<T, D, NoInfer<B>>
}

/**
 * The gradient of a loss with respect to the logits, from its gradient with respect to the probabilities.
 *
 *     gx_j = y_j (gy_j − Σ_k y_k gy_k) / T
 *
 * @param y what `softmax` gave
 * @param gy the upstream gradient, one number per entry of y
 * @param options those that `softmax` was given; the gradient contains 1/T, and is exactly 0 at masked entries
 * @returns gx, in the kind of y
 * @throws TypeError where an argument is of the wrong kind, RangeError where its value is wrong
 * @example
 * import { softmaxBackward } from 'onesum'
 *
 * softmaxBackward([0.7, 0.2, 0.1], [1, 0, 0]) // → [0.21, -0.14, -0.07]
 */
export function softmaxBackward<T extends Logits, D extends Dtype | undefined = undefined, B = undefined>(
  y: T,
  gy: Logits,
  options?: MapOptions<D, B>,
): Result<T, D, NoInfer<B>> {
  return mapRows(BACKWARD, [y, gy], options) as Result<T, D, NoInfer<B>>
}

/**
 * The change of the probabilities when the logits move along v: the Jacobian times v.
 *
 *     (J v)_j = y_j (v_j − Σ_k y_k v_k) / T
 *
 * @param y what `softmax` gave
 * @param v a direction in the space of logits, one number per entry
 * @param options those that `softmax` was given
 * @returns J v, in the kind of y
 * @throws TypeError where an argument is of the wrong kind, RangeError where its value is wrong
 * @example
 * import { softmaxJvp } from 'onesum'
 *
 * softmaxJvp([0.7, 0.2, 0.1], [1, 1, 2]) // → [-0.07, -0.02, 0.09]
 */
export function softmaxJvp<T extends Logits, D extends Dtype | undefined = undefined, B = undefined>(
  y: T,
  v: Logits,
  options?: MapOptions<D, B>,
): Result<T, D, NoInfer<B>> {
  return mapRows(JVP, [y, v], options) as Result<T, D, NoInfer<B>>
}

/**
 * The second-order product: the derivative of ⟨gx, v⟩ with respect to the logits, gx = softmaxBackward(y, gy).
 *
 *     y_j ((gy_j − ḡ)(v_j − v̄) − cov) / T²,  ḡ = ⟨y, gy⟩, v̄ = ⟨y, v⟩, cov = Σ_k y_k (gy_k − ḡ)(v_k − v̄)
 *
 * @param y what `softmax` gave
 * @param gy the upstream gradient
 * @param v the direction
 * @param options those that `softmax` was given
 * @returns one number per entry, in the kind of y
 * @throws TypeError where an argument is of the wrong kind, RangeError where its value is wrong
 * @example
 * import { softmaxHvp } from 'onesum'
 *
 * softmaxHvp([0.5, 0.5], [1, 0], [2, 0]) // → [0, 0]
 */
export function softmaxHvp<T extends Logits, D extends Dtype | undefined = undefined, B = undefined>(
  y: T,
  gy: Logits,
  v: Logits,
  options?: MapOptions<D, B>,
): Result<T, D, NoInfer<B>> {
  return mapRows(HVP, [y, gy, v], options) as Result<T, D, NoInfer<B>>
}
