/** Log-odds: each class against all the others together, forward and backward. */
import { mapRows, type Operation } from '../kernels/calls.ts'
import { logOddsKernel, logOddsVjpKernel } from '../kernels/js/log-odds.ts'
import { TEMPERED_OPTIONS } from '../rows/rows.ts'
import type { Dtype, Logits, Result, TemperedOptions } from '../rows/types.ts'

const FORWARD: Operation = { name: 'logOdds', operands: ['x'], options: TEMPERED_OPTIONS, kernel: logOddsKernel }
const BACKWARD: Operation = {
  name: 'logOddsBackward',
  operands: ['x', 'gy'],
  options: TEMPERED_OPTIONS,
  kernel: logOddsVjpKernel,
}

/**
 * The log-odds of each class: the logarithm of its probability over that of all the others.
 *
 *     L_c = log (p_c / (1 − p_c)) = x_c / T − log Σ_{k ≠ c} exp(x_k / T),  p = softmax(x / T)
 *
 * 1 − p is never formed from p: the odds of a class at 1 − 1e-30 are as exact as those of one at 0.5, and go on growing
 * where the probability has long rounded to 1. A class without others has log-odds Infinity; -Infinity and masked entries
 * come out as -Infinity; a row that holds NaN or +Infinity as NaN.
 *
 * @param x logits: an array or a tensor; its kind is the kind of the result
 * @param options `shape` (default one row), `axis` (default the last), `temperature`, `mask`, `dtype`, `out`
 * @returns log-odds, whose `sigmoid` is the probability
 * @throws TypeError where an argument is of the wrong kind, RangeError where its value is wrong
 * @example
 * import { logOdds } from 'onesum'
 *
 * logOdds([800, 0]) // → [800, -800]
 */
export function logOdds<T extends Logits, D extends Dtype | undefined = undefined, B = undefined>(
  x: T,
  options?: TemperedOptions<D, B>,
): Result<T, D, NoInfer<B>> {
  return mapRows(FORWARD, [x], options) as Result<T, D, NoInfer<B>>
}

/**
 * The gradient through `logOdds`, with respect to the logits.
 *
 *     gx_j = (gy_j − Σ_{c ≠ j} gy_c p_j / (1 − p_c)) / T
 *
 * @param x the logits that `logOdds` was given (not its output)
 * @param gy the upstream gradient, one number per entry
 * @param options those that `logOdds` was given
 * @returns gx, in the kind of x
 * @throws TypeError where an argument is of the wrong kind, RangeError where its value is wrong
 * @example
 * import { logOddsBackward } from 'onesum'
 *
 * logOddsBackward([1, 0, 0], [1, 0, 0]) // → [1, -0.5, -0.5]
 */
export function logOddsBackward<T extends Logits, D extends Dtype | undefined = undefined, B = undefined>(
  x: T,
  gy: Logits,
  options?: TemperedOptions<D, B>,
): Result<T, D, NoInfer<B>> {
  return mapRows(BACKWARD, [x, gy], options) as Result<T, D, NoInfer<B>>
}
