/** What a report is made of: plain data, which the results of `onesum/metrics` satisfy. */
import type { ReliabilityBin, RiskPoint, SetSizes, TemperaturePoint } from '@onesum/charts'

/** Everything a report shows. */
export interface ReportInput {
  /** What was evaluated, such as the name of a file. */
  title: string
  /** The names of the classes, in their order. */
  classNames?: readonly string[]
  /** The model as it is, over all rows. */
  before: Measured
  /** After calibration: each row judged by a fit that has not seen it (cross-fitted in seeded folds). */
  after: Measured
  calibration: Calibration
  /** Prediction sets, where they were made: after calibration, on rows that had no part in it. */
  sets?: SetSizes
  /** Whether the scores were probabilities, which are taken as logits by their logarithms. */
  from?: 'probabilities'
  /** The files, for the commands that come next. */
  files?: FileNames
}

/** Where scores and labels stand, as the options of a command say it. */
export interface FileNames {
  logits: string
  /** Left out where the labels are a column of the logits. */
  labels?: string
  /** The column of the labels, by name or number. */
  labelColumn?: string
  /** The names of the classes, or their file. */
  classes?: string
}

/** The temperature, and how it was found. */
export interface Calibration {
  /** Fitted on all rows: the one to use. */
  temperature: number
  /** Those of the folds, which judge `after`. */
  foldTemperatures: readonly number[]
  /**
   * Where no temperature is best: `low` if the loss falls as T → 0 (every row is right), `high` if it falls as T → ∞ (no
   * better than chance). `temperature` is then where the search stopped.
   */
  bound?: 'low' | 'high' | null
  /** The loss by temperature, over all rows, by growing temperature. */
  curve: readonly TemperaturePoint[]
  /** Of the folds. */
  seed: number
}

/** A low and a high end. */
export type Interval = readonly [low: number, high: number]

/** How good some probabilities are; the `Metrics` of `onesum/metrics` are one. */
export interface Measured {
  rows: number
  /** How many rows were left out, as they have no softmax. */
  skipped: number
  classes: number
  accuracy: number
  topKAccuracy: Readonly<Record<number, number>>
  balancedAccuracy: number
  nll: number
  brier: number
  meanConfidence: number
  ece: number
  mce: number
  classwiseEce?: number
  /** The `ece` that a calibrated model with these bins would show by chance. */
  calibratedEce: { mean: number; deviation: number }
  bins: readonly ReliabilityBin[]
  riskCoverage: { aurc: number; curve: readonly RiskPoint[] }
  perClass: readonly MeasuredClass[]
  /** Rows by true class and most probable class; left out where there are too many classes. */
  confusion?: readonly (readonly number[])[]
  /** The wrong rows of highest confidence, worst first. */
  worst: readonly WrongRow[]
  intervals?: MeasuredIntervals
}

/** Bootstrap intervals of some of the numbers. */
export interface MeasuredIntervals {
  /** The probability that an interval is for, such as 0.95. */
  level: number
  replicates: number
  accuracy: Interval
  nll: Interval
  brier: Interval
  meanConfidence: Interval
  ece: Interval
  mce: Interval
  /** Of meanConfidence − accuracy. */
  gap: Interval
}

/** What is true of one class. */
export interface MeasuredClass {
  class: number
  /** How many rows are of it. */
  count: number
  /** How many rows have it as most probable class. */
  predicted: number
  correct: number
  precision?: number
  recall?: number
  f1?: number
  /** Mean probability of the class over all rows. */
  meanProbability: number
  ece?: number
  bins?: readonly ReliabilityBin[]
}

/** A row that is wrong, and sure of it. */
export interface WrongRow {
  row: number
  confidence: number
  label: number
  predicted: number
  /** The probability of the true class. */
  probability: number
}
