import { InputError, openMask as openMaskFile, type MaskReader as Reader } from '@onesum/io'
import { besideFormat, openSource } from './files.ts'
import { product } from './lanes.ts'
import { dimensions } from './numbers.ts'
import type { Terminal } from './terminal.ts'

/** A mask read along with the logits: 1 keeps, 0 leaves out. */
export interface MaskReader {
  /** The flags of the next `count` logits in C order. */
  next(count: number): Promise<Uint8Array>
  /** Checks, when the logits are over, that the mask is too. */
  end(): Promise<void>
  close(): Promise<void>
}

type Shape = readonly (number | undefined)[]

/** Opens a mask of the logits' shape, or of one row for all rows; anything else is an error that names both shapes. */
export async function openMask(terminal: Terminal, name: string, shape: Shape): Promise<MaskReader> {
  const format = await besideFormat(terminal, name, '--mask')
  const mask = await openMaskFile(await openSource(terminal, name), { format })
  try {
    const columns = shape.at(-1) ?? 1
    let ahead: Uint8Array = new Uint8Array(0)
    if (mayBeOneRow(mask.shape, columns) && product(shape) !== columns) {
      // whether a table has one row shows when nothing follows it
      ahead = await mask.next(columns + 1)
      if (ahead.length === columns) return repeatedRow(ahead, mask)
    }
    if (!fits(mask.shape, shape)) throw misfit(name, mask.shape, shape)
    return new MaskStream(name, mask, ahead, shape)
  } catch (error) {
    await mask.close()
    throw error
  }
}

function mayBeOneRow(mask: Shape, columns: number): boolean {
  const known = mask[0] === undefined ? mask.slice(1) : mask
  return (mask.at(-1) ?? 1) === columns && product(known) === columns
}

function fits(mask: Shape, logits: Shape): boolean {
  // a table may stand for leading axes flattened into rows, as text has no others
  if (mask[0] === undefined && mask.length === 2) return mask[1] === (logits.at(-1) ?? 1)
  return (
    mask.length === logits.length &&
    mask.every((size, i) => size === logits[i] || size === undefined || logits[i] === undefined)
  )
}

function misfit(name: string, mask: Shape, logits: Shape): InputError {
  const row = logits.at(-1) ?? 1
  return new InputError(
    `${name}: the mask's shape is ${dimensions(mask)}, and the logits' ${dimensions(logits)}; ` +
      `give a mask of the same shape, or one row of ${row}`,
  )
}

function repeatedRow(row: Uint8Array, mask: Reader): MaskReader {
  let repeated = new Uint8Array(0)
  return {
    async next(count) {
      if (repeated.length !== count) repeated = Uint8Array.from({ length: count }, (_, i) => row[i % row.length])
      return repeated
    },
    async end() {},
    close: () => mask.close(),
  }
}

class MaskStream implements MaskReader {
  readonly #name: string
  readonly #mask: Reader
  readonly #logits: Shape
  #ahead: Uint8Array
  #asked = 0
  #given: number

  /** `ahead` has been read from the mask's start. */
  constructor(name: string, mask: Reader, ahead: Uint8Array, logits: Shape) {
    this.#name = name
    this.#mask = mask
    this.#logits = logits
    this.#ahead = ahead
    this.#given = ahead.length
  }

  async next(count: number): Promise<Uint8Array> {
    this.#asked += count
    const flags = await this.#take(count)
    if (flags.length < count) throw await this.#misfit()
    return flags
  }

  async end(): Promise<void> {
    if ((await this.#take(1)).length > 0) throw await this.#misfit()
  }

  close(): Promise<void> {
    return this.#mask.close()
  }

  async #take(count: number): Promise<Uint8Array> {
    const ahead = this.#ahead.subarray(0, count)
    this.#ahead = this.#ahead.subarray(ahead.length)
    const more = await this.#mask.next(count - ahead.length)
    this.#given += more.length
    if (ahead.length === 0) return more
    const flags = new Uint8Array(ahead.length + more.length)
    flags.set(ahead)
    flags.set(more, ahead.length)
    return flags
  }

  /** Both shapes, with the numbers of rows that the files turned out to have. */
  async #misfit(): Promise<InputError> {
    while ((await this.#take(2 ** 16)).length > 0);
    const columns = this.#logits.at(-1) ?? 1
    const logits = this.#logits[0] === undefined && this.#given > this.#asked ? this.#asked / columns : this.#logits[0]
    return misfit(this.#name, [this.#given / columns, columns], [logits, ...this.#logits.slice(1)])
  }
}
