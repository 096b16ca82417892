/** Cross-entropy of logits: softmax and negative log-likelihood in one, with gradient and curvature. */
import { crossEntropyHvpKernel, crossEntropyKernel } from '../kernels/cross-entropy.ts'
import { run } from '../kernels/kernel.ts'
import { entryResults } from '../rows/results.ts'
import type { Dtype, Logits, Result } from '../rows/types.ts'
import { gradScale, type LossResult, type LossValue, lossWithGrad, plainLoss } from './call.ts'
import { CROSS_ENTROPY_OPTIONS, type CrossEntropyOptions, openLoss, type Reduction, type TargetLike } from './target.ts'

const LOSS = { name: 'crossEntropy', operands: ['x'], options: CROSS_ENTROPY_OPTIONS }
const WITH_GRAD = { ...LOSS, name: 'crossEntropyWithGrad' }
const HVP = { ...LOSS, name: 'crossEntropyHvp', operands: ['x', 'v'] }

/**
 * The cross-entropy of softmax(x) against a target.
 *
 *     label y:          w_y · (log Σ_k exp(x_k) − x_y)
 *     distribution t:   Σ_j w_j t_j · (log Σ_k exp(x_k) − x_j)
 *
 * Never −log of a rounded probability: relative error 1e-6 (float32) per row, near 0 too. A label on a -Infinity logit
 * costs Infinity; nothing is clipped. `labelSmoothing: ε` replaces t by (1 − ε) t + ε / C. The classes lie along `axis`,
 * by default the LAST one; PyTorch and ONNX losses put them on axis 1.
 *
 * @param x logits: an array or a tensor
 * @param target class indices, one per row (any array of whole numbers, or as many numbers as rows), or one
 *   distribution per row (as many numbers as x)
 * @param options `shape`, `axis`, `weight`, `ignoreIndex` (default -100), `labelSmoothing`, `reduction` (`'mean'`
 *   divides by the summed weight of the kept rows, for distributions by the number of rows), `dtype`, `out`,
 *   `reproducible` (the same bits everywhere)
 * @returns a number; with `reduction: 'none'` one loss per row, in the kind of x
 * @throws RangeError that names the row, for a label out of range or a distribution that does not sum to 1 ± 1e-3;
 *   TypeError where an argument is of the wrong kind
 * @example
 * import { crossEntropy } from 'onesum'
 *
 * crossEntropy([2, 1, 0.1], [0]) // → 0.41703
 */
export function crossEntropy<
  T extends Logits,
  R extends Reduction = 'mean',
  D extends Dtype | undefined = undefined,
  B = undefined,
>(x: T, target: TargetLike, options?: CrossEntropyOptions<D, B> & { reduction?: R }): LossValue<T, R, D, NoInfer<B>> {
  return plainLoss(openLoss(LOSS, [x], target, options), crossEntropyKernel) as LossValue<T, R, D, NoInfer<B>>
}

/**
 * Cross-entropy and its gradient with respect to the logits, in one pass.
 *
 *     label y:          gx_j = w_y p_j,  gx_y = −w_y Σ_{k≠y} p_k
 *     distribution t:   gx_j = p_j Σ_k w_k t_k − w_j t_j
 *
 * The gradient of a confident row keeps its digits: it comes from the sum of the other terms, not from p_y − 1. It is
 * that of the reduced loss; with `reduction: 'none'` each row's own. Rows left out have gradient 0.
 *
 * @param x logits: an array or a tensor
 * @param target as in `crossEntropy`
 * @param options as in `crossEntropy`; `out` is where the gradient goes, and may be x itself
 * @returns `loss` as `crossEntropy` gives it, and `grad` in the kind and shape of x
 * @throws as `crossEntropy`
 * @example
 * import { crossEntropyWithGrad } from 'onesum'
 *
 * crossEntropyWithGrad([0, 0], [1]) // → { "loss": 0.693147, "grad": [0.5, -0.5] }
 */
export function crossEntropyWithGrad<
  T extends Logits,
  R extends Reduction = 'mean',
  D extends Dtype | undefined = undefined,
  B = undefined,
>(x: T, target: TargetLike, options?: CrossEntropyOptions<D, B> & { reduction?: R }): LossResult<T, R, D, NoInfer<B>> {
  return lossWithGrad(openLoss(WITH_GRAD, [x], target, options), crossEntropyKernel) as LossResult<T, R, D, NoInfer<B>>
}

/**
 * The Hessian of cross-entropy in the logits, times v.
 *
 *     (H v)_j = W p_j (v_j − Σ_k p_k v_k),  W = the row's summed target mass, over the divisor of the reduction
 *
 * @param x logits: an array or a tensor
 * @param target as in `crossEntropy`
 * @param v a direction, one number per entry of x
 * @param options as in `crossEntropy`
 * @returns H v, in the kind and shape of x
 * @throws as `crossEntropy`
 * @example
 * import { crossEntropyHvp } from 'onesum'
 *
 * crossEntropyHvp([0, 0], [1], [1, 0]) // → [0.25, -0.25]
 */
export function crossEntropyHvp<T extends Logits, D extends Dtype | undefined = undefined, B = undefined>(
  x: T,
  target: TargetLike,
  v: Logits,
  options?: CrossEntropyOptions<D, B>,
): Result<T, D, NoInfer<B>> {
  const loss = openLoss(HVP, [x, v], target, options)
  const results = entryResults(loss.call)
  const output = { losses: undefined, grad: results.elements, precise: false, scale: gradScale(loss) }
  run(crossEntropyHvpKernel, loss.rows, output)
  return results.close() as Result<T, D, NoInfer<B>>
}
