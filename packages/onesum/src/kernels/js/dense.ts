/**
 * The frame of the JS path: each row's kept entries, dense and in float64, whatever the precision, stride and mask.
 *
 * Row kernels on top of it are plain loops over Float64Array; since left-out entries never reach them, nothing of a
 * masked value can.
 */
import { fromHalf, toHalf } from '../../rows/float16.ts'
import type { Elements } from '../../rows/open.ts'
import type { Rows } from '../../rows/rows.ts'

/** Buffers up to this length are kept between calls. */
const KEPT = 1 << 16

const kept: Float64Array[] = []

/** The number of the buffer that holds one loss per row until a call is over: what does a row takes others. */
export const LOSSES = 11

/** A buffer for a row, by number; its content is arbitrary. */
export function buffer(index: number, length: number): Float64Array {
  const held = kept[index]
  if (held !== undefined && held.length >= length) return held
  const fresh = new Float64Array(Math.max(64, length <= KEPT ? 2 ** Math.ceil(Math.log2(length || 1)) : length))
  if (fresh.length <= KEPT) kept[index] = fresh
  return fresh
}

/** One row in hand: the kept entries of each input, and where they stand. */
export interface DenseRow {
  /** Position of the row in the order o · inner + i. */
  row: number
  /** Index of the row's first entry. */
  start: number
  /** Number of kept entries. */
  size: number
  /** The inputs' kept entries; row kernels may overwrite them. */
  readonly values: Float64Array[]
}

/** Visits every row, in order. */
export function eachRow(rows: Rows, visit: (row: DenseRow) => void): void {
  const dense = denseRow(rows)
  for (let row = 0; row < rows.count; row++) {
    loadRow(rows, row, dense)
    visit(dense)
  }
}

/** A row with room for each input, before the first. */
export function denseRow({ inputs, length }: Rows): DenseRow {
  const values = new Array<Float64Array>(inputs.length)
  for (let k = 0; k < values.length; k++) values[k] = buffer(k, length)
  return { row: 0, start: 0, size: 0, values }
}

/** Brings a row in hand. */
export function loadRow({ inputs, length, inner, mask }: Rows, row: number, dense: DenseRow): void {
  const i = inner === 1 ? 0 : row % inner
  const start = (row - i) * length + i
  dense.row = row
  dense.start = start
  for (let k = 0; k < inputs.length; k++) dense.size = load(inputs[k], start, inner, length, mask, dense.values[k])
}

/** Writes a row's kept entries back; those left out become `fill`. */
export function store(rows: Rows, output: Elements, start: number, values: Float64Array, fill: number): void {
  const { length, inner, mask } = rows
  const half = output instanceof Uint16Array
  let at = start
  // a loop of its own for the kind that comes most: one that meets all kinds is slow for each
  if (!mask && output instanceof Float32Array) {
    for (let j = 0; j < length; j++, at += inner) output[at] = values[j]
    return
  }
  if (!(mask || half)) {
    for (let j = 0; j < length; j++, at += inner) output[at] = values[j]
    return
  }
  let k = 0
  for (let j = 0; j < length; j++, at += inner) {
    const value = mask && mask[at] === 0 ? fill : values[k++]
    output[at] = half ? toHalf(value) : value
  }
}

/** Writes one number per row. */
export function storeScalar(output: Elements, row: number, value: number): void {
  output[row] = output instanceof Uint16Array ? toHalf(value) : value
}

/** Writes numbers in a row, rounded to the output's precision. */
export function storeAll(output: Elements, values: Float64Array, count: number): void {
  for (let i = 0; i < count; i++) storeScalar(output, i, values[i])
}

/** The position along the axis of the row's kept entry number `k`. */
export function position(rows: Rows, start: number, k: number): number {
  const { length, inner, mask } = rows
  if (!mask) return k
  let left = k
  for (let j = 0; j < length; j++) if (mask[start + j * inner] !== 0 && left-- === 0) return j
  return -1
}

/** Copies a row's kept entries to the front of `to`, and counts them. */
function load(
  source: Elements,
  start: number,
  stride: number,
  length: number,
  mask: Uint8Array | undefined,
  to: Float64Array,
): number {
  const half = source instanceof Uint16Array
  let at = start
  // as in `store`
  if (!mask && source instanceof Float32Array) {
    for (let j = 0; j < length; j++, at += stride) to[j] = source[at]
    return length
  }
  if (!(mask || half)) {
    for (let j = 0; j < length; j++, at += stride) to[j] = source[at]
    return length
  }
  let k = 0
  for (let j = 0; j < length; j++, at += stride) {
    if (mask && mask[at] === 0) continue
    const value = source[at]
    to[k++] = half ? fromHalf(value) : value
  }
  return k
}

/** What a mapping does with one row: it leaves its result in `values[0]`. */
export type MapRow = (values: Float64Array[], size: number, temperature: number, perRow: number) => void

/** A mapping, row by row; entries left out come out as `fill`. */
export function mapEach(map: MapRow, fill = 0): (rows: Rows, output: Elements) => void {
  return (rows, output) => {
    const { count, temperature, perRow } = rows
    const dense = denseRow(rows)
    for (let row = 0; row < count; row++) {
      loadRow(rows, row, dense)
      map(dense.values, dense.size, temperature, perRow ? perRow[row] : 0)
      store(rows, output, dense.start, dense.values[0], fill)
    }
  }
}

/** A reduction, row by row. */
export function reduceEach(
  reduce: (values: Float64Array[], size: number) => number,
): (rows: Rows, output: Elements) => void {
  return (rows, output) => eachRow(rows, ({ row, size, values }) => storeScalar(output, row, reduce(values, size)))
}
