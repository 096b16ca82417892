/** Rows dealt into folds, or into those that are fitted and those that are held out: by class, from a seed. */
import { readInteger, readNumber, readOptions, wrongValue } from '../check.ts'
import { permutation } from '../random.ts'
import { openTarget, readLabels } from '../rows/labels.ts'
import type { Labels } from '../rows/types.ts'

/** The stream of random numbers that deals rows. */
const STREAM = 2

/** Options of folds. */
export interface FoldOptions {
  /** How many folds; by default 5. */
  folds?: number
  /** By default 0. */
  seed?: number
}

/**
 * Deals rows into folds, each class evenly: a class has the same number of rows in every fold, give or take one.
 *
 * @param labels the true class of each row
 * @param options `folds` (default 5, at least 2), `seed` (default 0)
 * @returns the fold of each row, from 0; folds differ by at most one row
 * @throws RangeError for a label or an option out of range
 * @example
 * import { foldsOf } from 'onesum/calibration'
 *
 * foldsOf([0, 0, 1, 1], { folds: 2 }).reduce((a, b) => a + b) // → 2
 */
export function foldsOf(labels: Labels, options?: FoldOptions): Int32Array<ArrayBuffer> {
  const where = 'foldsOf'
  const { folds, seed } = readOptions(where, options, ['folds', 'seed'])
  const { array } = openTarget(where, 'labels', labels)
  const truth = readLabels(where, 'labels', array, 2 ** 31, undefined)
  return dealFolds(truth, readFolds(where, folds, 5), readSeed(where, seed, 0))
}

/** The number of folds. */
export function readFolds(where: string, folds: unknown, fallback: number): number {
  return readInteger(where, 'folds', folds, fallback, 2, 2 ** 31 - 1)
}

/** A seed. */
export function readSeed(where: string, seed: unknown, fallback: number): number {
  return readInteger(where, 'seed', seed, fallback, 0, 2 ** 53 - 1)
}

/** The fold of each row. Classes follow one another in the deal, so that folds differ by at most one row. */
export function dealFolds(labels: Int32Array, folds: number, seed: number): Int32Array<ArrayBuffer> {
  const fold = new Int32Array(labels.length)
  const order = shuffledByClass(labels, seed)
  for (let i = 0; i < order.length; i++) fold[order[i]] = i % folds
  return fold
}

/** All rows in random order, class by class. */
function shuffledByClass(labels: Int32Array, seed: number): Int32Array {
  return permutation(labels.length, seed, STREAM).sort((a, b) => labels[a] - labels[b])
}

/** Options of a split. */
export interface SplitOptions {
  /** The share of the rows that is held out, between 0 and 1; by default 0.5. */
  holdout?: number
  /** By default 1. */
  seed?: number
}

/** Which rows are fitted, and which judge the fit. */
export interface Split {
  /** Numbers of the rows to fit, ascending. */
  readonly fit: Int32Array
  /** Numbers of the rows held out, ascending. */
  readonly held: Int32Array
  /** Classes that have rows, but none among those to fit. */
  readonly unfitted: number[]
  /** Classes that have rows, but none among those held out. */
  readonly unjudged: number[]
}

/**
 * Splits rows into those that are fitted and those that are held out, each class in the same proportion.
 *
 * @param labels the true class of each row
 * @param options `holdout` (default 0.5, the share held out), `seed` (default 1)
 * @returns row numbers `fit` and `held`; `unfitted` and `unjudged` name classes that a part was left without
 * @throws RangeError for a label or an option out of range, or where a part would be empty
 * @example
 * import { splitRows } from 'onesum/calibration'
 *
 * splitRows([0, 0, 1, 1, 2], { holdout: 0.4 }).held.length // → 2
 */
export function splitRows(labels: Labels, options?: SplitOptions): Split {
  const where = 'splitRows'
  const { holdout, seed } = readOptions(where, options, ['holdout', 'seed'])
  const share = readNumber(where, 'holdout', holdout, 0.5, 0, 1)
  const { array } = openTarget(where, 'labels', labels)
  const truth = readLabels(where, 'labels', array, 2 ** 31, undefined)
  const order = shuffledByClass(truth, readSeed(where, seed, 1))
  const isHeld = new Uint8Array(truth.length)
  // row i of the deal is held where the running share passes a half
  for (let i = 0; i < order.length; i++) {
    isHeld[order[i]] = Math.floor((i + 1) * share + 0.5) - Math.floor(i * share + 0.5)
  }
  const rows = Int32Array.from(truth.keys())
  const [fit, held] = [rows.filter((row) => isHeld[row] === 0), rows.filter((row) => isHeld[row] === 1)]
  if (fit.length === 0 || held.length === 0) {
    const empty = held.length === 0 ? 'no row held out' : 'no row to fit'
    throw wrongValue(where, 'holdout', 'a share that leaves rows on both sides', `${empty} of ${truth.length}`)
  }
  return { fit, held, unfitted: absent(truth, held, fit), unjudged: absent(truth, fit, held) }
}

/** Classes of some rows that others have none of. */
function absent(labels: Int32Array, there: Int32Array, here: Int32Array): number[] {
  const known = new Set(Array.from(here, (row) => labels[row]))
  const others = new Set(Array.from(there, (row) => labels[row]))
  return [...others].filter((label) => !known.has(label)).sort((a, b) => a - b)
}
