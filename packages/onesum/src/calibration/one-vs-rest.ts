/** Calibration of one class against the rest, by a curve for each class. */
import { show, wrongKind, wrongValue } from '../check.ts'
import type { From } from '../metrics/evaluation.ts'
import { fromHalf } from '../rows/float16.ts'
import { Calibrator } from './calibrator.ts'
import { checkEveryClass, eachLabelled, type LabelledRows } from './labelled.ts'
import { logSumOf, probabilityOf } from './probabilities.ts'

/** From a probability to a calibrated one. */
export interface Curve {
  at(p: number): number
}

/** Rows of one probability of a class: how many, and how many of them are of the class. */
export interface Group {
  readonly p: number
  readonly rows: number
  readonly hits: number
}

/**
 * Each class's probability goes through its curve, and the row is divided by its sum; uniform where all are 0. Two classes need
 * one curve, that of class 1: the other's probability is the rest.
 */
export abstract class OneVsRestCalibrator<C extends Curve> extends Calibrator {
  /** One curve per class; for two classes that of class 1 alone. */
  readonly curves: readonly C[]

  constructor(from: From, classes: number, curves: readonly C[]) {
    super(from, classes)
    this.curves = curves
  }

  row(x: Float64Array, size: number): void {
    const { curves, from } = this
    const logSum = from === 'logits' ? logSumOf(x, size) : 0
    if (size === 2) {
      const p = curves[0].at(probabilityOf(x[1], logSum, from))
      x[0] = 1 - p
      x[1] = p
      return
    }
    let total = 0
    for (let k = 0; k < size; k++) {
      x[k] = curves[k].at(probabilityOf(x[k], logSum, from))
      total += x[k]
    }
    for (let k = 0; k < size; k++) x[k] = total === 0 ? 1 / size : x[k] / total
  }
}

/** Fits a curve per class, or one for two classes. Memory: four numbers per row. */
export function curvesOf<C>(data: LabelledRows, fit: (groups: readonly Group[]) => C): C[] {
  checkEveryClass(data)
  const { rows, from, labels } = data
  const { length, count, inner, inputs } = rows
  const logSums = new Float64Array(count)
  eachLabelled(data, (row, x) => {
    logSums[row] = from === 'logits' ? logSumOf(x, length) : 0
  })
  const [input] = inputs
  const half = input instanceof Uint16Array
  const curves: C[] = []
  for (let k = length === 2 ? 1 : 0; k < length; k++) {
    const all = new Float64Array(count)
    const own = new Float64Array(data.counts[k])
    let hits = 0
    for (let row = 0; row < count; row++) {
      const i = row % inner
      const given = input[(((row - i) / inner) * length + k) * inner + i]
      all[row] = probabilityOf(half ? fromHalf(given) : given, logSums[row], from)
      if (labels[row] === k) own[hits++] = all[row]
    }
    curves.push(fit(groupsOf(all.sort(), own.sort())))
  }
  return curves
}

/** Equal probabilities together, ascending; both lists are sorted. */
export function groupsOf(all: Float64Array, own: Float64Array): Group[] {
  const groups: Group[] = []
  let next = 0
  for (let i = 0; i < all.length; ) {
    const p = all[i]
    const [first, hit] = [i, next]
    while (i < all.length && all[i] === p) i++
    while (next < own.length && own[next] === p) next++
    groups.push({ p, rows: i - first, hits: next - hit })
  }
  return groups
}

/** The list of curves, one per class, or one for two classes. */
export function readCurves(where: string, value: unknown, classes: number): Record<string, unknown>[] {
  const expected = classes === 2 ? 1 : classes
  if (!Array.isArray(value)) throw wrongKind(where, 'curves', `an array of ${expected} curves`, show(value))
  if (value.length !== expected) throw wrongValue(where, 'curves', `${expected} curves`, String(value.length))
  const bad = value.find((curve) => typeof curve !== 'object' || curve === null)
  if (bad !== undefined) throw wrongKind(where, 'curves', 'objects', show(bad))
  return value
}
