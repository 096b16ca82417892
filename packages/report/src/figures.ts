/** The headline numbers, before and after. */
import type { DefinitionId } from './definitions.ts'
import type { Interval, Measured, MeasuredIntervals, ReportInput } from './input.ts'
import { intervalText, lossText, percentText, pointsText, signedPoints } from './words.ts'

/** A number, as it is and after calibration. */
export interface Figure {
  /** The definition it leads to. */
  definition: DefinitionId
  name: string
  before: Value
  after: Value
  /** The probability that intervals are for. */
  level?: number
}

/** A number in words, with its interval where there is one. */
export interface Value {
  value: number
  text: string
  interval?: { low: number; high: number; text: string }
}

type Show = (value: number) => string

/** The numbers a report shows, in its order. */
export function figures({ before, after }: ReportInput): Figure[] {
  const figure = (
    definition: DefinitionId,
    name: string,
    show: Show,
    read: (measured: Measured) => number | undefined,
    interval?: (intervals: MeasuredIntervals) => Interval,
  ): Figure[] => {
    const [a, b] = [read(before), read(after)]
    if (a === undefined || b === undefined) return []
    const value = (number: number, { intervals }: Measured): Value => ({
      value: number,
      text: show(number),
      ...(intervals && interval ? { interval: ends(interval(intervals), show) } : {}),
    })
    const level = interval ? before.intervals?.level : undefined
    return [
      { definition, name, before: value(a, before), after: value(b, after), ...(level === undefined ? {} : { level }) },
    ]
  }
  const topK = Object.keys(before.topKAccuracy)
    .map(Number)
    .filter((k) => k > 1 && k < before.classes)
    .flatMap((k) => figure('top-k', `Top-${k} accuracy`, percentText, (measured) => measured.topKAccuracy[k]))
  return [
    ...figure(
      'accuracy',
      'Accuracy',
      percentText,
      (m) => m.accuracy,
      (i) => i.accuracy,
    ),
    ...topK,
    ...figure('balanced-accuracy', 'Balanced accuracy', percentText, (m) => m.balancedAccuracy),
    ...figure(
      'confidence',
      'Mean confidence',
      percentText,
      (m) => m.meanConfidence,
      (i) => i.meanConfidence,
    ),
    ...figure(
      'gap',
      'Confidence − accuracy',
      signedPoints,
      (m) => m.meanConfidence - m.accuracy,
      (i) => i.gap,
    ),
    ...figure(
      'ece',
      'ECE',
      pointsText,
      (m) => m.ece,
      (i) => i.ece,
    ),
    ...figure('chance', 'ECE by chance alone', pointsText, (m) => m.calibratedEce.mean),
    ...figure(
      'mce',
      'MCE',
      pointsText,
      (m) => m.mce,
      (i) => i.mce,
    ),
    ...figure('classwise-ece', 'Class-wise ECE', pointsText, (m) => m.classwiseEce),
    ...figure(
      'nll',
      'NLL',
      lossText,
      (m) => m.nll,
      (i) => i.nll,
    ),
    ...figure(
      'brier',
      'Brier score',
      lossText,
      (m) => m.brier,
      (i) => i.brier,
    ),
    ...figure('aurc', 'AURC', lossText, (m) => m.riskCoverage.aurc),
  ]
}

function ends(interval: Interval, show: Show): { low: number; high: number; text: string } {
  return { low: interval[0], high: interval[1], text: intervalText(interval, show) }
}
