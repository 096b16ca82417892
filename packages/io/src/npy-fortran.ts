import { toNativeOrder } from './endian.ts'
import type { Elements } from './npy-elements.ts'
import type { NpyHeader } from './npy-header.ts'

// reading over a gap is cheaper than another read up to about this many bytes
const GAP = 32 * 2 ** 10
const SPAN = 4 * 2 ** 20

type Read = (offset: number, into: Uint8Array<ArrayBuffer>) => Promise<void>

/**
 * Gathers `rows` entries of the first axis of a Fortran-ordered file into `out`, in C order.
 *
 * In the file the first axis runs fastest: for each combination of the other indices, a column, the rows wanted are one
 * run. Columns are read several at a time while the gap between runs is small, else run by run; memory stays below
 * `out` plus the larger of 4 MiB and one run.
 */
export async function gatherFortran<E extends Elements>(
  header: NpyHeader,
  read: Read,
  first: number,
  rows: number,
  out: E,
): Promise<void> {
  const { shape, size, dataOffset } = header
  const length = shape[0] as number
  const columns = length === 0 ? 0 : header.count / length
  const together = (length - rows) * size <= GAP ? Math.max(1, Math.floor(SPAN / (length * size))) : 1
  const buffer = new ArrayBuffer(((Math.min(together, columns) - 1) * length + rows) * size)
  const elements = new (out.constructor as new (buffer: ArrayBuffer) => E)(buffer)
  const place = columnOrder(shape)

  for (let column = 0; column < columns; column += together) {
    const taken = Math.min(together, columns - column)
    const bytes = new Uint8Array(buffer, 0, ((taken - 1) * length + rows) * size)
    await read(dataOffset + (column * length + first) * size, bytes)
    toNativeOrder(bytes, size, header.bigEndian)
    for (let i = 0; i < taken; i++) {
      const target = place()
      for (let row = 0; row < rows; row++) out[row * columns + target] = elements[i * length + row] as E[number]
    }
  }
}

/** Successive columns in the file's order, each answered with its index in C order. */
function columnOrder(shape: readonly number[]): () => number {
  const lengths = shape.slice(1)
  const strides = lengths.map((_, axis) => lengths.slice(axis + 1).reduce((product, length) => product * length, 1))
  const index = lengths.map(() => 0)
  let position = 0
  return () => {
    const current = position
    for (let axis = 0; axis < lengths.length; axis++) {
      index[axis] = (index[axis] as number) + 1
      position += strides[axis] as number
      if ((index[axis] as number) < (lengths[axis] as number)) break
      position -= (lengths[axis] as number) * (strides[axis] as number)
      index[axis] = 0
    }
    return current
  }
}
