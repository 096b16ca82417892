/** Rows of logits in contiguous blocks, so that a pass over any layout needs no copy of the data. */
import { denseRow, loadRow } from '../kernels/js/dense.ts'
import type { From } from '../metrics/settings.ts'
import type { Rows } from '../rows/rows.ts'
import { toLogits } from './labelled.ts'

/** Entries of a block. */
const BLOCK = 1 << 17

/** Visits blocks of rows, as logits; `first` is the number of the block's first row. */
export function eachBlock(rows: Rows, from: From, visit: (block: Rows, first: number) => void): void {
  const { count, length, inner } = rows
  const [input] = rows.inputs
  const most = Math.min(count, Math.max(1, Math.floor(BLOCK / length)))
  const inPlace = from === 'logits' && inner === 1 && !Array.isArray(input)
  const small = input instanceof Float32Array || input instanceof Uint16Array
  const room = inPlace ? undefined : new (small && from === 'logits' ? Float32Array : Float64Array)(most * length)
  const dense = denseRow(rows)
  for (let first = 0; first < count; first += most) {
    const taken = Math.min(most, count - first)
    for (let i = 0; room && i < taken; i++) {
      loadRow(rows, first + i, dense)
      toLogits(dense.values[0], length, from)
      room.set(dense.values[0].subarray(0, length), i * length)
    }
    const part = inPlace ? input.subarray(first * length, (first + taken) * length) : room?.subarray(0, taken * length)
    if (part) visit({ ...rows, inputs: [part], count: taken, outer: taken, inner: 1 }, first)
  }
}
