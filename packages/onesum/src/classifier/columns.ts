/** Centre and spread of each feature, in one pass that also finds what is no number. */
import { show, wrongValue } from '../check.ts'
import { tallyColumns } from '../kernels/training.ts'
import { fromHalf } from '../rows/float16.ts'
import type { Elements } from '../rows/open.ts'

/** Squared differences below have lost digits, or all of them. */
const LEAST_SQUARE = 2 ** -1022

/** The layer sees (x − centre) · factor of the columns `taken`. */
export interface Scaling {
  /** Those that are not constant: what a constant says the intercept says, too, and a penalty leaves it no weight. */
  readonly taken: Int32Array
  readonly centre: Float64Array
  readonly factor: Float64Array
}

/**
 * How features are brought to a common scale before training.
 *
 * With `standardize` by mean and standard deviation. Otherwise by a power of two near 1 / deviation, which rounds nothing,
 * and a centre near the mean in units so coarse that features of few digits stay exact: both keep float32 sums of features
 * of any offset and scale exact enough, and neither changes the optimum, as the intercept is free and the penalty follows.
 * Numbers so small that their squares vanish count as 0 there, as beside a penalty their weights do; `standardize` would
 * have to make them 1, and refuses.
 * Beside float32 features both are float32, so that kernels take exactly what the weights are brought back by.
 */
export function scalingOf(
  where: string,
  elements: Elements,
  rows: number,
  columns: number,
  standardize: boolean,
): Scaling {
  const centre = new Float64Array(columns)
  const factor = new Float64Array(columns)
  const sums = new Float64Array(columns)
  const squares = new Float64Array(columns)
  // seen from the first row, so that squares keep their digits beside a large offset
  const origin = new Float64Array(columns)
  const taken: number[] = []
  for (let j = 0; j < columns; j++) origin[j] = elementAt(elements, j)
  tallyColumns(elements, columns, origin, sums, squares)
  const round = elements instanceof Float32Array ? Math.fround : Number
  for (let j = 0; j < columns; j++) {
    if (!Number.isFinite(squares[j])) {
      checkFinite(where, elements, columns)
      throw wrongValue(where, 'features', 'numbers whose squares are finite', `larger ones in column ${j}`)
    }
    if (standardize && squares[j] < rows * LEAST_SQUARE && differ(elements, columns, j)) {
      const remedy = 'multiply the column, or leave it out'
      throw wrongValue(where, 'features', 'numbers whose squares are above 0', `smaller ones in column ${j}`, remedy)
    }
    const mean = sums[j] / rows
    const deviation = Math.sqrt(Math.max(0, squares[j] / rows - mean * mean))
    const constant = !(deviation > 1e-12 * Math.abs(mean + origin[j]))
    if (!constant) taken.push(j)
    const unit = constant ? 1 : 2 ** Math.floor(Math.log2(deviation))
    factor[j] = round(1 / (standardize && !constant ? deviation : unit))
    centre[j] = constant ? origin[j] : round(mean + origin[j])
    if (!constant && !standardize) centre[j] = Math.round((8 * centre[j]) / unit) * (unit / 8)
  }
  return { taken: Int32Array.from(taken), centre, factor }
}

/** Whether a column holds different numbers, though the squares of their differences vanish, as those of float64 may. */
function differ(elements: Elements, columns: number, j: number): boolean {
  if (elements instanceof Float32Array || elements instanceof Uint16Array) return false
  for (let i = j; i < elements.length; i += columns) if (elements[i] !== elements[j]) return true
  return false
}

/** Names the first feature that is not finite, if there is one. */
export function checkFinite(where: string, elements: Elements, columns: number): void {
  for (let i = 0; i < elements.length; i++) {
    const x = elementAt(elements, i)
    if (Number.isFinite(x)) continue
    const place = `row ${Math.floor(i / columns)}, column ${i % columns}`
    throw wrongValue(
      where,
      'features',
      'finite numbers',
      `${show(x)} in ${place}`,
      'leave such rows out or fill them in',
    )
  }
}

/** One of the elements, as a number. */
export const elementAt = (elements: Elements, at: number): number =>
  elements instanceof Uint16Array ? fromHalf(elements[at]) : elements[at]
