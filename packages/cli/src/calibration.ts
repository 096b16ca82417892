import { InputError } from '@onesum/io'
import {
  type Calibrator,
  type Candidate,
  type FitOptions,
  fitBest,
  fitDirichlet,
  fitHistogramBinning,
  fitIsotonic,
  fitPlatt,
  fitTemperature,
  fitVectorScaling,
  foldsOf,
  splitRows,
} from 'onesum/calibration'
import { Evaluation, type Metrics } from 'onesum/metrics'
import { classLabel } from './class-names.ts'
import { UsageError } from './errors.ts'
import { inCommandsWords, type LabelledRows } from './labelled-rows.ts'
import { count } from './numbers.ts'
import type { From } from './options.ts'
import { pickRows } from './pick-rows.ts'

export const methods = ['temperature', 'vector', 'dirichlet', 'isotonic', 'histogram', 'platt', 'best'] as const
export type CalibrationMethod = (typeof methods)[number]

export interface CalibrationOptions {
  method: CalibrationMethod
  holdout: number
  folds?: number
  seed: number
}

export interface CalibrationResult {
  calibrator: Calibrator
  /** How the methods did, where they were tried. */
  candidates: readonly Candidate[] | undefined
  /** How many rows were fitted, and how many judged. */
  fitted: number
  judged: number
  before: Metrics
  after: Metrics
  /** What is to be known of classes without rows. */
  remarks: string[]
}

type Fitted = { calibrator: Calibrator; candidates?: readonly Candidate[] }
type Fit = (scores: LabelledRows['scores'], labels: Int32Array, options: FitOptions) => Fitted

const fits: Record<CalibrationMethod, Fit> = {
  temperature: (...rows) => ({ calibrator: fitTemperature(...rows) }),
  vector: (...rows) => ({ calibrator: fitVectorScaling(...rows) }),
  dirichlet: (...rows) => ({ calibrator: fitDirichlet(...rows) }),
  isotonic: (...rows) => ({ calibrator: fitIsotonic(...rows) }),
  histogram: (...rows) => ({ calibrator: fitHistogramBinning(...rows) }),
  platt: (...rows) => ({ calibrator: fitPlatt(...rows) }),
  best: (...rows) => fitBest(...rows),
}

/** Entries that are judged at a time. */
const BLOCK = 2 ** 20

/**
 * Fits a calibrator and judges it on rows that it has not seen: on those held out, or with folds on all, each by a fit on
 * the other folds; the calibrator is then the one of all rows.
 */
export function calibrate(logits: string, rows: LabelledRows, options: CalibrationOptions): CalibrationResult {
  const { method, seed, folds, holdout } = options
  const { names, labelFile, labels } = rows
  const remarks: string[] = []
  const missing = absentClasses(labels, rows.shape[1])
  if (missing.length > 0) remarks.push(`${labelFile}: no row is of ${named(missing, names)}`)
  const [before, after] = [new Evaluation({ from: rows.from }), new Evaluation({ from: 'probabilities' })]
  const judge = ({ calibrator }: Fitted, held: Int32Array): void => {
    const most = Math.max(1, Math.floor(BLOCK / rows.shape[1]))
    for (let first = 0; first < held.length; first += most) {
      const part = pickRows(rows, held.subarray(first, first + most))
      const { shape } = part
      before.add(part.scores, part.labels, { shape })
      // in float64, so that no probability is rounded to 0
      after.add(calibrator.transform(part.scores, { shape, dtype: 'float64' }), part.labels, { shape })
    }
  }
  const fit = (part: LabelledRows): Fitted => fitRows(logits, part, method)
  let fitted: Fitted
  let numbers: { fitted: number; judged: number }
  if (folds === undefined) {
    const { fit: seen, held, unfitted, unjudged } = splitOf(rows, holdout, seed)
    if (unfitted.length > 0) remarks.push(`no row of ${named(unfitted, names)} is among those that were fitted`)
    if (unjudged.length > 0) remarks.push(`no row of ${named(unjudged, names)} is among those held out`)
    fitted = fit(pickRows(rows, seen))
    judge(fitted, held)
    numbers = { fitted: seen.length, judged: held.length }
  } else {
    if (folds > labels.length) throw new UsageError(`--folds ${folds} is more than the ${count(labels.length, 'row')}`)
    fitted = fit(rows)
    const fold = foldsOf(labels, { folds, seed })
    const all = Int32Array.from(labels.keys())
    for (let held = 0; held < folds; held++) {
      const rest = pickRows(
        rows,
        all.filter((row) => fold[row] !== held),
      )
      judge(
        fit(rest),
        all.filter((row) => fold[row] === held),
      )
    }
    numbers = { fitted: labels.length, judged: labels.length }
  }
  const { calibrator, candidates } = fitted
  return { calibrator, candidates, ...numbers, before: before.result(), after: after.result(), remarks }
}

function splitOf({ labels, labelFile }: LabelledRows, holdout: number, seed: number): ReturnType<typeof splitRows> {
  try {
    return splitRows(labels, { holdout, seed })
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new InputError(
      `${labelFile}: --holdout ${holdout} of ${count(labels.length, 'row')} leaves none on one side; choose another share`,
    )
  }
}

function fitRows(logits: string, rows: LabelledRows, method: CalibrationMethod): Fitted {
  const { scores, labels, shape, from, names, labelFile } = rows
  if (method === 'platt' && shape[1] !== 2) {
    throw new UsageError(`--method platt is for two classes, and a row has ${count(shape[1], 'class')}`)
  }
  const missing = absentClasses(labels, shape[1])
  if (missing.length === shape[1] - 1) {
    throw new InputError(
      `${labelFile}: ${labels.length === 1 ? 'the only row to fit is' : `all ${count(labels.length, 'row')} to fit are`} ` +
        `of class ${classLabel(labels[0], names)}: nothing can be told from one class`,
    )
  }
  if (missing.length > 0 && method !== 'temperature' && method !== 'best') {
    throw new InputError(
      `${labelFile}: no row to fit is of ${named(missing, names)}, and --method ${method} fits each class by itself: ` +
        'add rows, or use --method temperature',
    )
  }
  try {
    return fits[method](scores, labels, { shape, from })
  } catch (error) {
    throw error instanceof RangeError ? inCommandsWords(logits, error) : error
  }
}

function absentClasses(labels: Int32Array, classes: number): number[] {
  const present = new Uint8Array(classes)
  for (const label of labels) present[label] = 1
  return Array.from(present.keys()).filter((k) => present[k] === 0)
}

function named(classes: readonly number[], names: readonly string[] | undefined): string {
  const first = classes.slice(0, 5).map((k) => classLabel(k, names))
  return `${classes.length === 1 ? 'class' : 'classes'} ${first.join(', ')}${classes.length > 5 ? `, and ${classes.length - 5} more` : ''}`
}

/** What a calibrator was fitted on decides what it takes. */
export function takes({ from }: { from: From }): string {
  return from === 'logits' ? 'logits' : 'probabilities'
}
