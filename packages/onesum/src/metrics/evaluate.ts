/** Are these probabilities any good: one call for scores and labels in memory. */
import { readOptions } from '../check.ts'
import type { Labels, Logits } from '../rows/types.ts'
import { Evaluation, type Watch } from './evaluation.ts'
import type { Metrics } from './metrics.ts'
import {
  BATCH_OPTIONS,
  type BatchOptions,
  EVALUATION_OPTIONS,
  type EvaluationOptions,
  readSettings,
} from './settings.ts'

/**
 * Measures how good the probabilities of some rows are, and whether a 0.9 means nine times in ten.
 *
 *     nll = mean −log p_y     brier = mean Σ_k (p_k − y_k)²     ece = Σ_b (n_b / n) |accuracy_b − confidence_b|
 *
 * Computed in float64. ECE hides errors that cancel within a bin, and depends on the bins; NLL and Brier are proper
 * scores and do not. Order statistics (AUC, risk–coverage, equal-mass bins) are exact up to 2^17 rows, AUC up to 2^18
 * rows × classes, and beyond come with a bound of their error.
 *
 * @param scores logits, or probabilities with `from: 'probabilities'`: an array or a tensor
 * @param labels the true class of each row: whole numbers from 0
 * @param options `shape` (default one row), `axis` (default the last), `dtype`, `from` (default `'logits'`), `bins`
 *   (default 15), `topK` (default [1, 3, 5]), `worst` (default 10), `bootstrap` (default 0 replicates), `seed` (default
 *   0), `auc` (default `'always'`, beyond that limit too), `skipUndefined`, `sampleWeight` (one number >= 0 per row, by default
 *   none: means are then over weights, and counts but `rows` are sums of them)
 * @returns every metric, and the bins of a reliability diagram
 * @throws RangeError that names the row, for a label out of range or a row without a softmax; and where `from` was left
 *   out and every row looks like probabilities
 * @see Guo et al., On Calibration of Modern Neural Networks, 2017; Brier, Verification of Forecasts Expressed in Terms
 *   of Probability, 1950
 * @example
 * import { evaluate } from 'onesum/metrics'
 *
 * evaluate([2, 1, 0, 0, 3, 1], [0, 2], { shape: [2, 3] }).accuracy // → 0.500
 */
export function evaluate(scores: Logits, labels: Labels, options?: BatchOptions & EvaluationOptions): Metrics {
  return evaluateAs('evaluate', scores, labels, options)
}

/** `evaluate` under the name of the function that was called. */
export function evaluateAs(
  where: string,
  scores: Logits,
  labels: Labels,
  options: (BatchOptions & EvaluationOptions) | undefined,
  watch?: Watch,
): Metrics {
  const { shape, axis, dtype, sampleWeight, ...settings } = readOptions(where, options, [
    ...BATCH_OPTIONS,
    ...EVALUATION_OPTIONS,
  ])
  readSettings(where, settings)
  const evaluation = new Evaluation(settings)
  evaluation.addAs(where, scores, labels, { shape, axis, dtype, sampleWeight }, watch)
  return evaluation.resultAs(where)
}
