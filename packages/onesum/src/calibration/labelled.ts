/** What every fit takes: scores, and the true class of each row. */
import { readChoice, wrongValue } from '../check.ts'
import { denseRow, loadRow } from '../kernels/js/dense.ts'
import { peak } from '../kernels/js/exponentials.ts'
import { log } from '../kernels/js/log.ts'
import { isDistribution, SUM_TOLERANCE } from '../metrics/probabilities.ts'
import type { From } from '../metrics/settings.ts'
import { openTarget, readLabels } from '../rows/labels.ts'
import { type Opened, openRows, type Rows } from '../rows/rows.ts'
import type { Dtype, Labels, Logits } from '../rows/types.ts'

/** Options of every fit. */
export interface FitOptions {
  /** Dimensions of the scores, row-major; a tensor brings its own. */
  shape?: readonly number[]
  /** The axis that holds the classes; by default the last. */
  axis?: number
  /** The precision; needed for a Uint16Array of float16 bits. */
  dtype?: Dtype
  /** What the scores are; given explicitly, it is not questioned. Probabilities are calibrated by their logarithms. */
  from?: From
}

export const FIT_OPTIONS = ['shape', 'axis', 'dtype', 'from']

/** Scores with their labels, checked. */
export interface LabelledRows {
  readonly where: string
  /** Scores as they were given. */
  readonly rows: Rows
  readonly labels: Int32Array
  readonly from: From
  /** How many rows each class has. */
  readonly counts: Int32Array
  /** Of rows that were taken from others, their numbers there, by which errors call them. */
  readonly origin?: Int32Array
}

/** Opens the arguments of a fit; `more` names the options of this one. */
export function openLabelled(
  where: string,
  scores: Logits,
  labels: Labels,
  options: FitOptions | undefined,
  more: readonly string[] = [],
): { data: LabelledRows; call: Opened } {
  const call = openRows({ name: where, operands: ['scores'], options: [...FIT_OPTIONS, ...more] }, [scores], options)
  const { rows } = call
  const from = readFrom(where, call, rows)
  const { array } = openTarget(where, 'labels', labels)
  if (array.length !== rows.count) {
    const remedy = rows.count === 1 ? 'pass shape: [rows, classes]' : undefined
    throw wrongValue(where, 'labels', `${rows.count} class indices, one per row`, String(array.length), remedy)
  }
  if (rows.length < 2) throw wrongValue(where, 'scores', 'at least two classes', String(rows.length))
  const truth = readLabels(where, 'labels', array, rows.length, undefined)
  const data = { where, rows, labels: truth, from, counts: countsOf(truth, rows.length) }
  checkSeveral(data)
  return { data, call }
}

/** How many rows each class has. */
function countsOf(labels: Int32Array, classes: number): Int32Array {
  const counts = new Int32Array(classes)
  for (const label of labels) counts[label]++
  return counts
}

/** One class tells nothing. */
export function checkSeveral({ where, labels, counts }: LabelledRows): void {
  if (labels.length === 0) throw wrongValue(where, 'labels', 'at least one row', 'none')
  if (counts[labels[0]] < labels.length) return
  const got = `only class ${labels[0]}`
  throw wrongValue(where, 'labels', 'rows of at least two classes', got, 'nothing can be told from one class')
}

/** The classes that no row has. */
export function missingClasses({ counts }: LabelledRows): number[] {
  return [...counts.keys()].filter((k) => counts[k] === 0)
}

/** Each class needs a row where each has parameters of its own. */
export function checkEveryClass(data: LabelledRows): void {
  const missing = missingClasses(data)
  if (missing.length === 0) return
  const named = `${missing.slice(0, 5).join(', ')}${missing.length > 5 ? ', …' : ''}`
  const got = `none of ${missing.length === 1 ? 'class' : 'classes'} ${named}`
  throw wrongValue(data.where, 'labels', 'at least one row of every class', got, 'add rows, or fit a temperature')
}

