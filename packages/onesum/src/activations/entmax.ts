/** Alpha-entmax: from softmax (alpha = 1) to sparsemax (2) and beyond, forward and backward. */
import { readFlag } from '../check.ts'
import { entmaxAlphaGradKernel, entmaxHvpKernel, entmaxKernel, entmaxVjpKernel } from '../kernels/entmax.ts'
import { run } from '../kernels/kernel.ts'
import { entryResults, reducedShape, sizedResults } from '../rows/results.ts'
import { openRows, type Signature } from '../rows/rows.ts'
import type { Dtype, Logits, Result } from '../rows/types.ts'
import { ENTMAX_OPTIONS, type EntmaxOptions, mapByAlpha, readAlpha } from './alpha.ts'

const FORWARD: Signature = { name: 'entmax', operands: ['x'], options: ENTMAX_OPTIONS }
const BACKWARD: Signature = {
  name: 'entmaxBackward',
  operands: ['y', 'gy'],
  options: [...ENTMAX_OPTIONS, 'alphaGradient'],
}
const JVP: Signature = { name: 'entmaxJvp', operands: ['y', 'v'], options: ENTMAX_OPTIONS }
const HVP: Signature = { name: 'entmaxHvp', operands: ['y', 'gy', 'v'], options: ENTMAX_OPTIONS }

/** Options of `entmaxBackward`. */
export interface EntmaxBackwardOptions<
  D extends Dtype | undefined = Dtype | undefined,
  B = unknown,
  G extends boolean | undefined = boolean | undefined,
> extends EntmaxOptions<D, B> {
  /** Whether the gradient with respect to alpha comes back as well; by default false. */
  alphaGradient?: G
}

/** The gradient in the logits; with `alphaGradient`, that in alpha beside it, one number per row. */
export type EntmaxGradient<T, D, B, G> = [G] extends [true]
  ? { grad: Result<T, D, B>; alphaGrad: Result<T, D> }
  : Result<T, D, B>

/**
 * Turns logits into probabilities, of which those far below the maximum are exactly 0; alpha says how soon.
 *
 *     y_j = max((alpha − 1) x_j / T − τ, 0)^(1 / (alpha − 1)),  τ such that Σ_k y_k = 1
 *
 * alpha = 1 is softmax itself, 2 is sparsemax, Infinity shares the mass among the maxima. Entries T / (alpha − 1) or more
 * below the maximum are exactly 0. 1.5 and 2 are solved in closed form, others by a search that goes to the last places.
 * Equal logits give equal probabilities, to the bit. Within 1e-14 of the exact value in float64 for alpha <= 2 and rounded
 * once in float32; for larger alpha small probabilities are as uncertain as the logits make them. Special values, masks and
 * temperatures of 0 and Infinity are as in `softmax`.
 *
 * @param x logits: an array or a tensor; its kind is the kind of the result
 * @param options `alpha` (from 1; default 1.5), `shape` (default one row), `axis` (default the last), `temperature`,
 *   `mask`, `dtype`, `out`
 * @returns probabilities, in [0, 1], each row summing to 1
 * @throws TypeError where an argument is of the wrong kind, RangeError where its value is wrong
 * @see Peters, Niculae and Martins, Sparse sequence-to-sequence models, 2019, equation 9 and proposition 1
 * @example
 * import { entmax } from 'onesum'
 *
 * entmax([2, 1, 0.1]) // → [0.8307, 0.1693, 0]
 */
export function entmax<T extends Logits, D extends Dtype | undefined = undefined, B = undefined>(
  x: T,
  options?: EntmaxOptions<D, B>,
): Result<T, D, NoInfer<B>> {
  return mapByAlpha(FORWARD, [x], options, entmaxKernel) as Result<T, D, NoInfer<B>>
}

