import { Tokenizer, TokenType } from '@streamparser/json'
import { InputError, show } from './errors.ts'
import type { RecordPart, Records, TextRecord } from './records.ts'
import type { Source } from './source.ts'
import { textParts } from './text.ts'

/** The entries of the outermost JSON array, one record each, and the shape within: known once the first has come. */
export interface JsonArrays {
  records: Records
  /** Axes of one record: [] for plain values. */
  inner(): readonly number[]
  /** Whether the text is one value without any array. */
  scalar(): boolean
}

type State = 'value' | 'value or end' | 'comma or end' | 'done'

/** Reads nested JSON arrays of equal lengths piece by piece. */
export function jsonArrays(source: Source): JsonArrays {
  const machine = new ArrayMachine(source.name)
  async function* records(): Records {
    const tokenizer = new Tokenizer({ numberBufferSize: 64 })
    tokenizer.onToken = ({ token, value, offset }) => machine.token(token, value, offset)
    tokenizer.onError = (error) => {
      throw error instanceof InputError ? error : machine.malformed(error)
    }
    let last = 0
    for await (const { text, position } of textParts(source)) {
      tokenizer.write(text)
      last = position
      const part: RecordPart = { records: machine.take(), position }
      if (part.records.length > 0) yield part
    }
    if (!tokenizer.isEnded) tokenizer.end()
    machine.end(last)
    const part = { records: machine.take(), position: last }
    if (part.records.length > 0) yield part
  }
  return { records: records(), inner: () => machine.inner(), scalar: () => machine.scalar }
}

/** Holds the JSON grammar of nested arrays and the lengths found so far. */
class ArrayMachine {
  scalar = false
  readonly #name: string
  #state: State = 'value'
  #depth = 0
  /** Depth of the plain values, once one or an empty array has been met. */
  #rank: number | undefined
  /** Entries met in the open array of each depth, from 1. */
  readonly #counts: number[] = []
  /** Length of the arrays at each depth, once one was closed. */
  readonly #lengths: number[] = []
  #fields: unknown[] = []
  #records: TextRecord[] = []
  #row = 0

  constructor(name: string) {
    this.#name = name
  }

  inner(): readonly number[] {
    return this.#lengths.slice(2, (this.#rank ?? 1) + 1)
  }

  take(): TextRecord[] {
    const records = this.#records
    this.#records = []
    return records
  }

  token(token: TokenType, value: unknown, offset: number): void {
    const state = this.#state
    if (token === TokenType.COMMA && state === 'comma or end') this.#state = 'value'
    else if (token === TokenType.RIGHT_BRACKET && (state === 'comma or end' || state === 'value or end')) this.#close()
    else if (token === TokenType.LEFT_BRACKET && state.startsWith('value')) this.#open()
    else if (token === TokenType.LEFT_BRACE && state.startsWith('value')) {
      throw this.#where('expected a number or an array, got an object; objects belong into JSON Lines (.jsonl)')
    } else if (token >= TokenType.TRUE && token <= TokenType.NUMBER && state.startsWith('value')) this.#value(value)
    else throw this.malformed(new Error(`unexpected ${show(value)} at character ${offset}`))
  }

  end(position: number): void {
    if (this.#state === 'done') return
    const empty = this.#state === 'value' && this.#depth === 0
    throw new InputError(
      empty
        ? `${this.#name}: the file is empty; expected a JSON array`
        : `${this.#name}: the JSON ends before its arrays are closed (byte ${position}, row ${this.#row}); it is truncated`,
    )
  }

  malformed(error: Error): InputError {
    // the tokenizer's own words speak of its chunks and states
    const problem = error.message.replace(
      /^U(nexpected ".*") at .*absolute position "(\d+)".*$/s,
      'u$1 at character $2',
    )
    return new InputError(
      `${this.#name}: not valid JSON (row ${this.#row}): ${problem}; write NaN and infinities as strings: "NaN", "-Infinity"`,
    )
  }

  #where(problem: string): InputError {
    return new InputError(`${this.#name}: row ${this.#row}: ${problem}`)
  }

  #open(): void {
    if (this.#rank !== undefined && this.#depth === this.#rank) throw this.#where('expected a number, got an array')
    this.#counted()
    this.#depth++
    this.#counts[this.#depth] = 0
    this.#state = 'value or end'
  }

  #value(value: unknown): void {
    this.#rank ??= this.#depth
    if (this.#depth < this.#rank) throw this.#where(`expected an array, got ${show(value)}`)
    this.#counted()
    this.#fields.push(value)
    if (this.#depth === 0) this.scalar = true
    this.#ended()
  }

  #close(): void {
    const depth = this.#depth
    const count = this.#counts[depth] as number
    if (count === 0) this.#rank ??= depth
    if (count === 0 && depth < (this.#rank as number) && depth > 1) {
      throw this.#where('got an empty array where the first row has entries')
    }
    if (depth > 1) {
      this.#lengths[depth] ??= count
      const length = this.#lengths[depth] as number
      if (count !== length) throw this.#where(`expected ${length} values as in row 0, got ${count}`)
    }
    this.#depth--
    this.#ended()
  }

  #counted(): void {
    if (this.#depth > 0) this.#counts[this.#depth] = (this.#counts[this.#depth] as number) + 1
  }

  // a value or an array is complete: at depth 0 the text, at depth 1 a row
  #ended(): void {
    this.#state = this.#depth === 0 ? 'done' : 'comma or end'
    if (this.#depth === 1 || this.scalar) {
      this.#records.push({ fields: this.#fields, line: this.#row++ })
      this.#fields = []
    }
  }
}
