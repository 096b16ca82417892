/** Everything of the entry `onesum`. */

export type { EntmaxOptions } from './activations/alpha.ts'
export {
  type Elementwise,
  type ElementwiseBackward,
  type ElementwiseOptions,
  elu,
  eluBackward,
  gelu,
  geluBackward,
  identity,
  identityBackward,
  leakyRelu,
  leakyReluBackward,
  relu,
  reluBackward,
  sigmoid,
  sigmoidBackward,
  silu,
  siluBackward,
  softplus,
  softplusBackward,
  tanh,
  tanhBackward,
} from './activations/elementwise.ts'
export {
  type EntmaxBackwardOptions,
  type EntmaxGradient,
  entmax,
  entmaxBackward,
  entmaxHvp,
  entmaxJvp,
} from './activations/entmax.ts'
export {
  type GumbelOptions,
  type GumbelResult,
  gumbelSoftmax,
  gumbelSoftmaxBackward,
} from './activations/gumbel-softmax.ts'
export { hardmax } from './activations/hardmax.ts'
export { softmaxJacobian } from './activations/jacobian.ts'
export { logOdds, logOddsBackward } from './activations/log-odds.ts'
export { logSoftmax, logSoftmaxBackward, logSoftmaxHvp, logSoftmaxJvp } from './activations/log-softmax.ts'
export { type NormalizeOptions, normalizeLogits, normalizeLogitsBackward } from './activations/normalize-logits.ts'
export { sensitivity } from './activations/sensitivity.ts'
export { softmax, softmaxBackward, softmaxHvp, softmaxJvp } from './activations/softmax.ts'
export { sparsemax, sparsemaxBackward, sparsemaxHvp, sparsemaxJvp } from './activations/sparsemax.ts'
export { topKSoftmax, topKSoftmaxBackward } from './activations/top-k-softmax.ts'
export { type Allocated, allocate, release } from './kernels/memory.ts'
export { type Runtime, ready, runtime } from './kernels/runtime.ts'
export { type AdjustOptions, adjustLogits } from './losses/adjust-logits.ts'
export type { LossResult, LossValue } from './losses/call.ts'
export { type ClassWeightOptions, classWeights } from './losses/class-weights.ts'
export { correctPrior, type PriorOptions } from './losses/correct-prior.ts'
export { crossEntropy, crossEntropyHvp, crossEntropyWithGrad } from './losses/cross-entropy.ts'
export { type EstimateOptions, estimatePrior, type PriorEstimate } from './losses/estimate-prior.ts'
export {
  type EntmaxLossOptions,
  entmaxLoss,
  entmaxLossWithGrad,
  sparsemaxLoss,
  sparsemaxLossWithGrad,
} from './losses/fenchel-young.ts'
export { type FocalLossOptions, focalLoss, focalLossWithGrad } from './losses/focal.ts'
export { nllLoss, nllLossWithGrad } from './losses/nll.ts'
export type { CrossEntropyOptions, LossOptions, Reduction, TargetLike } from './losses/target.ts'
export { argmax } from './reductions/argmax.ts'
export { entropy } from './reductions/entropy.ts'
export { logSumExp, logSumExpBackward, logSumExpHvp, logSumExpJvp } from './reductions/log-sum-exp.ts'
export { type LogSumExpJson, LogSumExpState, type PieceOptions } from './reductions/log-sum-exp-state.ts'
export { type LogitScale, logitScale } from './reductions/logit-scale.ts'
export { margin } from './reductions/margin.ts'
export { perplexity } from './reductions/perplexity.ts'
export type { Reduced, SingleOptions, SingleRow } from './reductions/single.ts'
export { support } from './reductions/support.ts'
export { topK } from './reductions/top-k.ts'
export { decodeFloat16, encodeFloat16 } from './rows/float16.ts'
export type {
  ArrayResult,
  DimsTensor,
  Dtype,
  Half,
  IndexResult,
  IntegerArray,
  Labels,
  Logits,
  LogitsArray,
  MapOptions,
  Mask,
  ReduceOptions,
  Result,
  RowOptions,
  ShapeTensor,
  SyncTensor,
  TemperedOptions,
} from './rows/types.ts'
