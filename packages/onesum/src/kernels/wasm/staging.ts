/**
 * Rows of any memory, stride, mask and precision, brought before kernels that want contiguous float32 rows.
 *
 * What lies in the kernels' memory as it should be is used in place. All else goes through fixed slots, some rows at a
 * time: copied in, worked on in place, copied out. A row longer than a slot gets room from the heap for the call.
 */
import type { Elements } from '../../rows/open.ts'
import type { Rows } from '../../rows/rows.ts'
import { engineFor, FULL, inMemory, notReproducible } from './choice.ts'
import { copyIn, copyOut } from './copying.ts'
import { type Engine, SLOT_FLOATS, STAGE } from './engine.ts'
import type { Exports } from './family.ts'
import { type Passage, type Passing, work } from './passage.ts'

/** Floats that are worked on at a time: two slots of them stay in a second-level cache. */
const CHUNK = 1 << 15

/** The largest block of rows along an inner axis that gets room in the heap. */
const LARGEST_BLOCK = 1 << 24

/** Slots for rows; one more takes what is to be rearranged. */
const SLOTS = 3

/** Stands for the address of what has to go through a slot. */
const NOWHERE = -1

/** Brings all rows before the kernel; without an output it has results of its own. Whether the rows were done. */
export function pass<Own>(
  kernels: Exports,
  rows: Rows,
  output: Elements | undefined,
  passage: Passage<Own>,
  own: Own,
): boolean {
  const running = engineFor(rows, output)
  const { length, count, inputs } = rows
  if (!running || length === 0 || count === 0) return false
  const call: Passing<Own> = { running, kernels, rows, own }
  const plain = rows.inner === 1 && !rows.mask
  const from = new Array<number>(inputs.length)
  let inPlace = true
  for (let k = 0; k < from.length; k++) {
    const input = inputs[k]
    from[k] = plain && inMemory(running, input) ? input.byteOffset : NOWHERE
    inPlace &&= from[k] !== NOWHERE
  }
  let to = output ? NOWHERE : 0
  if (output && (passage.reduces || plain) && inMemory(running, output)) to = output.byteOffset
  if (!inPlace || to === NOWHERE) return staged(call, output, passage, from, inPlace, to)
  work(call, passage, from, to, 0, count)
  return true
}

/** The same through slots, for those inputs and outputs that have no address of their own. */
function staged<Own>(
  call: Passing<Own>,
  output: Elements | undefined,
  passage: Passage<Own>,
  from: readonly number[],
  inPlace: boolean,
  to: number,
): boolean {
  const { running, rows } = call
  const { length, count, inner } = rows
  // blocks of all rows along the inner axis are rearranged by kernels, smaller parts entry by entry
  const whole = inner * length <= LARGEST_BLOCK ? inner : 1
  // where inputs stay where they are a slot takes one number for each row
  const width = passage.reduces && inPlace ? 1 : length
  const most = Math.min(count, whole * Math.max(1, Math.floor(CHUNK / (whole * width))))
  const slots = most * width <= SLOT_FLOATS ? FIXED : heapSlots(running, most * width)
  if (!slots) {
    if (rows.reproducible) throw notReproducible(rows, FULL)
    return false
  }
  // results may take the place of the first input's copy
  const slot = slots[from[0] === NOWHERE && !passage.reduces ? 0 : SLOTS - 1]
  const inputs = from.slice()
  try {
    for (let first = 0; first < count; first += most) {
      const taken = Math.min(most, count - first)
      for (let k = 0; k < from.length; k++) {
        if (from[k] !== NOWHERE) inputs[k] = from[k] + 4 * first * length
        else {
          inputs[k] = slots[k]
          copyIn(running, rows, k, passage.masked[k], slots[k], slots[SLOTS], first, taken)
        }
      }
      const into = to === NOWHERE ? slot : to + 4 * first * (passage.reduces ? 1 : length)
      work(call, passage, inputs, into, first, taken)
      if (output && to === NOWHERE) copyOut(running, rows, output, passage, into, slots[SLOTS], first, taken)
    }
  } finally {
    if (slots !== FIXED) running.heap.release(slots[0])
  }
  return true
}

/**
 * Brings whole blocks of a strided layout before a kernel that takes them as they lie: addresses of input and output, how
 * many outer blocks.
 */
export function passBlocks(
  rows: Rows,
  output: Elements,
  kernel: (x: number, y: number, outer: number) => void,
): boolean {
  const running = engineFor(rows, output)
  const [input] = rows.inputs
  if (!(running && input instanceof Float32Array && output instanceof Float32Array)) return false
  if (inMemory(running, input) && inMemory(running, output)) {
    kernel(input.byteOffset, output.byteOffset, rows.outer)
    return true
  }
  const block = rows.length * rows.inner
  const most = Math.min(rows.outer, Math.max(1, Math.floor(CHUNK / block)))
  const slots = most * block <= SLOT_FLOATS ? FIXED : heapSlots(running, most * block)
  if (!slots) return false
  const { floats } = running
  const [slot] = slots
  for (let first = 0; first < rows.outer; first += most) {
    const taken = Math.min(most, rows.outer - first)
    const [start, size] = [first * block, taken * block]
    floats.set(input.subarray(start, start + size), slot / 4)
    kernel(slot, slot, taken)
    output.set(floats.subarray(slot / 4, slot / 4 + size), start)
  }
  if (slots !== FIXED) running.heap.release(slots[0])
  return true
}

/** Addresses of slots, each with room for so many floats. */
const slotsFrom = (start: number, floats: number): number[] =>
  Array.from({ length: SLOTS + 1 }, (_, k) => start + k * 4 * (floats + 16))

const FIXED = /* @__PURE__ */ slotsFrom(STAGE, SLOT_FLOATS)

/** A fixed slot that is free while a kernel runs, for what it must write and nobody reads. */
export const SPARE = STAGE + SLOTS * 4 * (SLOT_FLOATS + 16)

/** Slots in the heap, for a row that is longer than the fixed ones; undefined where memory is full. */
function heapSlots(running: Engine, floats: number): number[] | undefined {
  const start = running.heap.allocate((SLOTS + 1) * 4 * (floats + 16))
  return start === undefined ? undefined : slotsFrom(start, floats)
}
