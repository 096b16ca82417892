/** Fitting a classifier, at once or while other things happen. */
import { show, wrongKind, wrongValue } from '../check.ts'
import type { Logits } from '../rows/types.ts'
import { type ClassLabels, openTraining, type TrainingData } from './data.ts'
import { NETWORK_OPTIONS, type NetworkOptions, readNetworkSettings } from './network/options.ts'
import { Trainer } from './network/trainer.ts'
import { FIT_OPTIONS, type RegressionOptions, readSettings, type Settings } from './options.ts'
import { adjustPrior, readClassPrior } from './prior.ts'
import { type Progress, regress } from './regression.ts'
import { SoftmaxClassifier } from './softmax-classifier.ts'
import { type Signal, unhurried } from './unhurried.ts'

/** Options of `fitClassifier`: of softmax regression, or with `hidden` of a network. */
export type FitOptions = (RegressionOptions & { hidden?: undefined }) | NetworkOptions

/** Options of `fitClassifierAsync`. */
export type AsyncFitOptions = FitOptions & {
  /** Called after each iteration. */
  onProgress?: (progress: Progress) => void
  /** An AbortSignal: the fit ends with its reason, and leaves nothing behind. */
  signal?: Signal
}

/**
 * Trains a softmax classifier: multinomial logistic regression with an l2 penalty, to its one optimum.
 *
 *     minimise  Σ_i v_i · w_y_i · (−log softmax(W x_i + b)_y_i)  +  l2 / 2 · Σ W²
 *
 * The intercepts b are free. The sum runs over rows, not their mean, so `l2` is scikit-learn's 1 / C. With `standardize` the
 * penalty is on the weights of features of mean 0 and deviation 1; the weights that come back always belong to the features
 * as they were given. Trained in float32 by WebAssembly, with float64 between blocks of rows; in float64 by JavaScript where
 * there is no WebAssembly.
 *
 * @param features rows of features: an array with `shape`, or a tensor
 * @param labels the class of each row, as indices or names; or a distribution per row
 * @param options `shape` [rows, features], `classes`, `l2` (default 1, or `'auto'`), `standardize`, `classWeight`,
 *   `sampleWeight`, `labelSmoothing`, `tolerance` (default 2e-8), `maxIterations` (default 1000), `warmStart`, `calibrate`, `prior`,
 *   `seed`, `classNames`, `featureNames`; with `hidden`, the units of hidden layers, those of `createTrainer` instead of the
 *   penalty's and the optimiser's
 * @returns the classifier, with `objective`, `gradientNorm`, `iterations`, `converged` and the `reason` it stopped
 * @throws RangeError that names row and column of a feature that is not finite, or the row of a label out of range
 * @see Liu and Nocedal, On the limited memory BFGS method for large scale optimization, 1989
 * @example
 * import { fitClassifier } from 'onesum/classifier'
 *
 * const classifier = fitClassifier([0, 1, 4, 5], ['low', 'low', 'high', 'high'], { shape: [4, 1] })
 * classifier.predictProbabilities([4.5]) // → [0.923, 0.0773]
 */
export function fitClassifier(features: Logits, labels: ClassLabels, options?: FitOptions): SoftmaxClassifier {
  const steps = open('fitClassifier', features, labels, options)
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
  }
}

/**
 * `fitClassifier` in pieces, so that a page stays alive: it gives way to other tasks every few milliseconds.
 *
 * @param options those of `fitClassifier`, `onProgress` and `signal`
 * @returns the classifier; rejected with the signal's reason when it is aborted
 * @example
 * import { fitClassifierAsync } from 'onesum/classifier'
 *
 * const classifier = await fitClassifierAsync([0, 1, 4, 5], [0, 0, 1, 1], { shape: [4, 1] })
 * classifier.converged // → true
 */
export async function fitClassifierAsync(
  features: Logits,
  labels: ClassLabels,
  options?: AsyncFitOptions,
): Promise<SoftmaxClassifier> {
  const where = 'fitClassifierAsync'
  const { onProgress, signal } = options ?? {}
  if (onProgress !== undefined && typeof onProgress !== 'function') {
    throw wrongKind(where, 'onProgress', 'a function', show(onProgress))
  }
  if (signal !== undefined && typeof signal?.aborted !== 'boolean') {
    throw wrongKind(where, 'signal', 'an AbortSignal', show(signal))
  }
  return unhurried(open(where, features, labels, options, ['onProgress', 'signal']), onProgress, signal)
}

/** Checks everything, and gives the fit, one iteration at a time; `more` names options that the caller has read. */
function* open(
  where: string,
  features: Logits,
  labels: ClassLabels,
  options: FitOptions | undefined,
  more: readonly string[] = [],
): Generator<Progress, SoftmaxClassifier> {
  if (options?.hidden !== undefined) return yield* train(where, features, labels, options, more)
  const settings = readSettings(where, options, [...FIT_OPTIONS, 'hidden', ...more])
  const data = openTraining(where, features, labels, settings)
  const prior = readClassPrior(where, settings.given.prior, data.shares)
  checkWarmStart(where, settings, data)
  const classifier = yield* regress(where, data, settings)
  if (prior) adjustPrior(classifier.bias, prior, data.shares, classifier.temperature)
  return classifier
}

/** A network, one mini-batch at a time. */
function* train(
  where: string,
  features: Logits,
  labels: ClassLabels,
  options: NetworkOptions,
  more: readonly string[],
): Generator<Progress, SoftmaxClassifier> {
  const settings = readNetworkSettings(where, options, [...NETWORK_OPTIONS, ...more])
  const trainer = new Trainer(where, openTraining(where, features, labels, settings), settings, undefined)
  try {
    let { state } = trainer
    while (!state.reason) {
      state = trainer.step()
      yield { iterations: state.steps, objective: state.loss, fit: 1, fits: 1 }
    }
    return trainer.classifier()
  } finally {
    trainer.release()
  }
}

function checkWarmStart(where: string, { given }: Settings, { features, classes }: TrainingData): void {
  const { warmStart } = given
  if (warmStart === undefined) return
  if (!(warmStart instanceof SoftmaxClassifier))
    throw wrongKind(where, 'warmStart', 'a SoftmaxClassifier', show(warmStart))
  if (warmStart.classes !== classes || warmStart.features !== features.columns) {
    const named = (c: number, f: number) => `${c} classes and ${f} features`
    throw wrongValue(where, 'warmStart', named(classes, features.columns), named(warmStart.classes, warmStart.features))
  }
}
