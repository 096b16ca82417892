/** Log-sum-exp in pieces: a state that takes logits as they come, merges with others, and travels as JSON. */
import {
  decodeNumber,
  encodeNumber,
  FINITE,
  readInteger,
  readNumber,
  readVersion,
  show,
  wrongKind,
  wrongValue,
} from '../check.ts'
import { mapRows, type Operation } from '../kernels/calls.ts'
import { eachRow } from '../kernels/js/dense.ts'
import { exp } from '../kernels/js/exp.ts'
import { peak } from '../kernels/js/exponentials.ts'
import { log1p } from '../kernels/js/log.ts'
import { exponentialsOf, withoutPeak } from '../kernels/js/log-sum-exp.ts'
import { logShareKernel, shareKernel } from '../kernels/js/share.ts'
import { openRows, type Signature } from '../rows/rows.ts'
import type { Dtype, Logits, Mask, Result } from '../rows/types.ts'

/** What `toJSON` gives; non-finite numbers are strings. */
export interface LogSumExpJson {
  version: 1
  count: number
  max: number | string
  rest: number
  low: number
}

/** Options for one piece of a row. */
export interface PieceOptions<D extends Dtype | undefined = Dtype | undefined, B = unknown> {
  dtype?: D
  mask?: Mask
  out?: B
}

const ADD: Signature = { name: 'LogSumExpState.add', operands: ['x'], options: ['dtype', 'mask'] }
const PIECE = ['dtype', 'mask', 'out']

/**
 * The log-sum-exp of logits that come in pieces: rows too long for memory, or spread over workers.
 *
 * It holds the maximum m and the sum of exp(x − m) over all entries but one maximum, with a compensation term, so
 * that any order and any partition give the same value to a few units of the last place, near 0 too.
 *
 * @example
 * import { LogSumExpState } from 'onesum'
 *
 * const state = new LogSumExpState().add([1, 2]).merge(new LogSumExpState().add(3))
 * state.value() // → 3.407606
 */
export class LogSumExpState {
  #count = 0
  #max = -Infinity
  #rest = 0
  #low = 0

  /** How many logits were added. */
  get count(): number {
    return this.#count
  }

  /** Adds logits: a number, an array or a tensor (all of its entries; `mask` leaves some out). */
  add(x: number | Logits, options?: Omit<PieceOptions, 'out'>): this {
    const { rows } = openRows(ADD, [typeof x === 'number' ? [x] : x], options)
    const flat = { ...rows, outer: 1, length: rows.outer * rows.length * rows.inner, inner: 1, count: 1 }
    eachRow(flat, ({ size, values: [piece] }) => {
      const top = peak(piece, size)
      const max = top < 0 ? withoutPeak(piece, size) : piece[top]
      this.#take(size, max, top < 0 ? 0 : exponentialsOf(piece, size, top), 0)
    })
    return this
  }

  /** Adds what another state holds, which stays as it is. */
  merge(other: LogSumExpState): this {
    if (!(other instanceof LogSumExpState)) {
      throw wrongKind('LogSumExpState.merge', 'other', 'a LogSumExpState', show(other))
    }
    this.#take(other.#count, other.#max, other.#rest, other.#low)
    return this
  }

  /** log Σ exp of all that was added; -Infinity where that is nothing. */
  value(): number {
    return Number.isFinite(this.#max) ? this.#max + log1p(this.#rest + this.#low) : this.#max
  }

  /** The probabilities of a piece of the logits that were added: exp(x_j) / Σ over all that was added. */
  softmax<T extends Logits, D extends Dtype | undefined = undefined, B = undefined>(
    x: T,
    options?: PieceOptions<D, B>,
  ): Result<T, D, NoInfer<B>> {
    const kernel = shareKernel(this.#max, this.#rest + this.#low)
    return this.#map({ name: 'LogSumExpState.softmax', operands: ['x'], options: PIECE, kernel }, x, options)
  }

  /** The log-probabilities of a piece of the logits that were added. */
  logSoftmax<T extends Logits, D extends Dtype | undefined = undefined, B = undefined>(
    x: T,
    options?: PieceOptions<D, B>,
  ): Result<T, D, NoInfer<B>> {
    const kernel = logShareKernel(this.#max, this.#rest + this.#low)
    return this.#map({ name: 'LogSumExpState.logSoftmax', operands: ['x'], options: PIECE, kernel }, x, options)
  }

  /** The state as plain data, for `LogSumExpState.fromJSON`. */
  toJSON(): LogSumExpJson {
    return { version: 1, count: this.#count, max: encodeNumber(this.#max), rest: this.#rest, low: this.#low }
  }

  /** The state that `toJSON` described. */
  static fromJSON(json: LogSumExpJson): LogSumExpState {
    const where = 'LogSumExpState.fromJSON'
    const fields = readVersion(where, json, 1)
    const state = new LogSumExpState()
    state.#count = readInteger(where, 'count', fields.count, undefined, 0, Infinity)
    state.#max = decodeNumber(where, 'max', fields.max)
    const { max, rest, low } = fields
    // what compensates a sum is smaller than it, and nothing has no maximum
    state.#rest = readNumber(where, 'rest', decodeNumber(where, 'rest', rest), 0, 0, FINITE)
    state.#low = decodeNumber(where, 'low', low)
    if (!(Math.abs(state.#low) <= state.#rest)) throw wrongValue(where, 'low', `at most rest, ${rest}`, show(low))
    if (state.#count === 0 && max !== '-Infinity') throw wrongValue(where, 'max', '-Infinity of no logits', show(max))
    return state
  }

  #map<T extends Logits, D extends Dtype | undefined, B>(
    operation: Operation,
    x: T,
    options: PieceOptions<D, B> | undefined,
  ): Result<T, D, NoInfer<B>> {
    return mapRows(operation, [x], options) as Result<T, D, NoInfer<B>>
  }

  /** Takes in `count` logits with maximum `max` and the sum `rest + low` of all exp(x − max) but one maximum. */
  #take(count: number, max: number, rest: number, low: number): void {
    this.#count += count
    // NaN stays, and +Infinity gives way to nothing but NaN
    if (!Number.isFinite(max) || !Number.isFinite(this.#max)) {
      if (max > this.#max || Number.isNaN(max)) this.#set(max, rest, low)
      return
    }
    if (max > this.#max) {
      const [heldMax, heldRest, heldLow] = [this.#max, this.#rest, this.#low]
      this.#set(max, rest, low)
      this.#join(heldMax, heldRest, heldLow)
    } else this.#join(max, rest, low)
  }

  #set(max: number, rest: number, low: number): void {
    this.#max = max
    this.#rest = rest
    this.#low = low
  }

  /** Adds a sum seen from a maximum that is not above the held one: it becomes (1 + rest + low) · exp(max − held). */
  #join(max: number, rest: number, low: number): void {
    const scale = exp(max - this.#max)
    const added = (1 + rest + low) * scale
    const sum = this.#rest + added
    // two-sum: what the addition rounds off goes to the compensation
    const kept = sum - this.#rest
    this.#low += this.#rest - (sum - kept) + (added - kept)
    this.#rest = sum
  }
}
