/** The scale of logits: how large, how far apart, and what softmax makes of that. */
import { measureScale, type Scale } from '../kernels/js/scale.ts'
import { openRows, type Signature } from '../rows/rows.ts'
import type { Dtype, Logits, Mask, RowOptions } from '../rows/types.ts'

const SIGNATURE: Signature = { name: 'logitScale', operands: ['x'], options: ['shape', 'axis', 'dtype', 'mask'] }

/** What `logitScale` reports. */
export type LogitScale = Scale

/**
 * How large logits are, how far apart, and how saturated their softmax is: a look before calibrating or changing a model.
 *
 * Softmax sees only differences within a row, and those as multiples of T: logits of standard deviation σ act like
 * standardised ones at the temperature 1/σ. From about σ = 10 on most rows are all but one-hot, and a float32
 * probability of exactly 1 passes no gradient back.
 *
 * All figures are over rows that have a softmax and, in them, over finite kept entries; NaN where there are none.
 *
 * @param x logits: an array or a tensor
 * @param options `shape` (default one row), `axis` (default the last), `mask`, `dtype`
 * @returns `rows` and `invalid` (how many have no softmax: NaN, +Infinity, nothing but -Infinity, nothing kept); `min`
 *   and `max` of all entries; `range` and `maxRange` (mean and largest of each row's largest minus smallest); `spread`
 *   (root mean square of the rows' standard deviations) and `effectiveTemperature` (1 / spread); `confidence` (mean
 *   largest probability); `entropy` (mean entropy over its maximum, log of the entries: 0 to 1); `saturated` (share of
 *   rows whose largest probability is exactly 1 in float32) and `vanished` (share of entries whose probability is
 *   exactly 0 in float32)
 * @throws TypeError where an argument is of the wrong kind, RangeError where its value is wrong
 * @example
 * import { logitScale } from 'onesum'
 *
 * const { range, effectiveTemperature, saturated } = logitScale([20, 0, 0, 1], { shape: [2, 2] })
 * range // → 10.5
 * effectiveTemperature // → 0.141245
 * saturated // → 0.50
 */
export function logitScale(
  x: Logits,
  options?: Omit<RowOptions<Dtype | undefined>, 'out'> & { mask?: Mask },
): LogitScale {
  return measureScale(openRows(SIGNATURE, [x], options).rows)
}
