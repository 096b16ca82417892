import { count } from './numbers.ts'
import type { Numbers } from './prepare.ts'

/** Counts the logits that are no finite numbers, over any number of pieces, and remembers the first row. */
export class NonFinite {
  nan = 0
  plus = 0
  minus = 0
  rows = 0
  firstRow = -1
  #lastRow = -1

  /** `offset` is the first value's index in the whole array, `keep` leaves masked values out. */
  add(values: Numbers, offset: number, columns: number, keep?: Uint8Array): void {
    for (let i = 0; i < values.length; i++) {
      const value = values[i]
      // x - x is 0 for a finite x and NaN for the others
      if (value - value === 0 || (keep !== undefined && keep[i] === 0)) continue
      this.#note(value, Math.floor((offset + i) / columns))
    }
  }

  #note(value: number, row: number): void {
    if (value === Number.POSITIVE_INFINITY) this.plus++
    else if (value === Number.NEGATIVE_INFINITY) this.minus++
    else this.nan++
    if (row === this.#lastRow) return
    if (this.rows++ === 0) this.firstRow = row
    this.#lastRow = row
  }

  get values(): number {
    return this.nan + this.plus + this.minus
  }

  /** `3 values are not finite (1 NaN, 2 -Infinity) in 2 rows, the first is row 17`. */
  describe(): string {
    const kinds = [
      [this.nan, 'NaN'],
      [this.plus, '+Infinity'],
      [this.minus, '-Infinity'],
    ].filter(([many]) => many !== 0)
    const listed = kinds.map(([many, kind]) => `${(many as number).toLocaleString('en-US')} ${kind}`).join(', ')
    const verb = this.values === 1 ? 'is' : 'are'
    return `${count(this.values, 'value')} ${verb} not finite (${listed}) in ${count(this.rows, 'row')}, first in row ${this.firstRow}`
  }
}
