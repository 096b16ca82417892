/** Priors: how frequent each class is, as shares that sum to 1. */
import { wrongValue } from '../check.ts'
import { openNumbers, toFloat64 } from '../rows/open.ts'

/** Shares and rows of probabilities may miss 1 by this much. */
export const SUM_TOLERANCE = 1e-3

const POSITIVE_REMEDY = 'a class without rows has no logarithm: give it a small share, or leave it out'

/** One share per class, summing to 1 ± 1e-3; all of them above 0 where `positive`. */
export function readPrior(
  where: string,
  name: string,
  value: unknown,
  classes: number,
  positive: boolean,
): Float64Array<ArrayBuffer> {
  const prior = Float64Array.from(toFloat64(openNumbers(where, name, value, false).elements))
  if (prior.length !== classes) {
    throw wrongValue(where, name, `${classes} shares, one per class`, `${prior.length} of them`)
  }
  const bad = prior.findIndex((share) => !(share >= 0) || (positive && share === 0))
  if (bad >= 0) {
    const remedy = positive && prior[bad] === 0 ? POSITIVE_REMEDY : undefined
    throw wrongValue(where, name, `shares ${positive ? '>' : '>='} 0`, `${prior[bad]} for class ${bad}`, remedy)
  }
  const total = prior.reduce((sum, share) => sum + share, 0)
  if (classes > 0 && !(Math.abs(total - 1) <= SUM_TOLERANCE)) {
    throw wrongValue(where, name, 'shares that sum to 1', `the sum ${total}`, 'divide counts by their sum')
  }
  return prior
}
