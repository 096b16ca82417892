/** Calibration without a row that is judged by a fit that saw it. */
import { readChoice } from '../check.ts'
import { toHalf } from '../rows/float16.ts'
import type { Elements } from '../rows/open.ts'
import { entryResults } from '../rows/results.ts'
import type { Rows } from '../rows/rows.ts'
import type { Labels, Logits, Result } from '../rows/types.ts'
import { type Calibrator, METHODS, type Method } from './calibrator.ts'
import { dealFolds, readFolds, readSeed } from './folds.ts'
import { checkSeveral, eachLabelled, type FitOptions, type LabelledRows, openLabelled } from './labelled.ts'
import { fitBy } from './methods.ts'
import { takeLabelled, takeRows } from './subset.ts'

/** Options of cross-fitting. */
export interface CrossFitOptions extends FitOptions {
  /** By default `'temperature'`. */
  method?: Method
  /** How many folds; by default 2. */
  folds?: number
  /** By default 1. */
  seed?: number
}

/** Out-of-fold probabilities, and what they came from. */
export interface CrossFit<T> {
  /** Each row's probabilities, by the calibrator that did not see it; in the kind and layout of the logits. */
  readonly probabilities: Result<T>
  /** The fold of each row. */
  readonly fold: Int32Array
  /** By fold, the calibrator that was fitted on all other folds. */
  readonly calibrators: readonly Calibrator[]
}

/**
 * Calibrates every row by a fit on other rows: folds are dealt by class, and each is calibrated by what the others gave.
 *
 * Metrics of the result over all rows are honest, as no row is judged by a fit that saw it. Memory: the probabilities, and a
 * copy of the rows that one fit takes.
 *
 * @param logits logits, or probabilities with `from`: an array or a tensor
 * @param labels the true class of each row
 * @param options as for `fitTemperature`; `method` (default `'temperature'`), `folds` (default 2), `seed` (default 1)
 * @returns `probabilities` in the kind of the logits, the `fold` of each row, and the folds' `calibrators`
 * @throws as the fit by that method, which names itself and its fold
 * @example
 * import { crossFit } from 'onesum/calibration'
 *
 * const logits = [2, 0, 2, 0, 0, 2, 0, 2, 2, 0, 0, 2]
 * crossFit(logits, [0, 0, 1, 0, 1, 1], { shape: [6, 2] }).probabilities.length // → 12
 */
export function crossFit<T extends Logits>(logits: T, labels: Labels, options?: CrossFitOptions): CrossFit<T> {
  const where = 'crossFit'
  const { data, call } = openLabelled(where, logits, labels, options, ['method', 'folds', 'seed'])
  const method = readChoice(where, 'method', options?.method, METHODS)
  const folds = readFolds(where, options?.folds, 2)
  const fold = dealFolds(data.labels, folds, readSeed(where, options?.seed, 1))
  // what is wrong with a row is said before folds are
  eachLabelled(data, () => {})
  const results = entryResults(call)
  const { rows } = data
  const calibrators = outOfFold(data, method, fold, folds, false, (numbers, p) => {
    for (let i = 0; i < numbers.length; i++) {
      putRow(rows, numbers[i], p.subarray(i * rows.length, (i + 1) * rows.length), results.elements)
    }
  })
  return { probabilities: results.close() as Result<T>, fold, calibrators }
}

/** Writes a row where it belongs. */
function putRow({ length, inner }: Rows, row: number, p: Float32Array | Float64Array, output: Elements): void {
  const i = row % inner
  const start = (row - i) * length + i
  const half = output instanceof Uint16Array
  if (inner === 1 && !half && !Array.isArray(output)) output.set(p, start)
  else for (let j = 0; j < length; j++) output[start + j * inner] = half ? toHalf(p[j]) : p[j]
}

/** Entries of the rows that are calibrated at a time. */
const BLOCK = 1 << 17

/**
 * Fits on all folds but one, for each, and visits blocks of that one's rows: their numbers and probabilities, in float64 where
 * `double` says so.
 */
export function outOfFold(
  data: LabelledRows,
  method: Method,
  fold: Int32Array,
  folds: number,
  double: boolean,
  visit: (numbers: Int32Array, probabilities: Float32Array | Float64Array) => void,
): Calibrator[] {
  const numbers = Int32Array.from(fold.keys())
  const most = Math.max(1, Math.floor(BLOCK / data.rows.length))
  return Array.from({ length: folds }, (_, held) => {
    const where = `${data.where}.fold${held}`
    const rest = takeLabelled(
      { ...data, where },
      numbers.filter((row) => fold[row] !== held),
    )
    checkSeveral(rest)
    const calibrator = fitBy(method, rest)
    const own = numbers.filter((row) => fold[row] === held)
    for (let first = 0; first < own.length; first += most) {
      const block = own.subarray(first, first + most)
      const taken = takeRows(data.rows, block, double)
      const [probabilities] = taken.inputs
      calibrator.fill(taken, probabilities)
      visit(block, probabilities)
    }
    return calibrator
  })
}
