/** What is wrong with a row that cannot be scored. */
import { wrongValue } from '../check.ts'

/** A row of probabilities that is none. */
export function notDistribution(where: string, p: Float64Array, size: number, row: number): RangeError {
  const outside = p.subarray(0, size).findIndex((value) => !(value >= 0 && value <= 1))
  const total = p.subarray(0, size).reduce((sum, value) => sum + value, 0)
  const got = outside >= 0 ? `${p[outside]} for class ${outside} in row ${row}` : `the sum ${total} in row ${row}`
  const remedy = "pass from: 'logits' if these are logits"
  return wrongValue(where, 'scores', 'probabilities in [0, 1] that sum to 1 in each row', got, remedy)
}

/** A row of logits without a softmax. */
export function noSoftmax(where: string, x: Float64Array, size: number, row: number): RangeError {
  const bad = x.subarray(0, size).findIndex((value) => !(value < Infinity))
  const got = bad >= 0 ? `${x[bad]} for class ${bad} in row ${row}` : `nothing but -Infinity in row ${row}`
  return wrongValue(
    where,
    'scores',
    'logits that have a softmax',
    got,
    'pass skipUndefined: true to leave such rows out',
  )
}
