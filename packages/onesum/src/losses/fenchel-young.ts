/** The losses that train sparsemax and entmax, as cross-entropy trains softmax: Fenchel–Young losses, with gradient. */
import { readNumber } from '../check.ts'
import { fenchelYoungKernel } from '../kernels/losses.ts'
import type { Signature } from '../rows/rows.ts'
import type { Dtype, Logits } from '../rows/types.ts'
import { type LossResult, type LossValue, lossWithGrad, plainLoss } from './call.ts'
import { LOSS_OPTIONS, type LossOptions, openLoss, type Reduction, type TargetLike } from './target.ts'

const SPARSEMAX: Signature = { name: 'sparsemaxLoss', operands: ['x'], options: LOSS_OPTIONS }
const SPARSEMAX_GRAD: Signature = { ...SPARSEMAX, name: 'sparsemaxLossWithGrad' }
const ENTMAX: Signature = { name: 'entmaxLoss', operands: ['x'], options: [...LOSS_OPTIONS, 'alpha'] }
const ENTMAX_GRAD: Signature = { ...ENTMAX, name: 'entmaxLossWithGrad' }

/** Options of entmax's loss. */
export interface EntmaxLossOptions<D extends Dtype | undefined = Dtype | undefined, B = unknown>
  extends LossOptions<D, B> {
  /** That of the mapping: 1 is cross-entropy, 2 is sparsemax's loss; by default 1.5. */
  alpha?: number
}

/** Opens a loss whose alpha is given, or else an option. */
function open(signature: Signature, x: unknown, target: unknown, given: object | undefined, fixed?: number) {
  const loss = openLoss(signature, [x], target, given)
  const { where, options } = loss.call
  const alpha = fixed ?? readNumber(where, 'alpha', (options as EntmaxLossOptions).alpha, 1.5, 1, Infinity)
  return { loss, kernel: fenchelYoungKernel(alpha, loss.rows.target.labels !== undefined) }
}

/**
 * The loss of sparsemax(x) against a target.
 *
 *     label y:          w_y · (½ Σ_{j: p_j > 0} (x_j² − τ²) + ½ − x_y),  p = sparsemax(x), τ its threshold
 *     distribution q:   W · (½ Σ_{j: p_j > 0} (x_j² − τ²) + ½ ‖q‖² − ⟨q, x⟩),  W = Σ_j w_j q_j
 *
 * It is 0 exactly where p is the target, which a margin of 1 is enough for, and never negative: it is summed from terms
 * that are not. A label on a -Infinity logit costs Infinity. The classes lie along `axis`, by default the LAST one.
 *
 * @param x logits: an array or a tensor
 * @param target class indices, one per row, or one distribution per row, as in `crossEntropy`
 * @param options `shape`, `axis`, `weight`, `ignoreIndex` (default -100), `reduction` (`'mean'` divides by the summed
 *   weight of the kept rows, for distributions by the number of rows), `dtype`, `out`
 * @returns a number; with `reduction: 'none'` one loss per row, in the kind of x
 * @throws RangeError that names the row, for a label out of range or a distribution that does not sum to 1 ± 1e-3;
 *   TypeError where an argument is of the wrong kind
 * @see Martins and Astudillo, From softmax to sparsemax, 2016, equations 22 and 28
 * @example
 * import { sparsemaxLoss } from 'onesum'
 *
 * sparsemaxLoss([1.5, 1, 0.1], [0]) // → 0.0625
 */
export function sparsemaxLoss<
  T extends Logits,
  R extends Reduction = 'mean',
  D extends Dtype | undefined = undefined,
  B = undefined,
>(x: T, target: TargetLike, options?: LossOptions<D, B> & { reduction?: R }): LossValue<T, R, D, NoInfer<B>> {
  const { loss, kernel } = open(SPARSEMAX, x, target, options, 2)
  return plainLoss(loss, kernel) as LossValue<T, R, D, NoInfer<B>>
}

/**
 * Sparsemax's loss and its gradient with respect to the logits, in one pass.
 *
 *     gx = W (p − q),  p = sparsemax(x), q the target (1 at a label), W its class weight
 *
 * At a label, 1 − p_y is the sum of the other probabilities. With `reduction: 'none'` each row's own gradient; rows left
 * out have gradient 0.
 *
 * @param x logits: an array or a tensor
 * @param target as in `sparsemaxLoss`
 * @param options as in `sparsemaxLoss`; `out` is where the gradient goes, and may be x itself
 * @returns `loss` as `sparsemaxLoss` gives it, and `grad` in the kind and shape of x
 * @throws as `sparsemaxLoss`
 * @example
 * import { sparsemaxLossWithGrad } from 'onesum'
 *
 * sparsemaxLossWithGrad([1.5, 1, 0.1], [0]) // → { "loss": 0.0625, "grad": [-0.25, 0.25, 0] }
 */
