/** Calibration errors, from what stands in the bins. */
import type { ByChance } from './metrics.ts'

/** Rows, right rows and the sum of confidences, of each bin; of weighted rows the sums of weights. */
export interface Binned {
  count: ArrayLike<number>
  correct: ArrayLike<number>
  confidence: ArrayLike<number>
  /** The squared weights added up; without weights the rows. */
  squares?: ArrayLike<number>
}

export interface CalibrationErrors {
  ece: number
  eceL2: number
  debiasedEce: number
  mce: number
  overconfidence: number
  underconfidence: number
}

/**
 * With n_b rows of N in bin b, confidence c_b, accuracy a_b:
 *
 *     ece = Σ n_b/N |c_b − a_b|     eceL2² = Σ n_b/N (c_b − a_b)²     mce = max |c_b − a_b|
 *     debiasedEce² = Σ n_b/N ((c_b − a_b)² − a_b (1 − a_b) / (n_b − 1)), bins of one row left out, 0 where negative
 *
 * Where rows have weights, n_b is their sum, and with s_b that of their squares a_b has the variance
 * a_b (1 − a_b) s_b / (n_b² − s_b), without bias, which is the same where all are 1.
 *
 * Guo et al., On Calibration of Modern Neural Networks, 2017; Kumar, Liang and Ma, Verified Uncertainty Calibration,
 * 2019, the debiased estimator.
 */
export function calibrationErrors({ count, correct, confidence, squares = count }: Binned): CalibrationErrors {
  let rows = 0
  let over = 0
  let under = 0
  let meanSquare = 0
  let debiased = 0
  let mce = 0
  for (let b = 0; b < count.length; b++) {
    const n = count[b]
    if (n === 0) continue
    const accuracy = correct[b] / n
    const gap = confidence[b] / n - accuracy
    rows += n
    if (gap > 0) over += n * gap
    else under -= n * gap
    meanSquare += n * gap * gap
    const spare = n * n - squares[b]
    if (spare > 0) debiased += n * (gap * gap - (accuracy * (1 - accuracy) * squares[b]) / spare)
    mce = Math.max(mce, Math.abs(gap))
  }
  return {
    ece: (over + under) / rows,
    eceL2: Math.sqrt(meanSquare / rows),
    debiasedEce: Math.sqrt(Math.max(0, debiased / rows)),
    mce,
    overconfidence: over / rows,
    underconfidence: under / rows,
  }
}

/**
 * The ECE of a calibrated model with these bins: their accuracies are then normal around c_b with variance
 * c_b (1 − c_b) s_b / n_b² (s_b / n_b is 1 without weights), and a normal number of deviation σ is σ √(2/π) from its mean
 * on average, with variance σ² (1 − 2/π).
 */
export function calibratedEce({ count, confidence, squares = count }: Binned): ByChance {
  let rows = 0
  let mean = 0
  let variance = 0
  for (let b = 0; b < count.length; b++) {
    if (count[b] === 0) continue
    const c = Math.min(1, confidence[b] / count[b])
    const spread = squares[b] * c * (1 - c)
    rows += count[b]
    mean += Math.sqrt(spread)
    variance += spread
  }
  return {
    mean: (Math.sqrt(2 / Math.PI) * mean) / rows,
    deviation: Math.sqrt(variance * (1 - 2 / Math.PI)) / rows,
  }
}
