/** Log-sum-exp: the logarithm of softmax's denominator, forward and backward, over one axis or several. */
import { mapRows, type Operation, reduceRows } from '../kernels/calls.ts'
import { logSumExpHvpKernel, logSumExpJvpKernel, logSumExpKernel, logSumExpVjpKernel } from '../kernels/log-sum-exp.ts'
import { REDUCE_OPTIONS } from '../rows/rows.ts'
import type { Dtype, Logits, ReduceOptions, Result } from '../rows/types.ts'
import type { Reduced, SingleOptions, SingleRow } from './single.ts'

const shared = { options: [...REDUCE_OPTIONS, 'reproducible'], manyAxes: true }
const FORWARD: Operation = { ...shared, name: 'logSumExp', operands: ['x'], kernel: logSumExpKernel }
const BACKWARD: Operation = {
  ...shared,
  name: 'logSumExpBackward',
  operands: ['x'],
  perRow: 'gy',
  kernel: logSumExpVjpKernel,
}
const JVP: Operation = { ...shared, name: 'logSumExpJvp', operands: ['x', 'v'], kernel: logSumExpJvpKernel }
const HVP: Operation = {
  ...shared,
  name: 'logSumExpHvp',
  operands: ['x', 'v'],
  perRow: 'gy',
  kernel: logSumExpHvpKernel,
}

/**
 * The logarithm of the sum of exponentials, without overflow.
 *
 *     log Σ_k exp(x_k) = max + log1p(Σ but one maximum exp(x_k − max))
 *
 * A row that holds NaN gives NaN, one that holds +Infinity gives it, one that keeps nothing above -Infinity (an empty
 * one, too) gives -Infinity.
 *
 * @param x logits: an array or a tensor
 * @param options `shape` (default one row), `axis` (one or a list; `[]` reduces nothing), `keepDims`, `mask`, `dtype`,
 *   `out`, `reproducible` (the same bits everywhere)
 * @returns a number for one row without `shape`; else one number per row, in the kind of x
 * @throws TypeError where an argument is of the wrong kind, RangeError where its value is wrong
 * @example
 * import { logSumExp } from 'onesum'
 *
 * logSumExp([1000, 1000]) // → 1000.6931
 */
export function logSumExp<T extends SingleRow>(x: T, options?: SingleOptions): number
export function logSumExp<T extends Logits, D extends Dtype | undefined = undefined, B = undefined>(
  x: T,
  options?: ReduceOptions<D, B>,
): Reduced<T, D, NoInfer<B>>
export function logSumExp(x: Logits, options?: object): unknown {
  return reduceRows(FORWARD, [x], options)
}

/**
 * The gradient with respect to the logits: softmax, times the upstream gradient of the row.
 *
 *     gx_j = gy · exp(x_j) / Σ_k exp(x_k)
 *
 * Recomputed from x: exp(x_j − lse) would carry the rounding of lse, which is large where the logits are.
 *
 * @param x the logits that `logSumExp` was given
 * @param gy one number per row, or one for all
 * @param options those that `logSumExp` was given
 * @returns gx, in the kind and shape of x
 * @throws TypeError where an argument is of the wrong kind, RangeError where its value is wrong
 * @example
 * import { logSumExpBackward } from 'onesum'
 *
 * logSumExpBackward([1000, 1000], 1) // → [0.5, 0.5]
 */
export function logSumExpBackward<T extends Logits, D extends Dtype | undefined = undefined, B = undefined>(
  x: T,
  gy: number | Logits,
  options?: ReduceOptions<D, B>,
): Result<T, D, NoInfer<B>> {
  return mapRows(BACKWARD, [x, gy], options) as Result<T, D, NoInfer<B>>
}

/**
 * The change of log-sum-exp when the logits move along v: ⟨softmax(x), v⟩, one number per row.
 *
 * @param x the logits that `logSumExp` was given
 * @param v a direction, one number per entry of x
 * @param options those that `logSumExp` was given
 * @returns a number for one row without `shape`; else one number per row, in the kind of x
 * @throws TypeError where an argument is of the wrong kind, RangeError where its value is wrong
 * @example
 * import { logSumExpJvp } from 'onesum'
 *
 * logSumExpJvp([0, 0], [1, 0]) // → 0.500
 */
export function logSumExpJvp<T extends SingleRow>(x: T, v: Logits, options?: SingleOptions): number
export function logSumExpJvp<T extends Logits, D extends Dtype | undefined = undefined, B = undefined>(
  x: T,
  v: Logits,
  options?: ReduceOptions<D, B>,
): Reduced<T, D, NoInfer<B>>
export function logSumExpJvp(x: Logits, v: Logits, options?: object): unknown {
  return reduceRows(JVP, [x, v], options)
}

/**
 * The second-order product: the derivative of ⟨gx, v⟩ with respect to x, gx = logSumExpBackward(x, gy).
 *
 *     gy · p_j (v_j − ⟨p, v⟩),  p = softmax(x)
 *
 * @param x the logits that `logSumExp` was given
 * @param gy one number per row, or one for all
 * @param v the direction, one number per entry of x
 * @param options those that `logSumExp` was given
 * @returns one number per entry, in the kind and shape of x
 * @throws TypeError where an argument is of the wrong kind, RangeError where its value is wrong
 * @example
 * import { logSumExpHvp } from 'onesum'
 *
 * logSumExpHvp([0, 0], 1, [1, 0]) // → [0.25, -0.25]
 */
export function logSumExpHvp<T extends Logits, D extends Dtype | undefined = undefined, B = undefined>(
  x: T,
  gy: number | Logits,
  v: Logits,
  options?: ReduceOptions<D, B>,
): Result<T, D, NoInfer<B>> {
  return mapRows(HVP, [x, v, gy], options) as Result<T, D, NoInfer<B>>
}
