/** The full result of an evaluation: how good the probabilities of some rows are, and whether they can be believed. */
import type { ReliabilityBin } from './bins.ts'

/** How good the probabilities of some rows are. */
export interface Metrics {
  /** How many rows count. */
  rows: number
  /** What these rows weigh in all, with `sampleWeight`: every count below, but that of rows, is then a sum of weights. */
  weight?: number
  /** How many rows were left out, as they have no softmax, or a weight of 0. */
  skipped: number
  classes: number
  /** The part of the rows whose most probable class is the true one; ties go to the lowest class. */
  accuracy: number
  /** The part of the rows whose true class is among the k most probable, by k. */
  topKAccuracy: Record<number, number>
  /** Mean recall of the classes that have rows: accuracy as if they were equally frequent. */
  balancedAccuracy: number
  /** Mean F1 of the classes that have rows or predictions. */
  macroF1: number
  /** Mean of the classes' `auc`; left out where no class has one. */
  macroAuc?: number
  /** Mean negative log-likelihood of the true class, in nats; Infinity where one has probability 0. */
  nll: number
  /** Mean over rows of Σ_k (p_k − y_k)², from 0 to 2. */
  brier: number
  /** `brier` in parts; left out with `classwiseEce`. */
  brierDecomposition?: BrierDecomposition
  /** Mean of the largest probability. */
  meanConfidence: number
  /** Expected calibration error: mean over rows of their bin's |accuracy − confidence|. */
  ece: number
  /** The root of the mean over rows of their bin's (accuracy − confidence)². */
  eceL2: number
  /** Maximum calibration error: the largest |accuracy − confidence| of a bin. */
  mce: number
  /** `eceL2` without what chance adds to it: from the mean square, the variance of each bin's accuracy is subtracted. */
  debiasedEce: number
  /** The part of `ece` from bins whose confidence is above their accuracy; both parts add up to it. */
  overconfidence: number
  /** The part of `ece` from bins whose confidence is below their accuracy. */
  underconfidence: number
  /** The `ece` that a calibrated model with these bins would show by chance. */
  calibratedEce: ByChance
  /** Equal-width bins of the confidence, (lower, upper], of all rows. */
  bins: ReliabilityBin[]
  /** Calibration error over bins of as many rows each. */
  equalMass: EqualMass
  /** What refusing the least confident rows would do to the error rate. */
  riskCoverage: RiskCoverage
  /** Mean over classes of their own calibration error; left out where classes × bins exceed 2^20. */
  classwiseEce?: number
  perClass: ClassMetrics[]
  /** Rows by true class (first index) and most probable class (second); left out above 1024 classes. */
  confusion?: number[][]
  /** The wrong rows of highest confidence, worst first; ties by row. */
  worst: WrongRow[]
  /** Bootstrap intervals, with the option `bootstrap`; left out where hardly a replicate holds a row. */
  intervals?: Intervals
}

/**
 * The multi-class Brier score in parts: `brier = reliability − resolution + uncertainty + withinBin`.
 *
 * Each class's probabilities are forecasts of "this class or not", grouped in its equal-width bins (`perClass[k].bins`)
 * of n_kb rows, mean probability p_kb and frequency o_kb, π_k the class's frequency among all n rows.
 */
export interface BrierDecomposition {
  /** Σ_k Σ_b (n_kb / n) (p_kb − o_kb)²: the calibration error; 0 is perfect. */
  reliability: number
  /** Σ_k Σ_b (n_kb / n) (o_kb − π_k)²: how far the bins tell rows apart; more is better. */
  resolution: number
  /** Σ_k π_k (1 − π_k): what the data bring, whatever the model. */
  uncertainty: number
  /** What bins hide: the variance of p within bins, less twice its covariance with the outcome. */
  withinBin: number
}

/** What chance alone gives: a mean, and the standard deviation around it. */
export interface ByChance {
  mean: number
  deviation: number
}

/** A number of order statistics: exact for so many rows, and beyond it from a fine histogram with a bound of its error. */
export interface Approximation {
  exact: boolean
  /** The exact value is within this of the one given; 0 where that is exact. */
  error: number
}

export interface EqualMass extends Approximation {
  /** Mean over rows of their bin's |accuracy − confidence|; rows of one confidence are split in proportion. */
  ece: number
  /** `lower` and `upper` are the least and the largest confidence in the bin. */
  bins: ReliabilityBin[]
}

/** A point of the risk–coverage curve. */
export interface RiskPoint {
  /** The part of the rows that are answered, the most confident first. */
  coverage: number
  /** The part of those that are wrong. */
  risk: number
  /** The least confidence among them. */
  confidence: number
}

export interface RiskCoverage extends Approximation {
  /** Mean risk over all coverages 1/n, 2/n, … 1; rows of one confidence come in random order, on average, and weigh the same. */
  aurc: number
  /** Up to 100 points, by growing coverage. */
  curve: RiskPoint[]
}

/** What is true of one class. */
export interface ClassMetrics {
  class: number
  /** How many rows are of it. */
  count: number
  /** How many rows have it as most probable class. */
  predicted: number
  /** How many of them are of it. */
  correct: number
  /** correct / predicted; left out where nothing was predicted. */
  precision?: number
  /** correct / count; left out where there is no row of it. */
  recall?: number
  /** 2 correct / (count + predicted); left out where both are 0. */
  f1?: number
  /** Mean probability of the class over all rows: to be held against count / rows. */
  meanProbability: number
  /** Mean over all rows of their bin's |frequency − probability|; left out with `bins`. */
  ece?: number
  /** Equal-width bins of the class's probability over all rows; `accuracy` is how often the class is the true one. */
  bins?: ReliabilityBin[]
  /** Area under the ROC curve, this class against the rest; left out where one side has no rows. */
  auc?: AreaUnderCurve
}

export interface AreaUnderCurve extends Approximation {
  /** The part of the pairs (a row of the class, a row of another) in which the former has more; ties count half. */
  value: number
}

/** A row that is wrong, and sure of it. */
export interface WrongRow {
  /** Its number, from 0, over all batches. */
  row: number
  confidence: number
  /** The true class. */
  label: number
  /** The most probable class. */
  predicted: number
  /** The probability of the true class. */
  probability: number
}

/** A low and a high end. */
export type Interval = [low: number, high: number]

/** Percentile intervals of the bootstrap. */
export interface Intervals {
  /** The probability that an interval is for: 0.95. */
  level: number
  replicates: number
  seed: number
  accuracy: Interval
  nll: Interval
  brier: Interval
  meanConfidence: Interval
  ece: Interval
  eceL2: Interval
  debiasedEce: Interval
  mce: Interval
  overconfidence: Interval
  underconfidence: Interval
  /** Of meanConfidence − accuracy: above 0 is overconfident. */
  gap: Interval
}
