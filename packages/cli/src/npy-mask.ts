import { InputError, type Source } from '@onesum/io'
import type { FlagSource } from './mask.ts'

/**
 * A mask of booleans or integers in NPY format, any width and byte order. Only 0 and 1 are allowed, so a flag is its
 * element's lowest byte, and every other byte is zero.
 */
export async function openNpyMask(source: Source): Promise<FlagSource> {
  const bytes = new ByteQueue(source)
  try {
    const header = await readHeader(source.name, bytes)
    return {
      shape: header.shape,
      flags: () => flagsOf(source.name, bytes, header),
      close: () => bytes.close(),
    }
  } catch (error) {
    await bytes.close()
    throw error
  }
}

interface MaskHeader {
  shape: number[]
  itemSize: number
  bigEndian: boolean
}

async function readHeader(name: string, bytes: ByteQueue): Promise<MaskHeader> {
  const start = await bytes.take(10)
  const magic = String.fromCharCode(...start.subarray(0, 6))
  if (start.length < 10 || magic !== '\x93NUMPY') throw new InputError(`${name}: this is not an NPY file`)
  const wide = start[6] > 1
  const rest = wide ? await bytes.take(2) : new Uint8Array(2)
  const length = start[8] + start[9] * 2 ** 8 + (rest[0] ?? 0) * 2 ** 16 + (rest[1] ?? 0) * 2 ** 24
  if (length > 2 ** 16) throw new InputError(`${name}: an NPY header of ${length} bytes is not one of a mask`)
  const text = new TextDecoder('latin1').decode(await bytes.take(length))
  const type = /'descr'\s*:\s*'([^']*)'/.exec(text)?.[1] ?? 'unknown'
  const shape = /'shape'\s*:\s*\(([\d\s,]*)\)/.exec(text)?.[1]
  const [, order, size] = /^([<>|=]?)[biu]([1248])$/.exec(type) ?? []
  if (size === undefined) {
    throw new InputError(
      `${name}: a mask holds booleans or integers 0 and 1, got dtype ${type}; cast it with astype('u1')`,
    )
  }
  if (shape === undefined) throw new InputError(`${name}: its NPY header names no shape`)
  const sizes = shape.split(',').filter((part) => part.trim() !== '')
  if (/'fortran_order'\s*:\s*True/.test(text) && sizes.length > 1) {
    throw new InputError(`${name}: a mask in Fortran order cannot be read along; save numpy.ascontiguousarray(mask)`)
  }
  return { shape: sizes.map(Number), itemSize: Number(size), bigEndian: order === '>' }
}

async function* flagsOf(name: string, bytes: ByteQueue, header: MaskHeader): AsyncGenerator<Uint8Array> {
  const { itemSize, bigEndian } = header
  const total = header.shape.reduce((a, b) => a * b, 1)
  const low = bigEndian ? itemSize - 1 : 0
  for (let done = 0; done < total; ) {
    const wanted = Math.min(2 ** 18, total - done)
    const raw = await bytes.take(wanted * itemSize)
    if (raw.length < wanted * itemSize) {
      throw new InputError(
        `${name}: the file ends early: ${total} flags expected, got ${done + Math.floor(raw.length / itemSize)}`,
      )
    }
    const flags = new Uint8Array(wanted)
    for (let i = 0; i < raw.length; i++) {
      const place = i % itemSize
      if (raw[i] > (place === low ? 1 : 0)) {
        const at = done + Math.floor(i / itemSize)
        throw new InputError(`${name}: entry ${at}: a mask holds 0 (leave out) and 1 (keep), got another number`)
      }
      if (place === low) flags[Math.floor(i / itemSize)] = raw[i]
    }
    yield flags
    done += wanted
  }
  if ((await bytes.take(1)).length > 0)
    throw new InputError(`${name}: the file goes on after the last of ${total} flags`)
}

/** Takes any number of bytes at a time from a source's stream; fewer come only at its end. */
class ByteQueue {
  readonly #source: Source
  readonly #chunks: AsyncIterator<Uint8Array>
  #rest: Uint8Array = new Uint8Array(0)

  constructor(source: Source) {
    this.#source = source
    this.#chunks = source.stream()[Symbol.asyncIterator]()
  }

  async take(count: number): Promise<Uint8Array> {
    const result = new Uint8Array(count)
    let filled = 0
    while (filled < count) {
      if (this.#rest.length === 0) {
        const next = await this.#chunks.next()
        if (next.done) return result.subarray(0, filled)
        this.#rest = next.value
      }
      const taken = this.#rest.subarray(0, count - filled)
      result.set(taken, filled)
      filled += taken.length
      this.#rest = this.#rest.subarray(taken.length)
    }
    return result
  }

  async close(): Promise<void> {
    await this.#chunks.return?.()
    await this.#source.close()
  }
}
