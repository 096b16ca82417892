/** What a classifier consists of. */
import type { ActivationName } from '../kernels/js/elementwise.ts'

/** A hidden layer: the weight of input j for unit u stands at u · inputs + j. */
export interface HiddenLayer {
  readonly units: number
  readonly weights: Float64Array<ArrayBuffer>
  readonly bias: Float64Array<ArrayBuffer>
}

/** The layers of a classifier, what goes with them, and how they came about; every `SoftmaxClassifier` has these fields. */
export class Model {
  declare readonly classes: number
  declare readonly features: number
  /** The weight of feature j, or of unit j of the last hidden layer, for class c stands at c · features + j (c · units + j). */
  declare readonly weights: Float64Array<ArrayBuffer>
  /** One intercept for each class; without hidden layers their mean is 0, as only differences matter. */
  declare readonly bias: Float64Array<ArrayBuffer>
  /** Hidden layers from the first to the last; none in a linear classifier. */
  declare readonly hidden: readonly HiddenLayer[]
  /** What hidden units do with their sum. */
  declare readonly activation: ActivationName
  /** What the logits are divided by before they become probabilities; 1 unless calibrated. */
  declare readonly temperature: number
  declare readonly classNames: readonly string[] | undefined
  declare readonly featureNames: readonly string[] | undefined
  /** Σ cross-entropy + l2 / 2 · Σ w², of the rows it was trained on; of networks the mean cross-entropy of the last epoch. */
  declare readonly objective: number
  /** The largest derivative of the objective with respect to a weight or an intercept, divided by the rows' summed mass. */
  declare readonly gradientNorm: number
  declare readonly iterations: number
  /** How often the objective was evaluated: passes over the data. */
  declare readonly evaluations: number
  /** Whether it stopped because it was done. */
  declare readonly converged: boolean
  /** Why it stopped: `'tolerance'`, `'precision'`, `'separable'` or `'iterations'`; networks: `'heldOut'` or `'epochs'`. */
  declare readonly reason: string
  /** The penalty, the one chosen if it was `'auto'`. */
  declare readonly l2: number
  /** For `l2: 'auto'`: the mean held-out negative log-likelihood of each penalty that was tried. */
  declare readonly l2Path?: readonly { readonly l2: number; readonly nll: number }[] | undefined

  /** @internal */
  constructor(fields: Model) {
    Object.assign(this, fields)
  }
}
