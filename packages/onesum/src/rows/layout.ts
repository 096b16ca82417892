/** Shape and axis become rows: how many, how long, how far apart their entries. */
import { show, wrongKind, wrongValue } from '../check.ts'

/**
 * Rows in a row-major array: entry j of row (o, i) stands at (o · length + j) · inner + i.
 *
 * Several axes that are not neighbours cannot be reached with one stride; then `order` lists where each entry of the
 * gathered array (kept axes first, reduced axes last) comes from.
 */
export interface Layout {
  readonly shape: readonly number[]
  /** The reduced axes, ascending, all in 0 … rank − 1. */
  readonly axes: readonly number[]
  readonly outer: number
  readonly length: number
  readonly inner: number
  readonly order: Int32Array | undefined
}

/** Number of entries of a shape. */
export function sizeOf(shape: readonly number[]): number {
  let size = 1
  for (let d = 0; d < shape.length; d++) size *= shape[d]
  return size
}

/** Whether two shapes are the same, axes of length 1 included. */
export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((extent, d) => extent === b[d])
}

/** Checks that `value` is a shape: an array of whole numbers >= 0 whose product is a safe integer. */
export function readShape(where: string, name: string, value: unknown): readonly number[] {
  const expected = 'an array of whole numbers >= 0'
  if (!Array.isArray(value)) throw wrongKind(where, name, expected, show(value))
  let size = 1
  for (let d = 0; d < value.length; d++) {
    const extent = value[d]
    if (typeof extent !== 'number') throw wrongKind(where, name, expected, `an entry ${show(extent)}`)
    if (!(Number.isInteger(extent) && extent >= 0)) throw wrongValue(where, name, expected, `an entry ${show(extent)}`)
    size *= extent
  }
  if (!Number.isSafeInteger(size)) throw wrongValue(where, name, 'at most 2^53 entries', `[${value}]`)
  return value
}

/** The rows of a shape along one axis, or along several where `many` allows it. */
export function layoutOf(where: string, shape: readonly number[], axis: unknown, many: boolean): Layout {
  const rank = shape.length
  if (rank > 0 && (axis === undefined || axis === -1 || axis === rank - 1)) {
    const last = rank - 1
    const length = shape[last]
    let outer = 1
    for (let d = 0; d < last; d++) outer *= shape[d]
    return { shape, axes: [last], outer, length, inner: 1, order: undefined }
  }
  const axes = readAxes(where, shape, axis === undefined ? -1 : axis, many)
  if (axes.length === 0 && Array.isArray(axis)) {
    return { shape, axes, outer: sizeOf(shape), length: 1, inner: 1, order: undefined }
  }
  const first = axes[0] ?? 0
  const last = axes[axes.length - 1] ?? -1
  let outer = 1
  let length = 1
  let inner = 1
  let between = 1
  for (let d = 0; d < shape.length; d++) {
    if (d < first) outer *= shape[d]
    else if (d > last) inner *= shape[d]
    else if (axes.includes(d)) length *= shape[d]
    else between *= shape[d]
  }
  if (between === 1) return { shape, axes, outer, length, inner, order: undefined }
  return { shape, axes, outer: outer * between * inner, length, inner: 1, order: gather(shape, axes) }
}

/** The shape that is left when the axes are reduced; with `keepDims` they stay with length 1. */
export function keptShape(shape: readonly number[], axes: readonly number[], keepDims = false): number[] {
  const kept: number[] = []
  for (let d = 0; d < shape.length; d++) {
    if (!axes.includes(d)) kept.push(shape[d])
    else if (keepDims) kept.push(1)
  }
  return kept
}

function readAxes(where: string, shape: readonly number[], axis: unknown, many: boolean): number[] {
  const scalar = shape.length === 0
  if (!Array.isArray(axis)) {
    const only = readAxis(where, shape, axis, many)
    return scalar ? [] : [only]
  }
  if (!many && axis.length > 1) {
    throw wrongKind(where, 'axis', 'one axis', show(axis), 'transpose and reshape so that the classes form one axis')
  }
  const axes = axis.map((entry) => readAxis(where, shape, entry, many)).sort((a, b) => a - b)
  const twice = axes.find((a, i) => a === axes[i + 1])
  if (twice !== undefined) throw wrongValue(where, 'axis', 'each axis once', `axis ${twice} twice`)
  return scalar ? [] : axes
}

function readAxis(where: string, shape: readonly number[], axis: unknown, many: boolean): number {
  if (typeof axis !== 'number') {
    throw wrongKind(where, 'axis', many ? 'a whole number or a list of them' : 'a whole number', show(axis))
  }
  // a scalar is one row of one entry, along axis 0 or -1
  const extent = Math.max(shape.length, 1)
  if (!(Number.isInteger(axis) && axis >= -extent && axis < extent)) {
    throw wrongValue(where, 'axis', `a whole number from ${-extent} to ${extent - 1}`, show(axis))
  }
  return axis < 0 ? axis + extent : axis
}

/** Source positions of the entries when the kept axes come first and the reduced ones last. */
function gather(shape: readonly number[], axes: readonly number[]): Int32Array {
  const dims = [...shape.keys()]
  const permuted = [...dims.filter((d) => !axes.includes(d)), ...axes]
  const strides = dims.map((d) => sizeOf(shape.slice(d + 1)))
  const order = new Int32Array(sizeOf(shape))
  const index = permuted.map(() => 0)
  let from = 0
  for (let to = 0; to < order.length; to++) {
    order[to] = from
    for (let k = permuted.length - 1; k >= 0; k--) {
      const d = permuted[k]
      from += strides[d]
      if (++index[k] < shape[d]) break
      from -= strides[d] * shape[d]
      index[k] = 0
    }
  }
  return order
}
