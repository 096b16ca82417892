/** A look at the rows of a batch before any of them counts, so that a batch is added whole or not at all. */
import { eachRow } from '../kernels/js/dense.ts'
import { peak, peakInPlace } from '../kernels/js/exponentials.ts'
import type { Rows } from '../rows/rows.ts'
import { isDistribution, SUM_TOLERANCE } from './probabilities.ts'
import { noSoftmax, notDistribution } from './refusals.ts'
import type { From } from './settings.ts'

interface Screened {
  /** The most probable class of each row, −1 for a row that is left out. */
  readonly tops: Int32Array
  /** Whether these rows, and those before, all look like probabilities. */
  readonly alike: boolean
}

/**
 * @param first the number of the first row, for errors
 * @param skip whether rows without a softmax are left out
 * @param alike whether the rows before looked like probabilities
 * @throws RangeError for a row that can be neither scored nor left out
 */
export function screen(where: string, rows: Rows, first: number, from: From, skip: boolean, alike: boolean): Screened {
  const tops = new Int32Array(rows.count)
  const logits = from === 'logits'
  // once it is known that these are no probabilities, nothing but the peak is asked for
  if (logits && !alike && findPeaks(rows, tops, skip)) return { tops, alike }
  let all = alike
  eachRow(rows, ({ row, size, values: [x] }) => {
    const top = peak(x, size)
    // rounding to float32 may push a probability past 1
    const fits = top >= 0 && (logits || isDistribution(x, size, SUM_TOLERANCE))
    if (!fits && !(skip && top < 0)) throw (logits ? noSoftmax : notDistribution)(where, x, size, first + row)
    if (fits) all &&= isDistribution(x, size)
    tops[row] = top
  })
  return { tops, alike: all }
}

/** The peaks of rows of plain floats; false where a row is to be refused, or the rows are of another kind. */
function findPeaks({ inputs: [x], count, length, inner }: Rows, tops: Int32Array, skip: boolean): boolean {
  if (!(x instanceof Float32Array || x instanceof Float64Array)) return false
  for (let row = 0; row < count; row++) {
    const i = row % inner
    tops[row] = peakInPlace(x, (row - i) * length + i, inner, length)
    if (tops[row] < 0 && !skip) return false
  }
  return true
}