/** What the scores are: where `from` is left out and every row looks like probabilities, nobody knows. */
function readFrom(where: string, { options }: Opened, rows: Rows): From {
  const given = (options as FitOptions).from
  const from = readChoice(where, 'from', given, ['logits', 'probabilities'] as const)
  if (given !== undefined || !alike(rows)) return from
  const remedy = "these look like probabilities; pass from: 'probabilities' (or from: 'logits', if they are logits)"
  throw wrongValue(where, 'scores', 'logits', 'rows that all lie in [0, 1] and sum to 1', remedy)
}

/** Whether every row looks like probabilities; the first that does not ends the search. */
function alike(rows: Rows): boolean {
  const dense = denseRow(rows)
  for (let row = 0; row < rows.count; row++) {
    loadRow(rows, row, dense)
    if (!isDistribution(dense.values[0], dense.size)) return false
  }
  return rows.count > 0
}

/** The number by which errors call a row. */
export function originOf({ origin }: LabelledRows, row: number): number {
  return origin ? origin[row] : row
}

/** Visits every row's scores in float64, which the visitor may overwrite; a row that has no softmax is refused. */
export function eachLabelled(data: LabelledRows, visit: (row: number, x: Float64Array, label: number) => void): void {
  const { where, from, rows, labels } = data
  const dense = denseRow(rows)
  const [x] = dense.values
  for (let row = 0; row < rows.count; row++) {
    loadRow(rows, row, dense)
    checkScores(where, from, x, rows.length, originOf(data, row))
    visit(row, x, labels[row])
  }
}

/** The same as logits, for fits by likelihood: a row whose true class is impossible is refused, too. */
export function eachPossible(data: LabelledRows, visit: (row: number, x: Float64Array, label: number) => void): void {
  eachLabelled(data, (row, x, label) => {
    checkPossible(data, originOf(data, row), label, x[label])
    toLogits(x, data.rows.length, data.from)
    visit(row, x, label)
  })
}

/** The same of rows that a fit of the temperature has checked. */
export function eachLogits(data: LabelledRows, visit: (row: number, x: Float64Array, label: number) => void): void {
  const { from, rows, labels } = data
  const dense = denseRow(rows)
  const [x] = dense.values
  for (let row = 0; row < rows.count; row++) {
    loadRow(rows, row, dense)
    toLogits(x, rows.length, from)
    visit(row, x, labels[row])
  }
}

function checkPossible({ where, from }: LabelledRows, row: number, label: number, own: number): void {
  if (own > (from === 'logits' ? -Infinity : 0)) return
  const expected = 'a true class that is possible in every row'
  const got = `${own} for the true class ${label} in row ${row}`
  throw wrongValue(where, 'scores', expected, got, 'its loss is infinite whatever is fitted: leave the row out')
}

/** Refuses a row that has no softmax, or is no distribution. */
export function checkScores(where: string, from: From, x: Float64Array, size: number, row: number): void {
  if (from === 'logits') {
    if (peak(x, size) < 0) throw noSoftmax(where, x, size, row)
  } else if (!isDistribution(x, size, SUM_TOLERANCE)) throw notDistribution(where, x, size, row)
}

function noSoftmax(where: string, x: Float64Array, size: number, row: number): RangeError {
  const bad = x.subarray(0, size).findIndex((value) => !(value < Infinity))
  const got = bad >= 0 ? `${x[bad]} for class ${bad} in row ${row}` : `nothing but -Infinity in row ${row}`
  return wrongValue(where, 'scores', 'logits that have a softmax', got, 'leave such rows out')
}

function notDistribution(where: string, p: Float64Array, size: number, row: number): RangeError {
  const outside = p.subarray(0, size).findIndex((value) => !(value >= 0 && value <= 1 + SUM_TOLERANCE))
  const total = p.subarray(0, size).reduce((sum, value) => sum + value, 0)
  const got = outside >= 0 ? `${p[outside]} for class ${outside} in row ${row}` : `the sum ${total} in row ${row}`
  const remedy = "pass from: 'logits' if these are logits"
  return wrongValue(where, 'scores', 'probabilities in [0, 1] that sum to 1 in each row', got, remedy)
}

/** Scores become logits, in place. */
export function toLogits(x: Float64Array, size: number, from: From): void {
  if (from === 'probabilities') for (let j = 0; j < size; j++) x[j] = log(x[j])
}