export function sparsemaxLossWithGrad<
  T extends Logits,
  R extends Reduction = 'mean',
  D extends Dtype | undefined = undefined,
  B = undefined,
>(x: T, target: TargetLike, options?: LossOptions<D, B> & { reduction?: R }): LossResult<T, R, D, NoInfer<B>> {
  const { loss, kernel } = open(SPARSEMAX_GRAD, x, target, options, 2)
  return lossWithGrad(loss, kernel) as LossResult<T, R, D, NoInfer<B>>
}

/**
 * The loss of entmax(x) against a target: the Fenchel–Young loss of Tsallis's entropy.
 *
 *     W · (⟨p − q, x⟩ + Ω(q) − Ω(p)),  Ω(p) = (Σ_j p_j^alpha − 1) / (alpha (alpha − 1)),  p = entmax(x)
 *
 * q is the target (1 at a label), W its class weight (for a distribution Σ_j w_j q_j). It is 0 exactly where p is the
 * target, and never negative. alpha = 1 is `crossEntropy` for labels, and the Kullback–Leibler divergence of q from
 * softmax(x) for distributions; 2 is `sparsemaxLoss`. The classes lie along `axis`, by default the LAST one.
 *
 * @param x logits: an array or a tensor
 * @param target class indices, one per row, or one distribution per row, as in `crossEntropy`
 * @param options `alpha` (from 1; default 1.5), `shape`, `axis`, `weight`, `ignoreIndex` (default -100), `reduction`
 *   (`'mean'` divides by the summed weight of the kept rows, for distributions by the number of rows), `dtype`, `out`
 * @returns a number; with `reduction: 'none'` one loss per row, in the kind of x
 * @throws RangeError that names the row, for a label out of range or a distribution that does not sum to 1 ± 1e-3;
 *   TypeError where an argument is of the wrong kind
 * @see Blondel, Martins and Niculae, Learning with Fenchel–Young losses, 2020, equation 15; Peters, Niculae and Martins
 *   2019, equation 12
 * @example
 * import { entmaxLoss } from 'onesum'
 *
 * entmaxLoss([2, 1, 0.1], [0]) // → 0.0616559
 */
export function entmaxLoss<
  T extends Logits,
  R extends Reduction = 'mean',
  D extends Dtype | undefined = undefined,
  B = undefined,
>(x: T, target: TargetLike, options?: EntmaxLossOptions<D, B> & { reduction?: R }): LossValue<T, R, D, NoInfer<B>> {
  const { loss, kernel } = open(ENTMAX, x, target, options)
  return plainLoss(loss, kernel) as LossValue<T, R, D, NoInfer<B>>
}

/**
 * Entmax's loss and its gradient with respect to the logits, in one pass.
 *
 *     gx = W (p − q),  p = entmax(x), q the target (1 at a label), W its class weight
 *
 * At a label, 1 − p_y is the sum of the other probabilities. With `reduction: 'none'` each row's own gradient; rows left
 * out have gradient 0.
 *
 * @param x logits: an array or a tensor
 * @param target as in `entmaxLoss`
 * @param options as in `entmaxLoss`; `out` is where the gradient goes, and may be x itself
 * @returns `loss` as `entmaxLoss` gives it, and `grad` in the kind and shape of x
 * @throws as `entmaxLoss`
 * @example
 * import { entmaxLossWithGrad } from 'onesum'
 *
 * entmaxLossWithGrad([0, 0], [1]) // → { "loss": 0.39052, "grad": [0.5, -0.5] }
 */
export function entmaxLossWithGrad<
  T extends Logits,
  R extends Reduction = 'mean',
  D extends Dtype | undefined = undefined,
  B = undefined,
>(x: T, target: TargetLike, options?: EntmaxLossOptions<D, B> & { reduction?: R }): LossResult<T, R, D, NoInfer<B>> {
  const { loss, kernel } = open(ENTMAX_GRAD, x, target, options)
  return lossWithGrad(loss, kernel) as LossResult<T, R, D, NoInfer<B>>
}
