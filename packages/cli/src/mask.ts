import { InputError } from '@onesum/io'
import { besideFormat, openInput, openSource } from './files.ts'
import { product } from './lanes.ts'
import { openNpyMask } from './npy-mask.ts'
import { dimensions } from './numbers.ts'
import { pieces } from './pieces.ts'
import type { Terminal } from './terminal.ts'

/** A mask read along with the logits: 1 keeps, 0 leaves out. */
export interface MaskReader {
  /** The flags of the next `count` logits in C order. */
  next(count: number): Promise<Uint8Array>
  /** Checks, when the logits are over, that the mask is too. */
  end(): Promise<void>
  close(): Promise<void>
}

/** Flags as they come from a file, 0 and 1. */
export interface FlagSource {
  shape: readonly (number | undefined)[]
  flags(): AsyncIterable<Uint8Array>
  close(): Promise<void>
}

type Shape = readonly (number | undefined)[]

/** Opens a mask of the logits' shape, or of one row for all rows; anything else is an error that names both shapes. */
export async function openMask(terminal: Terminal, name: string, shape: Shape): Promise<MaskReader> {
  const npy = besideFormat(name, '--mask') === 'npy'
  const source = npy ? await openNpyMask(await openSource(terminal, name)) : await openTextMask(terminal, name)
  try {
    const columns = shape.at(-1) ?? 1
    const isRow = (source.shape.at(-1) ?? 1) === columns && product(source.shape) === columns
    if (isRow && product(shape) !== columns) return await repeatedRow(source, columns)
    if (!fits(source.shape, shape)) throw misfit(name, source.shape, shape)
    return new MaskStream(name, source, shape)
  } catch (error) {
    await source.close()
    throw error
  }
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

async function repeatedRow(source: FlagSource, columns: number): Promise<MaskReader> {
  const row = new Uint8Array(columns)
  let filled = 0
  for await (const flags of source.flags()) {
    row.set(flags, filled)
    filled += flags.length
  }
  let repeated = new Uint8Array(0)
  return {
    async next(count) {
      if (repeated.length !== count) repeated = Uint8Array.from({ length: count }, (_, i) => row[i % columns])
      return repeated
    },
    async end() {},
    close: () => source.close(),
  }
}

class MaskStream implements MaskReader {
  readonly #name: string
  readonly #source: FlagSource
  readonly #logits: Shape
  readonly #flags: AsyncIterator<Uint8Array>
  #rest: Uint8Array = new Uint8Array(0)
  #asked = 0
  #given = 0

  constructor(name: string, source: FlagSource, logits: Shape) {
    this.#name = name
    this.#source = source
    this.#logits = logits
    this.#flags = source.flags()[Symbol.asyncIterator]()
  }

  async next(count: number): Promise<Uint8Array> {
    this.#asked += count
    const result = new Uint8Array(count)
    for (let filled = 0; filled < count; ) {
      if (this.#rest.length === 0 && !(await this.#more())) throw await this.#misfit()
      const taken = this.#rest.subarray(0, count - filled)
      result.set(taken, filled)
      filled += taken.length
      this.#rest = this.#rest.subarray(taken.length)
    }
    return result
  }

  async end(): Promise<void> {
    if (this.#rest.length > 0 || (await this.#more())) throw await this.#misfit()
  }

  async close(): Promise<void> {
    await this.#flags.return?.()
    await this.#source.close()
  }

  async #more(): Promise<boolean> {
    const next = await this.#flags.next()
    if (next.done) return false
    this.#rest = next.value
    this.#given += next.value.length
    return true
  }

  /** Both shapes, with the numbers of rows that the files turned out to have. */
  async #misfit(): Promise<InputError> {
    while (await this.#more());
    const columns = this.#logits.at(-1) ?? 1
    const logits = this.#logits[0] === undefined && this.#given > this.#asked ? this.#asked / columns : this.#logits[0]
    return misfit(this.#name, [this.#given / columns, columns], [logits, ...this.#logits.slice(1)])
  }
}

/** A mask of numbers in a text format, which must be 0 and 1. */
async function openTextMask(terminal: Terminal, name: string): Promise<FlagSource> {
  const { reader } = await openInput(terminal, name, {})
  const columns = reader.columns
  const all = (async function* () {
    for await (const { values, offset } of pieces(reader, columns)) {
      const flags = new Uint8Array(values.length)
      for (let i = 0; i < flags.length; i++) {
        const value = values[i]
        if (value !== 0 && value !== 1) {
          const place = `row ${Math.floor((offset + i) / columns)}, column ${(offset + i) % columns}`
          throw new InputError(`${name}: ${place}: a mask holds 0 (leave out) and 1 (keep), got ${value}`)
        }
        flags[i] = value
      }
      yield flags
    }
  })()
  const close = async (): Promise<void> => {
    await all.return(undefined)
    await reader.close()
  }
  // whether it is one row for all rows shows when no second piece comes
  const [first, second] = await takeTwo(all).catch(async (error) => {
    await close()
    throw error
  })
  async function* flags(): AsyncGenerator<Uint8Array> {
    if (!first.done) yield first.value
    if (!second.done) yield second.value
    yield* all
  }
  const known = second.done && !first.done ? first.value.length / (product(reader.shape.slice(1)) || 1) : undefined
  const shape = known === 1 ? [1, ...reader.shape.slice(1)] : reader.shape
  return { shape, flags, close }
}

async function takeTwo(flags: AsyncGenerator<Uint8Array>): Promise<IteratorResult<Uint8Array>[]> {
  const first = await flags.next()
  return [first, await flags.next()]
}
