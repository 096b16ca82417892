/** Everything of the entry `onesum/metrics`. */
export type { ReliabilityBin } from './bins.ts'
export { evaluate } from './evaluate.ts'
export { type AddOptions, type BatchOptions, Evaluation, type EvaluationOptions, type From } from './evaluation.ts'
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