/**
 * The gradient of a loss with respect to the logits, from its gradient with respect to the probabilities.
 *
 *     gx_j = s_j (gy_j − Σ_k s_k gy_k / Σ_k s_k) / T,  s_j = y_j^(2 − alpha) where y_j > 0, else 0
 *
 * With `alphaGradient: true` the gradient with respect to alpha comes as well, one number for each row, for a model that
 * learns its alpha; sum them where rows share one. With a_1 = alpha − 1, h = −y log y and w = s / Σ_k s_k:
 *
 *     alphaGrad = Σ_j gy_j ((y_j − w_j) / a_1² + (h_j − w_j Σ_k h_k) / a_1),  also where alpha is 1 or near it
 *
 * @param y what `entmax` gave
 * @param gy the upstream gradient, one number per entry of y
 * @param options those that `entmax` was given, and `alphaGradient` (default false); both gradients are exactly 0 for
 *   masked entries
 * @returns gx, in the kind of y; or `{ grad, alphaGrad }`, both in the kind of y
 * @throws TypeError where an argument is of the wrong kind, RangeError where its value is wrong
 * @see Peters, Niculae and Martins 2019, proposition 2; Correia, Niculae and Martins, Adaptively sparse transformers, 2019,
 *   proposition 1
 * @example
 * import { entmaxBackward } from 'onesum'
 *
 * entmaxBackward([0.64, 0.36, 0], [1, 0, 5]) // → [0.342857, -0.342857, 0]
 * entmaxBackward([0.64, 0.36, 0], [1, 0, 5], { alphaGradient: true }).alphaGrad // → [0.09876955]
 */
export function entmaxBackward<
  T extends Logits,
  D extends Dtype | undefined = undefined,
  B = undefined,
  G extends boolean | undefined = undefined,
>(y: T, gy: Logits, options?: EntmaxBackwardOptions<D, B, G>): EntmaxGradient<T, D, NoInfer<B>, G> {
  return backward(y, gy, options) as EntmaxGradient<T, D, NoInfer<B>, G>
}

function backward(y: unknown, gy: unknown, given: EntmaxBackwardOptions | undefined): unknown {
  const call = openRows(BACKWARD, [y, gy], given)
  const alpha = readAlpha(call)
  const options: EntmaxBackwardOptions = call.options
  const both = readFlag(call.where, 'alphaGradient', options.alphaGradient)
  const results = entryResults(call)
  if (!both) {
    run(entmaxVjpKernel(alpha), call.rows, results.elements)
    return results.close()
  }
  // first, for the gradient may take the place of an input
  const own = { ...call, out: undefined }
  const perRow = sizedResults(own, reducedShape(own))
  run(entmaxAlphaGradKernel(alpha), call.rows, perRow.elements)
  run(entmaxVjpKernel(alpha), call.rows, results.elements)
  return { grad: results.close(), alphaGrad: perRow.close() }
}

/**
 * The change of the probabilities when the logits move along v: the Jacobian, which is symmetric, times v.
 *
 *     (J v)_j = s_j (v_j − Σ_k s_k v_k / Σ_k s_k) / T,  s_j = y_j^(2 − alpha) where y_j > 0, else 0
 *
 * @param y what `entmax` gave
 * @param v a direction in the space of logits, one number per entry
 * @param options those that `entmax` was given
 * @returns J v, in the kind of y
 * @throws TypeError where an argument is of the wrong kind, RangeError where its value is wrong
 * @see Peters, Niculae and Martins 2019, proposition 2
 * @example
 * import { entmaxJvp } from 'onesum'
 *
 * entmaxJvp([0.64, 0.36, 0], [1, 1, 7]) // → [0, 0, 0]
 */
export function entmaxJvp<T extends Logits, D extends Dtype | undefined = undefined, B = undefined>(
  y: T,
  v: Logits,
  options?: EntmaxOptions<D, B>,
): Result<T, D, NoInfer<B>> {
  return mapByAlpha(JVP, [y, v], options, entmaxVjpKernel) as Result<T, D, NoInfer<B>>
}

/**
 * The second-order product: the derivative of ⟨gx, v⟩ with respect to the logits, gx = entmaxBackward(y, gy).
 *
 *     (2 − alpha) s_j (u_j − ū) / T²,  u_j = y_j^(1 − alpha) (gy_j − ḡ) (v_j − v̄)
 *
 * ḡ, v̄ and ū are means weighted by s, s_j = y_j^(2 − alpha) where y_j > 0, else 0.
 *
 * @param y what `entmax` gave
 * @param gy the upstream gradient
 * @param v the direction
 * @param options those that `entmax` was given
 * @returns one number per entry, in the kind of y
 * @throws TypeError where an argument is of the wrong kind, RangeError where its value is wrong
 * @example
 * import { entmaxHvp } from 'onesum'
 *
 * entmaxHvp([0.64, 0.36, 0], [1, 0, 5], [2, 0, 1]) // → [-0.10787, 0.10787, 0]
 */
export function entmaxHvp<T extends Logits, D extends Dtype | undefined = undefined, B = undefined>(
  y: T,
  gy: Logits,
  v: Logits,
  options?: EntmaxOptions<D, B>,
): Result<T, D, NoInfer<B>> {
  return mapByAlpha(HVP, [y, gy, v], options, entmaxHvpKernel) as Result<T, D, NoInfer<B>>
}
