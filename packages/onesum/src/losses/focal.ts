/** Focal loss of logits: cross-entropy that turns away from what is already learnt, with its gradient. */
import { readNumber } from '../check.ts'
import { focalKernel } from '../kernels/losses.ts'
import type { Signature } from '../rows/rows.ts'
import type { Dtype, Logits } from '../rows/types.ts'
import { type LossResult, type LossValue, lossWithGrad, plainLoss } from './call.ts'
import {
  LOSS_OPTIONS,
  type LossOptions,
  type OpenedLoss,
  openLoss,
  type Reduction,
  readPerClass,
  type TargetLike,
} from './target.ts'

const LOSS: Signature = { name: 'focalLoss', operands: ['x'], options: [...LOSS_OPTIONS, 'gamma', 'alpha'] }
const WITH_GRAD: Signature = { ...LOSS, name: 'focalLossWithGrad' }

/** Options of focal loss. */
export interface FocalLossOptions<D extends Dtype | undefined = Dtype | undefined, B = unknown>
  extends LossOptions<D, B> {
  /** How fast well-classified rows lose their say, >= 0; 0 is cross-entropy; by default 2. */
  gamma?: number
  /** A second factor per class, >= 0, which the mean does not divide by. */
  alpha?: Logits
}

function open(signature: Signature, x: unknown, target: unknown, given: object | undefined) {
  const opened = openLoss(signature, [x], target, given)
  const { call, rows } = opened
  const options = call.options as FocalLossOptions
  const gamma = readNumber(call.where, 'gamma', options.gamma, 2, 0, Number.MAX_VALUE)
  const alpha = readPerClass(call, 'alpha', options.alpha)
  const { weight } = rows.target
  // the divisor was taken from the weights alone
  const factor = alpha && weight ? alpha.map((a, j) => a * weight[j]) : (alpha ?? weight)
  const loss: OpenedLoss = { ...opened, rows: { ...rows, target: { ...rows.target, weight: factor } } }
  return { loss, kernel: focalKernel(gamma) }
}

/**
 * The focal loss of softmax(x) against a target: cross-entropy times (1 − p)^γ.
 *
 *     label y:          −w_y α_y (1 − p_y)^γ log p_y
 *     distribution t:   −Σ_j t_j w_j α_j (1 − p_j)^γ log p_j
 *
 * 1 − p_y is the sum of the *other* probabilities, so that confident rows keep their digits: relative error 1e-6
 * (float32) per row. γ = 0 is `crossEntropy`, by its own kernel. A label on a -Infinity logit costs Infinity. The classes
 * lie along `axis`, by default the LAST one; PyTorch and ONNX losses put them on axis 1.
 *
 * @param x logits: an array or a tensor
 * @param target class indices, one per row, or one distribution per row, as in `crossEntropy`
 * @param options `gamma` (default 2), `alpha` (one factor per class), `shape`, `axis`, `weight`, `ignoreIndex` (default
 *   -100), `reduction` (`'mean'` divides by the summed weight of the kept rows, whatever alpha is; for distributions by the
 *   number of rows), `dtype`, `out`
 * @returns a number; with `reduction: 'none'` one loss per row, in the kind of x
 * @throws RangeError that names the row, for a label out of range or a distribution that does not sum to 1 ± 1e-3, and for
 *   a negative gamma, alpha or weight; TypeError where an argument is of the wrong kind
 * @see Lin, Goyal, Girshick, He and Dollár, Focal loss for dense object detection, 2017, equations 4 and 5, for several
 *   classes
 * @example
 * import { focalLoss } from 'onesum'
 *
 * focalLoss([2, 1, 0.1], [0]) // → 0.0484923
 */
export function focalLoss<
  T extends Logits,
  R extends Reduction = 'mean',
  D extends Dtype | undefined = undefined,
  B = undefined,
>(x: T, target: TargetLike, options?: FocalLossOptions<D, B> & { reduction?: R }): LossValue<T, R, D, NoInfer<B>> {
  const { loss, kernel } = open(LOSS, x, target, options)
  return plainLoss(loss, kernel) as LossValue<T, R, D, NoInfer<B>>
}

/**
 * Focal loss and its gradient with respect to the logits, in one pass.
 *
 *     label y:   gx_j = w_y α_y K p_j,  gx_y = −w_y α_y K Σ_{k≠y} p_k
 *     K = (1 − p_y)^γ − γ (1 − p_y)^(γ−1) p_y log p_y
 *
 * Like the loss it comes from the sum of the other terms; K stays finite as p_y → 1 for γ < 1 too. With
 * `reduction: 'none'` each row's own gradient; rows left out have gradient 0.
 *
 * @param x logits: an array or a tensor
 * @param target as in `focalLoss`
 * @param options as in `focalLoss`; `out` is where the gradient goes, and may be x itself
 * @returns `loss` as `focalLoss` gives it, and `grad` in the kind and shape of x
 * @throws as `focalLoss`
 * @example
 * import { focalLossWithGrad } from 'onesum'
 *
 * focalLossWithGrad([0, 0], [1], { gamma: 1 }) // → { "loss": 0.34657, "grad": [0.42329, -0.42329] }
 */
export function focalLossWithGrad<
  T extends Logits,
  R extends Reduction = 'mean',
  D extends Dtype | undefined = undefined,
  B = undefined,
>(x: T, target: TargetLike, options?: FocalLossOptions<D, B> & { reduction?: R }): LossResult<T, R, D, NoInfer<B>> {
  const { loss, kernel } = open(WITH_GRAD, x, target, options)
  return lossWithGrad(loss, kernel) as LossResult<T, R, D, NoInfer<B>>
}
