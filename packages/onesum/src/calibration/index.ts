/** Everything of the entry `onesum/calibration`. */
export type { Calibrator, Method } from './calibrator.ts'
export {
  type ConformalOptions,
  type ConformalPredictor,
  fitConformal,
  type SetOptions,
} from './conformal.ts'
export { conformalFromJSON } from './conformal-json.ts'
export type { ConformalScore } from './conformal-scores.ts'
export { type CrossFit, type CrossFitOptions, crossFit } from './cross-fit.ts'
export { type DirichletCalibrator, type DirichletOptions, fitDirichlet } from './dirichlet.ts'
export { type Best, type BestOptions, type Candidate, fitBest } from './fit-best.ts'
export { type FoldOptions, foldsOf, type Split, type SplitOptions, splitRows } from './folds.ts'
export {
  fitHistogramBinning,
  type HistogramCalibrator,
  type HistogramCurve,
  type HistogramOptions,
} from './histogram-binning.ts'
export { fitIsotonic, type IsotonicCalibrator, type IsotonicCurve } from './isotonic.ts'
export { calibratorFromJSON } from './json.ts'
export type { FitOptions } from './labelled.ts'
export { nllCurve } from './nll-curve.ts'
export { fitPlatt, type PlattCalibrator } from './platt.ts'
export { evaluateSets, type PredictionSets, type SetReport, type SetSummary } from './prediction-sets.ts'
export { fitTemperature, type TemperatureCalibrator } from './temperature.ts'
export { fitVectorScaling, type VectorCalibrator, type VectorOptions } from './vector-scaling.ts'
