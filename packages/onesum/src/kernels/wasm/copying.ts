/** Rows in and out of the slots, from any precision, stride and mask. */
import { fromHalf, toHalf } from '../../rows/float16.ts'
import type { Elements } from '../../rows/open.ts'
import type { Rows } from '../../rows/rows.ts'
import * as halves from './code/float16.ts'
import * as strides from './code/transpose.ts'
import type { Engine } from './engine.ts'
import { type Exports, family } from './family.ts'
import { instance } from './instances.ts'

const STRIDES = /* @__PURE__ */ family(strides)
const HALVES = /* @__PURE__ */ family(halves)

/** Copies rows [first, first + count) of input k to contiguous float32 at `slot`; what is left out becomes `masked`. */
export function copyIn(
  running: Engine,
  rows: Rows,
  k: number,
  masked: number,
  slot: number,
  spare: number,
  first: number,
  count: number,
): void {
  const { floats } = running
  const { length, inner, mask } = rows
  const input = rows.inputs[k]
  const [start, size] = [first * length, count * length]
  if (input instanceof Float32Array && (inner === 1 || !mask)) {
    const part = size === input.length ? input : input.subarray(start, start + size)
    if (inner === 1) {
      floats.set(part, slot / 4)
      if (mask) leaveOut(floats, slot / 4, mask, start, size, masked)
      return
    }
    const kernels = arranged(running, rows, first, count)
    if (kernels) {
      const near = part.buffer === running.buffer
      if (!near) floats.set(part, spare / 4)
      kernels.gather(near ? part.byteOffset : spare, slot, length, inner, 0, count)
      return
    }
  }
  const half = input instanceof Uint16Array
  const kernels = half && !mask && inner === 1 && instance(HALVES, running, 'strict')
  if (kernels) {
    new Uint16Array(running.buffer, spare, size).set((input as Uint16Array).subarray(start, start + size))
    kernels.halvesToFloats(spare, slot, size)
    return
  }
  for (let r = 0; r < count; r++) {
    let from = startOf(rows, first + r)
    const to = slot / 4 + r * length
    for (let j = 0; j < length; j++, from += inner) {
      const value = half ? fromHalf(input[from]) : input[from]
      floats[to + j] = mask && mask[from] === 0 ? masked : value
    }
  }
}

/** Puts `value` wherever the mask leaves an entry out, in `size` entries from `to`; the mask's begin at `start`. */
function leaveOut(
  numbers: Float32Array,
  to: number,
  mask: Uint8Array,
  start: number,
  size: number,
  value: number,
): void {
  for (let i = 0; i < size; i++) if (mask[start + i] === 0) numbers[to + i] = value
}

/** Copies results from `slot` to where they belong, in the output's precision; what is left out becomes `fill`. */
export function copyOut(
  running: Engine,
  rows: Rows,
  output: Elements,
  { fill, reduces }: { readonly fill: number; readonly reduces?: boolean },
  slot: number,
  spare: number,
  first: number,
  count: number,
): void {
  const { floats } = running
  const { length, inner, mask } = rows
  const half = output instanceof Uint16Array
  const at = slot / 4
  if (reduces) {
    if (output instanceof Float32Array) output.set(floats.subarray(at, at + count), first)
    else for (let r = 0; r < count; r++) output[first + r] = half ? toHalf(floats[at + r]) : floats[at + r]
    return
  }
  const [start, size] = [first * length, count * length]
  if (output instanceof Float32Array && (inner === 1 || !mask)) {
    if (inner === 1) {
      output.set(floats.subarray(at, at + size), start)
      if (mask) leaveOut(output, start, mask, start, size, fill)
      return
    }
    const kernels = arranged(running, rows, first, count)
    if (kernels) {
      kernels.scatter(slot, spare, length, inner, 0, count)
      output.set(floats.subarray(spare / 4, spare / 4 + size), start)
      return
    }
  }
  const kernels = half && !mask && inner === 1 && instance(HALVES, running, 'strict')
  if (kernels) {
    kernels.floatsToHalves(slot, spare, size)
    ;(output as Uint16Array).set(new Uint16Array(running.buffer, spare, size), start)
    return
  }
  for (let r = 0; r < count; r++) {
    let to = startOf(rows, first + r)
    const from = at + r * length
    for (let j = 0; j < length; j++, to += inner) {
      const value = mask && mask[to] === 0 ? fill : floats[from + j]
      output[to] = half ? toHalf(value) : value
    }
  }
}

/** The kernels that rearrange, for whole blocks along the inner axis. */
function arranged(running: Engine, { inner }: Rows, first: number, count: number): Exports | undefined {
  return first % inner === 0 && count % inner === 0 ? instance(STRIDES, running, 'strict') : undefined
}

/** Index of the first entry of a row. */
export function startOf({ length, inner }: Rows, row: number): number {
  return inner === 1 ? row * length : Math.floor(row / inner) * length * inner + (row % inner)
}
