/** The entry `onesum/classifier`. */
export type { ClassLabels } from './data.ts'
export { type AsyncFitOptions, fitClassifier, fitClassifierAsync } from './fit.ts'
export { type Contribution, classifierFromJSON, type FitReport, type RowsOptions, SoftmaxClassifier } from './model.ts'
export type { FitOptions } from './options.ts'
export type { Progress } from './regression.ts'
export { type Split, type SplitOptions, splitRows } from './split.ts'
export type { Signal } from './unhurried.ts'
