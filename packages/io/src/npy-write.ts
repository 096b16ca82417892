import { castPieces } from './cast.ts'
import { ElementCount } from './element-count.ts'
import { isNativeOrder } from './endian.ts'
import { InputError } from './errors.ts'
import type { Sink } from './sink.ts'
import type { Dtype, LogitsWriter, WriteOptions } from './types.ts'

const CODES: Record<Dtype, string> = { float16: 'f2', float32: 'f4', float64: 'f8' }
const ALIGNMENT = 64
const PREFIX = 10

/** A version 1.0 header, at least `least` bytes long, padded with spaces so that the data stand aligned. */
export function npyHeader(dtype: Dtype, shape: readonly number[], least = 0): Uint8Array<ArrayBuffer> {
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(', ')
  const order = isNativeOrder(false) ? '<' : '>'
  const dict = `{'descr': '${order}${CODES[dtype]}', 'fortran_order': False, 'shape': (${tuple}), }`
  const length = Math.max(least, Math.ceil((PREFIX + dict.length + 1) / ALIGNMENT) * ALIGNMENT)
  const text = `${dict.padEnd(length - PREFIX - 1)}\n`
  const bytes = new Uint8Array(length)
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0])
  new DataView(bytes.buffer).setUint16(8, length - PREFIX, true)
  bytes.set(new TextEncoder().encode(text), PREFIX)
  return bytes
}

/** Writes NPY; where the number of rows is unknown the header is completed at the end, which a stream cannot do. */
export async function createNpyWriter(sink: Sink, options: WriteOptions): Promise<LogitsWriter> {
  const { dtype, shape } = options
  const count = new ElementCount(sink.name, shape)
  if (count.expected === undefined && !sink.writeAt) {
    throw new InputError(
      `${sink.name}: NPY begins with the number of rows, which is not known yet; write csv or jsonl, or into a file`,
    )
  }
  // room for the largest number of rows that is exact
  const header = npyHeader(
    dtype,
    shape.map((length) => length ?? Number.MAX_SAFE_INTEGER),
  )
  await sink.write(header)
  return {
    async write(values) {
      count.add(values.length)
      for (const piece of castPieces(values, dtype)) {
        await sink.write(new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength))
      }
    },
    async finish() {
      const final = count.finish()
      if (count.expected === undefined) await sink.writeAt?.(0, npyHeader(dtype, final, header.length))
      await sink.commit()
    },
    abort: () => sink.abort(),
  }
}
