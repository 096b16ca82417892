/** Some of the rows, copied together: in float32 what was float32 or float16, else in float64. */
import { denseRow, loadRow } from '../kernels/js/dense.ts'
import type { Rows } from '../rows/rows.ts'
import { type LabelledRows, originOf } from './labelled.ts'

/** Rows that were copied together. */
export interface Taken extends Rows {
  readonly inputs: readonly [Float32Array | Float64Array]
}

/** The rows of the given numbers, contiguous; all in float64 where `double` says so. */
export function takeRows(rows: Rows, indices: ArrayLike<number>, double = false): Taken {
  const { length, inner, inputs } = rows
  const [input] = inputs
  const small = input instanceof Float32Array || input instanceof Uint16Array
  const taken = new (small && !double ? Float32Array : Float64Array)(indices.length * length)
  const dense = denseRow(rows)
  for (let i = 0; i < indices.length; i++) {
    const row = indices[i]
    if (inner === 1 && input instanceof Float32Array) {
      taken.set(input.subarray(row * length, (row + 1) * length), i * length)
      continue
    }
    loadRow(rows, row, dense)
    taken.set(dense.values[0].subarray(0, length), i * length)
  }
  const count = indices.length
  return { ...rows, inputs: [taken], count, outer: count, inner: 1 }
}

/** Labelled rows of the given numbers. */
export function takeLabelled(data: LabelledRows, indices: ArrayLike<number>): LabelledRows {
  const labels = Int32Array.from(indices, (row) => data.labels[row])
  const counts = new Int32Array(data.counts.length)
  for (const label of labels) counts[label]++
  const origin = Int32Array.from(indices, (row) => originOf(data, row))
  return { ...data, rows: takeRows(data.rows, indices), labels, counts, origin }
}
