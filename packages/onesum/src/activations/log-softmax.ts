/** Log-softmax: the logarithms of the probabilities, forward and backward, exact near 0 too. */
import { mapRows, type Operation } from '../kernels/calls.ts'
import {
  logSoftmaxHvpKernel,
  logSoftmaxJvpKernel,
  logSoftmaxKernel,
  logSoftmaxVjpKernel,
} from '../kernels/log-softmax.ts'
import { MAP_OPTIONS } from '../rows/rows.ts'
import type { Dtype, Logits, MapOptions, Result } from '../rows/types.ts'

const FORWARD: Operation = { name: 'logSoftmax', operands: ['x'], options: MAP_OPTIONS, kernel: logSoftmaxKernel }
const BACKWARD: Operation = {
  name: 'logSoftmaxBackward',
  operands: ['logY', 'gy'],
  options: MAP_OPTIONS,
  kernel: logSoftmaxVjpKernel,
}
const JVP: Operation = {
  name: 'logSoftmaxJvp',
  operands: ['logY', 'v'],
  options: MAP_OPTIONS,
  kernel: logSoftmaxJvpKernel,
}
const HVP: Operation = {
  name: 'logSoftmaxHvp',
  operands: ['logY', 'gy', 'v'],
  options: MAP_OPTIONS,
  kernel: logSoftmaxHvpKernel,
}

/**
 * The logarithm of softmax along one axis.
 *
 *     log y_j = x_j / T − log Σ_k exp(x_k / T)
 *
 * Computed as (x_j − max) / T − log1p(Σ but the maximum), so that a confident row keeps its digits: the result is
 * −4.2e-18 where the logarithm of a rounded probability would be 0. Special values as in `softmax`; -Infinity and masked
 * entries come out as -Infinity.
 *
 * @param x logits: an array or a tensor; its kind is the kind of the result
 * @param options `shape` (default one row), `axis` (default the last), `temperature`, `mask`, `dtype`,
 *   `out`, `reproducible` (the same bits everywhere)
 * @returns log-probabilities, each <= 0
 * @throws TypeError where an argument is of the wrong kind, RangeError where its value is wrong
 * @example
 * import { logSoftmax } from 'onesum'
 *
 * logSoftmax([2, 1, 0.1]) // → [-0.417, -1.417, -2.317]
 */
export function logSoftmax<T extends Logits, D extends Dtype | undefined = undefined, B = undefined>(
  x: T,
  options?: MapOptions<D, B>,
): Result<T, D, NoInfer<B>> {
  return mapRows(FORWARD, [x], options) as Result<T, D, NoInfer<B>>
}

/**
 * The gradient of a loss with respect to the logits, from its gradient with respect to the log-probabilities.
 *
 *     gx_j = (gy_j − exp(logY_j) Σ_k gy_k) / T
 *
 * @param logY what `logSoftmax` gave
 * @param gy the upstream gradient, one number per entry
 * @param options those that `logSoftmax` was given; the gradient contains 1/T, and is exactly 0 at masked entries
 * @returns gx, in the kind of logY
 * @throws TypeError where an argument is of the wrong kind, RangeError where its value is wrong
 * @example
 * import { logSoftmaxBackward } from 'onesum'
 *
 * logSoftmaxBackward([-Math.LN2, -Math.LN2], [1, 0]) // → [0.5, -0.5]
 */
export function logSoftmaxBackward<T extends Logits, D extends Dtype | undefined = undefined, B = undefined>(
  logY: T,
  gy: Logits,
  options?: MapOptions<D, B>,
): Result<T, D, NoInfer<B>> {
  return mapRows(BACKWARD, [logY, gy], options) as Result<T, D, NoInfer<B>>
}

/**
 * The change of the log-probabilities when the logits move along v: the Jacobian times v.
 *
 *     (J v)_j = (v_j − Σ_k exp(logY_k) v_k) / T
 *
 * @param logY what `logSoftmax` gave
 * @param v a direction in the space of logits, one number per entry
 * @param options those that `logSoftmax` was given
 * @returns J v, in the kind of logY
 * @throws TypeError where an argument is of the wrong kind, RangeError where its value is wrong
 * @example
 * import { logSoftmaxJvp } from 'onesum'
 *
 * logSoftmaxJvp([-Math.LN2, -Math.LN2], [1, 0]) // → [0.5, -0.5]
 */
export function logSoftmaxJvp<T extends Logits, D extends Dtype | undefined = undefined, B = undefined>(
  logY: T,
  v: Logits,
  options?: MapOptions<D, B>,
): Result<T, D, NoInfer<B>> {
  return mapRows(JVP, [logY, v], options) as Result<T, D, NoInfer<B>>
}

/**
 * The second-order product: the derivative of ⟨gx, v⟩ with respect to the logits, gx = logSoftmaxBackward(logY, gy).
 *
 *     −Σ_k gy_k · y_j (v_j − ⟨y, v⟩) / T²,  y = exp(logY)
 *
 * @param logY what `logSoftmax` gave
 * @param gy the upstream gradient
 * @param v the direction
 * @param options those that `logSoftmax` was given
 * @returns one number per entry, in the kind of logY
 * @throws TypeError where an argument is of the wrong kind, RangeError where its value is wrong
 * @example
 * import { logSoftmaxHvp } from 'onesum'
 *
 * logSoftmaxHvp([-Math.LN2, -Math.LN2], [1, 0], [1, 0]) // → [-0.25, 0.25]
 */
export function logSoftmaxHvp<T extends Logits, D extends Dtype | undefined = undefined, B = undefined>(
  logY: T,
  gy: Logits,
  v: Logits,
  options?: MapOptions<D, B>,
): Result<T, D, NoInfer<B>> {
  return mapRows(HVP, [logY, gy, v], options) as Result<T, D, NoInfer<B>>
}
