/** Everything of the entry `onesum/metrics`. */
export type { ReliabilityBin } from './bins.ts'
export { evaluate } from './evaluate.ts'
export { Evaluation } from './evaluation.ts'
export type {
  Approximation,
  AreaUnderCurve,
  BrierDecomposition,
  ByChance,
  ClassMetrics,
  EqualMass,
  Interval,
  Intervals,
  Metrics,
  RiskCoverage,
  RiskPoint,
  WrongRow,
} from './metrics.ts'
export { looksLikeProbabilities } from './probabilities.ts'
export { type ReliabilityOptions, reliabilityBins } from './reliability.ts'
export type { AddOptions, BatchOptions, EvaluationOptions, From } from './settings.ts'
export { brierScore, type CalibrationErrorOptions, expectedCalibrationError, type ScoreOptions } from './single.ts'
