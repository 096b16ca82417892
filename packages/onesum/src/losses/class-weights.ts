/** Class weights from how often each class occurs, for the option `weight` of losses. */
import { ABOVE_ZERO, readChoice, readInteger, readNumber, readOptions, show, wrongKind, wrongValue } from '../check.ts'
import { expm1 } from '../kernels/js/expm1.ts'
import { log } from '../kernels/js/log.ts'
import { IGNORED, openTarget, readLabels } from '../rows/labels.ts'
import type { Labels } from '../rows/types.ts'

/** Options of `classWeights`. */
export interface ClassWeightOptions {
  /** How many classes there are; by default the largest label + 1. */
  classes?: number
  /** `balanced` (default) weighs by the inverse of a class's rows; `effective-number` less steeply. */
  scheme?: 'balanced' | 'effective-number'
  /** For `effective-number`, from 0 (no weighting) to below 1 (nearing `balanced`); by default 0.999. */
  beta?: number
  /** Rows with this label are left out; by default -100. */
  ignoreIndex?: number
}

const WHERE = 'classWeights'
const OPTIONS = ['classes', 'scheme', 'beta', 'ignoreIndex']

/**
 * One weight per class, larger for rarer classes.
 *
 *     balanced:           w_c = n / (C n_c),  n_c rows of n in class c
 *     effective-number:   w_c ∝ (1 − β) / (1 − β^n_c), scaled so that they sum to C
 *
 * Either way every class weighs 1 where all are equally frequent. A class without rows has no weight: RangeError.
 *
 * @param labels class indices, one per row: any array of whole numbers, or a tensor
 * @param options `classes` (default the largest label + 1), `scheme` (default `'balanced'`), `beta` (default 0.999),
 *   `ignoreIndex` (default -100)
 * @returns weights, to go to a loss as `weight`
 * @throws RangeError for a label out of range, for a class without rows; TypeError where an argument is of the wrong kind
 * @see King and Zeng, Logistic Regression in Rare Events Data, 2001 (balanced); Cui et al., Class-Balanced Loss Based on
 *   Effective Number of Samples, CVPR 2019, eq. 2 and section 4
 * @example
 * import { classWeights } from 'onesum'
 *
 * classWeights([0, 0, 0, 1]) // → Float64Array [0.66667, 2]
 */
export function classWeights(labels: Labels, options?: ClassWeightOptions): Float64Array<ArrayBuffer> {
  const given = readOptions(WHERE, options, OPTIONS)
  const scheme = readChoice(WHERE, 'scheme', given.scheme, ['balanced', 'effective-number'])
  const beta = readNumber(WHERE, 'beta', given.beta, 0.999, 0, 1)
  if (beta === 1) throw wrongValue(WHERE, 'beta', 'a number from 0 to below 1', show(beta))
  if (given.beta !== undefined && scheme === 'balanced') {
    throw wrongKind(WHERE, 'beta', "scheme: 'effective-number'", "scheme: 'balanced'")
  }
  const counts = countClasses(labels, given)
  return scheme === 'balanced' ? balanced(counts) : effective(counts, beta)
}

function countClasses(labels: unknown, { classes, ignoreIndex }: ClassWeightOptions): Float64Array {
  const { array } = openTarget(WHERE, 'labels', labels)
  const ignored = readInteger(WHERE, 'ignoreIndex', ignoreIndex, -100, -Infinity, Infinity)
  const limit = readInteger(WHERE, 'classes', classes, 2 ** 31, 1, 2 ** 31)
  const indices = readLabels(WHERE, 'labels', array, limit, ignored)
  const width = classes ?? indices.reduce((most, index) => Math.max(most, index + 1), 0)
  // of more classes than rows one of the first is empty, which is all that is asked
  const counts = new Float64Array(Math.min(width, indices.length + 1))
  for (const index of indices) if (index !== IGNORED) counts[index]++
  const empty = counts.indexOf(0)
  if (empty >= 0) {
    throw wrongValue(WHERE, 'labels', 'at least one row of each class', `none of class ${empty}`, 'leave the class out')
  }
  return counts
}

function balanced(counts: Float64Array): Float64Array<ArrayBuffer> {
  const rows = counts.reduce((sum, count) => sum + count, 0)
  return Float64Array.from(counts, (count) => rows / (counts.length * count))
}

/** 1 − β^n = −expm1(n log β), exact for β near 1; the factor 1 − β falls out in scaling. */
function effective(counts: Float64Array, beta: number): Float64Array<ArrayBuffer> {
  const inverse = Float64Array.from(counts, (count) => -1 / expm1(count * log(Math.max(beta, ABOVE_ZERO))))
  const total = inverse.reduce((sum, weight) => sum + weight, 0)
  return inverse.map((weight) => (weight * counts.length) / total)
}
