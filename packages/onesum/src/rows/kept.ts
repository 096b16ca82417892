/** The check that every row keeps enough entries for what is asked of it. */
import { wrongValue } from '../check.ts'
import type { Opened } from './rows.ts'

/** A RangeError that names the first row that keeps fewer than `least` entries; no rows, no error. */
export function checkKept({ where, rows }: Opened, least: number): void {
  const { outer, length, inner, mask } = rows
  if (rows.count > 0 && length < least) {
    throw wrongValue(
      where,
      'x',
      `at least ${least} ${least === 1 ? 'entry' : 'entries'} along the axis`,
      String(length),
    )
  }
  if (!mask) return
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      let kept = 0
      for (let j = 0; j < length; j++) kept += mask[(o * length + j) * inner + i]
      if (kept >= least) continue
      const expected = `at least ${least} kept ${least === 1 ? 'entry' : 'entries'} in each row`
      throw wrongValue(where, 'mask', expected, `${kept} in row ${o * inner + i}`)
    }
  }
}
