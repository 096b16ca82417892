/** Everything of the entry `onesum/metrics`. */
export type { ReliabilityBin } from './bins.ts'
export { evaluate, type Metrics } from './evaluate.ts'
export { type BatchOptions, Evaluation, type EvaluationOptions, type From } from './evaluation.ts'
export { looksLikeProbabilities } from './probabilities.ts'
