/** Single metrics, for those who want one number. */
import { readChoice, readOptions } from '../check.ts'
import type { Labels, Logits } from '../rows/types.ts'
import { calibrationErrors } from './calibration-errors.ts'
import { evaluateAs } from './evaluate.ts'
import { BATCH_OPTIONS, type BatchOptions, type EvaluationOptions } from './settings.ts'

/** What the scores are and how they lie in memory. */
export interface ScoreOptions extends BatchOptions, Pick<EvaluationOptions, 'from'> {}

/** Options of the calibration error. */
export interface CalibrationErrorOptions extends ScoreOptions {
  /** Mean of the bins' errors, root of their mean square, or the largest; by default `'l1'`. */
  norm?: 'l1' | 'l2' | 'max'
  /** How many bins; by default 15. */
  bins?: number
  /** Bins of equal width, or of as many rows each; by default `'uniform'`. */
  strategy?: 'uniform' | 'quantile'
}

const SCORES = [...BATCH_OPTIONS, 'from']

/**
 * The Brier score: the mean over rows of the squared error of the probabilities, from 0 to 2.
 *
 *     mean Σ_k (p_k − y_k)²
 *
 * @param scores logits, or probabilities with `from: 'probabilities'`: an array or a tensor
 * @param labels the true class of each row
 * @param options `shape` (default one row), `axis` (default the last), `dtype`, `from` (default `'logits'`), `sampleWeight`
 * @throws as `evaluate` does
 * @see Brier, Verification of Forecasts Expressed in Terms of Probability, 1950
 * @example
 * import { brierScore } from 'onesum/metrics'
 *
 * brierScore([0.75, 0.25], [0], { from: 'probabilities' }) // → 0.125
 */
export function brierScore(scores: Logits, labels: Labels, options?: ScoreOptions): number {
  const where = 'brierScore'
  return evaluateAs(where, scores, labels, readOptions(where, options, SCORES)).brier
}

/**
 * The calibration error of the most probable class, over bins of the confidence.
 *
 *     l1: Σ_b (n_b / n) |accuracy_b − confidence_b|     l2: √ Σ_b (n_b / n) (accuracy_b − confidence_b)²     max: max_b |…|
 *
 * @param scores logits, or probabilities with `from: 'probabilities'`: an array or a tensor
 * @param labels the true class of each row
 * @param options `norm` (default `'l1'`), `bins` (default 15), `strategy` (default `'uniform'`), `shape` (default one
 *   row), `axis` (default the last), `dtype`, `from` (default `'logits'`), `sampleWeight`
 * @throws as `evaluate` does
 * @see Guo et al., On Calibration of Modern Neural Networks, 2017, equation 3
 * @example
 * import { expectedCalibrationError } from 'onesum/metrics'
 *
 * expectedCalibrationError([0.75, 0.25], [0], { from: 'probabilities' }) // → 0.250
 */
export function expectedCalibrationError(scores: Logits, labels: Labels, options?: CalibrationErrorOptions): number {
  const where = 'expectedCalibrationError'
  const { norm, strategy, ...rest } = readOptions(where, options, [...SCORES, 'norm', 'bins', 'strategy'])
  const field = FIELDS[readChoice(where, 'norm', norm, ['l1', 'l2', 'max'] as const)]
  const uniform = readChoice(where, 'strategy', strategy, ['uniform', 'quantile'] as const) === 'uniform'
  const metrics = evaluateAs(where, scores, labels, rest)
  if (uniform) return metrics[field]
  const { bins } = metrics.equalMass
  return calibrationErrors({
    count: bins.map(({ count }) => count),
    correct: bins.map(({ correct }) => correct),
    confidence: bins.map(({ count, confidence }) => count * confidence),
  })[field]
}

const FIELDS = { l1: 'ece', l2: 'eceL2', max: 'mce' } as const
