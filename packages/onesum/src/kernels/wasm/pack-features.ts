/** Features brought into groups of eight rows (kernels/panels.ts), as float32. */
import { readRow } from '../js/linear.ts'
import { type Features, strideOf } from '../linear.ts'
import type { Engine } from './engine.ts'
import type { Exports } from './family.ts'
import { eachStaged } from './stage.ts'

/** Rows of a group, and bytes of one of its columns. */
export const GROUP = 8
export const COLUMN = 4 * GROUP

/** Writes the groups at address `x`; false where what is needed on the way has no room. */
export function packFeatures(running: Engine, kernels: Exports, features: Features, x: number): boolean {
  const { floats } = running
  const { elements, rows, taken } = features
  const stride = strideOf(taken.length)
  const start = x / 4
  const whole = GROUP * Math.ceil(rows / GROUP)
  if (elements instanceof Float32Array) {
    if (!packFloats(running, kernels, elements, features, x)) return false
  } else {
    floats.fill(0, start, start + stride * whole)
    for (let r = 0; r < rows; r++) {
      readRow(features, r, floats, start + (r - (r % GROUP)) * stride + (r % GROUP), GROUP)
    }
  }
  // rows that are not there weigh nothing, in XᵀX, too
  for (let r = rows; r < whole; r++) {
    const at = start + (r - (r % GROUP)) * stride + (r % GROUP)
    for (let j = 0; j < stride; j++) floats[at + GROUP * j] = 0
  }
  return true
}

/** Writes groups of some of the rows, in float32 before they are scaled, too. */
export function packPicked(
  running: Engine,
  kernels: Exports,
  features: Features,
  picked: readonly number[],
  x: number,
): boolean {
  const { elements, columns } = features
  const kind = elements instanceof Uint16Array ? Uint16Array : Float32Array
  const some = new kind(picked.length * columns)
  for (let i = 0; i < picked.length; i++) {
    const from = picked[i] * columns
    const to = i * columns
    for (let j = 0; j < columns; j++) some[to + j] = elements[from + j]
  }
  return packFeatures(running, kernels, { ...features, elements: some, rows: picked.length }, x)
}

function packFloats(
  running: Engine,
  kernels: Exports,
  elements: Float32Array,
  { columns, taken, centre, factor }: Features,
  x: number,
): boolean {
  const { heap, ints, floats } = running
  const count = taken.length
  // where each column taken stands in a row, then its centre, then its factor
  const places = heap.allocate(12 * count)
  if (places === undefined) return false
  const last = places + 4 * count
  taken.forEach((j, i) => {
    const at = places / 4 + i
    ints[at] = 4 * j
    floats[at + count] = centre[j]
    floats[at + 2 * count] = factor[j]
  })
  const bytes = COLUMN * strideOf(count)
  const done = eachStaged(running, elements, columns, (address, rows, first) => {
    const to = x + (bytes * first) / GROUP
    const groups = Math.ceil(rows / GROUP)
    kernels.packRows(address, to, groups, 4 * columns, bytes, places, last, last, last + 4 * count)
  })
  heap.release(places)
  return done
}
