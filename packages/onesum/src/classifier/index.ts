/** Everything of the entry `onesum/classifier`. */

export { createTrainer } from './create-trainer.ts'
export type { ClassLabels } from './data.ts'
export { type AsyncFitOptions, type FitOptions, fitClassifier, fitClassifierAsync } from './fit.ts'
export {
  type Contribution,
  classifierFromJSON,
  type FitReport,
  type HiddenLayer,
  type RowsOptions,
  SoftmaxClassifier,
} from './model.ts'
export type { ActivationName, NetworkOptions } from './network-options.ts'
export type { RegressionOptions } from './options.ts'
export type { Progress } from './regression.ts'
export { Trainer, type TrainerOptions, type TrainerState } from './trainer.ts'
export type { Signal } from './unhurried.ts'
