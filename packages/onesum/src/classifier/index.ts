/** Everything of the entry `onesum/classifier`. */

export type { ClassLabels } from './data.ts'
export { type AsyncFitOptions, type FitOptions, fitClassifier, fitClassifierAsync } from './fit.ts'
export type { HiddenLayer } from './model.ts'
export { createTrainer } from './network/create-trainer.ts'
export type { ActivationName, NetworkOptions } from './network/options.ts'
export { Trainer, type TrainerOptions, type TrainerState } from './network/trainer.ts'
export type { RegressionOptions } from './options.ts'
export type { Progress } from './regression.ts'
export { type Contribution, classifierFromJSON, type RowsOptions, SoftmaxClassifier } from './softmax-classifier.ts'
export { type Split, type SplitOptions, splitRows } from './split.ts'
export type { Signal } from './unhurried.ts'
