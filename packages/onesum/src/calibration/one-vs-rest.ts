/** Calibration of one class against the rest, by a curve for each class. */
import { show, wrongKind, wrongValue } from '../check.ts'
import type { From } from '../metrics/settings.ts'
import { fromHalf } from '../rows/float16.ts'
import { Calibrator, readNumbers } from './calibrator.ts'
import { checkEveryClass, eachLabelled, type LabelledRows } from './labelled.ts'
import { logSumOf, probabilityOf } from './probabilities.ts'

/** From a probability to a calibrated one. */
export interface Curve {
  at(p: number): number
}

/** The rows by their probability of a class, ascending, equals together. */
export interface Groups {
  readonly size: number
  readonly p: Float64Array
  /** How many rows have this probability. */
  readonly rows: Float64Array
  /** How many of them are of the class. */
  readonly hits: Float64Array
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

/** Columns that are read at a time: neighbours share the memory's lines. */
const COLUMNS = 16

/** Fits a curve per class, or one for two classes. Memory: some twenty numbers per row. */
export function curvesOf<C>(data: LabelledRows, fit: (groups: Groups) => C): C[] {
  checkEveryClass(data)
  const { rows, from, labels } = data
  const { length, count } = rows
  const logSums = new Float64Array(count)
  eachLabelled(data, (row, x) => {
    logSums[row] = from === 'logits' ? logSumOf(x, length) : 0
  })
  const curves: C[] = []
  for (let first = length === 2 ? 1 : 0; first < length; first += COLUMNS) {
    const columns = columnsOf(data, logSums, first, Math.min(COLUMNS, length - first))
    for (const [i, all] of columns.entries()) {
      const own = new Float64Array(data.counts[first + i])
      for (let row = 0, next = 0; row < count; row++) if (labels[row] === first + i) own[next++] = all[row]
      curves.push(fit(groupsOf(all.sort(), own.sort())))
    }
  }
  return curves
}

/** The probabilities of some neighbouring classes, a list for each. */
function columnsOf({ rows, from }: LabelledRows, logSums: Float64Array, first: number, count: number): Float64Array[] {
  const { length, inner, inputs } = rows
  const [input] = inputs
  const half = input instanceof Uint16Array
  const columns = Array.from({ length: count }, () => new Float64Array(rows.count))
  for (let row = 0; row < rows.count; row++) {
    const i = row % inner
    for (let k = 0, at = ((row - i) / inner) * length * inner + first * inner + i; k < count; k++, at += inner) {
      columns[k][row] = probabilityOf(half ? fromHalf(input[at]) : input[at], logSums[row], from)
    }
  }
  return columns
}

/** Equal probabilities together; both lists are sorted. */
export function groupsOf(all: Float64Array, own: Float64Array): Groups {
  const [p, rows, hits] = [0, 1, 2].map(() => new Float64Array(all.length))
  let [size, next] = [0, 0]
  for (let i = 0; i < all.length; size++) {
    const [value, first, hit] = [all[i], i, next]
    while (i < all.length && all[i] === value) i++
    while (next < own.length && own[next] === value) next++
    p[size] = value
    rows[size] = i - first
    hits[size] = next - hit
  }
  return { size, p, rows, hits }
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

/** The values of a curve, which are frequencies. */
export function readShares(where: string, name: string, value: unknown, length: number): Float64Array {
  const shares = readNumbers(where, name, value, length)
  const bad = shares.findIndex((share) => !(share >= 0 && share <= 1))
  if (bad >= 0) throw wrongValue(where, name, 'numbers from 0 to 1', `${shares[bad]} at index ${bad}`)
  return shares
}
