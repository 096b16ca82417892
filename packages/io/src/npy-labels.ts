import { decodeFloat16 } from 'onesum'
import { ByteCursor } from './cursor.ts'
import { InputError } from './errors.ts'
import { LabelDecoder } from './labels.ts'
import { describe, type NpyHeader, readNpyHeader } from './npy-header.ts'
import type { Source } from './source.ts'
import type { LabelsReader } from './types.ts'

/** Opens NPY labels: integers, bool, or floats that are whole, of shape (rows,) or (rows, 1). */
export async function openNpyLabels(source: Source): Promise<LabelsReader> {
  const { name } = source
  const cursor = new ByteCursor(source)
  const header = await readNpyHeader(cursor, name, source.size)
  const { shape, size } = header
  if (!(shape.length === 1 || (shape.length === 2 && shape[1] === 1))) {
    throw new InputError(
      `${name}: expected one label per row, shape (rows,), got ${describe(header)}; one-hot labels: a.argmax(-1)`,
    )
  }
  const rows = header.count
  const decoder = new LabelDecoder(name, 'row', undefined)
  const element = elementReader(header)
  let row = 0
  return {
    rows,
    learned: () => undefined,
    async next(count) {
      const length = Math.max(0, Math.min(count, rows - row))
      const bytes = new Uint8Array(length * size)
      const got = await cursor.fill(bytes)
      if (got < bytes.length) {
        throw new InputError(
          `${name}: the header promises ${rows} labels, but only ${row + Math.floor(got / size)} came`,
        )
      }
      const view = new DataView(bytes.buffer)
      const labels = new Int32Array(length)
      for (let i = 0; i < length; i++) labels[i] = decoder.decode(element(view, i * size), row + i)
      row += length
      return labels
    },
    close: () => cursor.close(),
  }
}

function elementReader({ kind, size, bigEndian }: NpyHeader): (view: DataView, at: number) => number | bigint {
  const little = !bigEndian
  if (kind === 'f') {
    if (size === 2) return (view, at) => decodeFloat16(Uint16Array.of(view.getUint16(at, little)))[0] as number
    return size === 4 ? (view, at) => view.getFloat32(at, little) : (view, at) => view.getFloat64(at, little)
  }
  if (kind === 'i') {
    if (size === 1) return (view, at) => view.getInt8(at)
    if (size === 2) return (view, at) => view.getInt16(at, little)
    return size === 4 ? (view, at) => view.getInt32(at, little) : (view, at) => view.getBigInt64(at, little)
  }
  if (size === 1) return (view, at) => view.getUint8(at)
  if (size === 2) return (view, at) => view.getUint16(at, little)
  return size === 4 ? (view, at) => view.getUint32(at, little) : (view, at) => view.getBigUint64(at, little)
}
