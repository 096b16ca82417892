/** Negative log-likelihood of log-probabilities that are already there. */
import { nllKernel } from '../kernels/js/nll.ts'
import type { Dtype, Logits } from '../rows/types.ts'
import { type LossResult, type LossValue, lossWithGrad, plainLoss } from './call.ts'
import { LOSS_OPTIONS, type LossOptions, openLoss, type Reduction, type TargetLike } from './target.ts'

const LOSS = { name: 'nllLoss', operands: ['logP'], options: LOSS_OPTIONS }
const WITH_GRAD = { ...LOSS, name: 'nllLossWithGrad' }

/**
 * The negative log-likelihood of a target under given log-probabilities, as `logSoftmax` makes them.
 *
 *     label y: −w_y logP_y;   distribution t: −Σ_j w_j t_j logP_j
 *
 * From logits, `crossEntropy` is faster and never forms the log-probabilities. The classes lie along `axis`, by default
 * the LAST one; PyTorch and ONNX losses put them on axis 1.
 *
 * @param logP log-probabilities (not logits, not probabilities): an array or a tensor
 * @param target class indices, one per row, or one distribution per row
 * @param options `shape`, `axis`, `weight`, `ignoreIndex` (default -100), `reduction`, `dtype`, `out`
 * @returns a number; with `reduction: 'none'` one loss per row, in the kind of logP
 * @throws RangeError that names the row, for a label out of range or a distribution that does not sum to 1 ± 1e-3;
 *   TypeError where an argument is of the wrong kind
 * @example
 * import { nllLoss } from 'onesum'
 *
 * nllLoss([-0.5, -1.5], [1]) // → 1.50
 */
export function nllLoss<
  T extends Logits,
  R extends Reduction = 'mean',
  D extends Dtype | undefined = undefined,
  B = undefined,
>(logP: T, target: TargetLike, options?: LossOptions<D, B> & { reduction?: R }): LossValue<T, R, D, NoInfer<B>> {
  return plainLoss(openLoss(LOSS, [logP], target, options), nllKernel) as LossValue<T, R, D, NoInfer<B>>
}

/**
 * Negative log-likelihood and its gradient with respect to the log-probabilities: −w_y at the label, 0 elsewhere.
 *
 * @param logP log-probabilities: an array or a tensor
 * @param target as in `nllLoss`
 * @param options as in `nllLoss`; `out` is where the gradient goes
 * @returns `loss` as `nllLoss` gives it, and `grad` in the kind and shape of logP
 * @throws as `nllLoss`
 * @example
 * import { nllLossWithGrad } from 'onesum'
 *
 * nllLossWithGrad([-0.5, -1.5], [1]) // → { "loss": 1.50, "grad": [0, -1] }
 */
export function nllLossWithGrad<
  T extends Logits,
  R extends Reduction = 'mean',
  D extends Dtype | undefined = undefined,
  B = undefined,
>(logP: T, target: TargetLike, options?: LossOptions<D, B> & { reduction?: R }): LossResult<T, R, D, NoInfer<B>> {
  return lossWithGrad(openLoss(WITH_GRAD, [logP], target, options), nllKernel) as LossResult<T, R, D, NoInfer<B>>
}
