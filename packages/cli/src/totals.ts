import { LogSumExpState } from 'onesum'
import type { Numbers } from './prepare.ts'

/**
 * Softmax of lines too long for memory, in two passes over the same pieces: `add` sums every line up, `softmax` then
 * divides by its line's total. Element i of the array belongs to line `floor(i / (length · inner)) · inner + i mod inner`.
 */
export class Totals {
  readonly #length: number
  readonly #inner: number
  readonly #states: LogSumExpState[]
  #line = new Float64Array(0)

  constructor(lines: number, length: number, inner: number) {
    this.#length = length
    this.#inner = inner
    this.#states = Array.from({ length: lines }, () => new LogSumExpState())
  }

  add(values: Numbers, offset: number, keep?: Uint8Array): void {
    this.#eachLine(values.length, offset, (state, start, step, end) => {
      let kept = 0
      for (let i = start; i < end; i += step) {
        if (keep === undefined || keep[i] !== 0) this.#line[kept++] = values[i]
      }
      if (kept > 0) state.add(this.#line.subarray(0, kept))
    })
  }

  softmax(values: Numbers, offset: number, log: boolean, keep?: Uint8Array): Float64Array<ArrayBuffer> {
    const result = new Float64Array(values.length)
    this.#eachLine(values.length, offset, (state, start, step, end) => {
      let size = 0
      for (let i = start; i < end; i += step) this.#line[size++] = values[i]
      const line = this.#line.subarray(0, size)
      const mapped = log ? state.logSoftmax(line) : state.softmax(line)
      for (let i = start, j = 0; i < end; i += step) {
        const value = mapped[j++]
        result[i] = keep === undefined || keep[i] !== 0 ? value : log ? Number.NEGATIVE_INFINITY : 0
      }
    })
    return result
  }

  /** Calls back once for each part of a line within the range, as indices into the range. */
  #eachLine(
    size: number,
    offset: number,
    visit: (state: LogSumExpState, start: number, step: number, end: number) => void,
  ): void {
    if (this.#line.length < size) this.#line = new Float64Array(size)
    const inner = this.#inner
    const block = this.#length * inner
    for (let start = 0; start < size; ) {
      const outer = Math.floor((offset + start) / block)
      const end = Math.min(size, (outer + 1) * block - offset)
      for (let i = start; i < Math.min(end, start + inner); i++) {
        const state = this.#states[outer * inner + ((offset + i) % inner)]
        if (state !== undefined) visit(state, i, inner, end)
      }
      start = end
    }
  }
}
