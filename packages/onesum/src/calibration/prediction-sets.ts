/** What sets of classes are worth: how often they hold the true one, and how large they are. */
import { show, wrongKind, wrongValue } from '../check.ts'
import { openTarget, readLabels } from '../rows/labels.ts'
import type { Labels } from '../rows/types.ts'

/** A set of classes for each row. */
export interface PredictionSets {
  /** rows × classes, row-major: 1 where a class is in the row's set. */
  readonly mask: Uint8Array<ArrayBuffer>
  /** How many classes each set holds. */
  readonly sizes: Int32Array<ArrayBuffer>
  readonly rows: number
  readonly classes: number
}

/** How sets of one kind of rows did. */
export interface SetSummary {
  readonly rows: number
  /** The share of sets that hold the true class; NaN without rows. */
  readonly coverage: number
  /** Mean number of classes; NaN without rows. */
  readonly meanSize: number
}

/** How sets did. */
export interface SetReport extends SetSummary {
  /** How many sets hold 0, 1, 2, … classes. */
  readonly sizes: number[]
  /** The same for the rows of each class. */
  readonly perClass: SetSummary[]
}

/**
 * Counts how often sets hold the true class, and how large they are.
 *
 *     coverage = share of rows whose set holds the label
 *
 * @param sets what `predictSets` gave
 * @param labels the true class of each row
 * @returns `coverage` and `meanSize` over all rows and `perClass`, and the distribution of `sizes`
 * @throws RangeError for labels of another length, or out of range
 * @example
 * import { evaluateSets } from 'onesum/calibration'
 *
 * const sets = { mask: Uint8Array.of(1, 0, 1, 1), sizes: Int32Array.of(1, 2), rows: 2, classes: 2 }
 * evaluateSets(sets, [1, 0]).coverage // → 0.50
 */
export function evaluateSets(sets: PredictionSets, labels: Labels): SetReport {
  const where = 'evaluateSets'
  const { mask, sizes, rows, classes } = sets ?? {}
  if (!(mask?.length === rows * classes && sizes?.length === rows)) {
    throw wrongKind(where, 'sets', 'what predictSets gave', show(sets))
  }
  const { array } = openTarget(where, 'labels', labels)
  if (array.length !== rows) throw wrongValue(where, 'labels', `${rows} class indices`, String(array.length))
  const truth = readLabels(where, 'labels', array, classes, undefined)
  const [counts, hits, entries] = [0, 1, 2].map(() => new Float64Array(classes))
  const distribution = new Array<number>(classes + 1).fill(0)
  for (let row = 0; row < rows; row++) {
    const label = truth[row]
    counts[label]++
    hits[label] += mask[row * classes + label]
    entries[label] += sizes[row]
    distribution[sizes[row]]++
  }
  const total = (of: Float64Array) => of.reduce((sum, value) => sum + value, 0)
  const summary = (count: number, hit: number, entry: number): SetSummary => ({
    rows: count,
    coverage: hit / count,
    meanSize: entry / count,
  })
  return {
    ...summary(rows, total(hits), total(entries)),
    sizes: distribution,
    perClass: Array.from(counts, (count, k) => summary(count, hits[k], entries[k])),
  }
}
