/**
 * Rows of any memory, stride, mask and precision, brought before kernels that want contiguous float32 rows.
 *
 * What lies in the kernels' memory as it should be is used in place. All else goes through fixed slots, some rows at a
 * time: copied in, worked on in place, copied out. A row longer than a slot gets room from the heap for the call.
 */
import { wrongKind } from '../../check.ts'
import type { Elements } from '../../rows/open.ts'
import type { Rows } from '../../rows/rows.ts'
import { copyIn, copyOut } from './copying.ts'
import {
  currentRuntime,
  type Engine,
  type Exports,
  engine,
  type Family,
  instance,
  SLOT_FLOATS,
  STAGE,
  sharedEngine,
} from './engine.ts'
import type { Pool, Share } from './pool.ts'

/** Floats that are worked on at a time: two slots of them stay in a second-level cache. */
const CHUNK = 1 << 15

/** The largest block of rows along an inner axis that gets room in the heap. */
const LARGEST_BLOCK = 1 << 24

/** Slots for rows; one more takes what is to be rearranged. */
const SLOTS = 3

/** One call on its way through the kernels. */
export interface Passing<Own = undefined> {
  readonly running: Engine
  readonly kernels: Exports
  readonly rows: Rows
  /** What the operation itself brings along. */
  readonly own: Own
}

/** How a kernel is called: with addresses of the inputs' and the output's rows, the first row, how many. */
export type Contiguous<Own> = (
  call: Passing<Own>,
  inputs: readonly number[],
  output: number,
  first: number,
  count: number,
) => number

/** One operation's way through the kernels, the same at every call. */
export interface Passage<Own = undefined> {
  /** Does `count` rows, and returns how many it has done: fewer where one needs the JS path. */
  readonly kernel: Contiguous<Own>
  /** The JS path for a row that the kernel leaves: one contiguous float32 row, and its number among all. */
  readonly js?: (rows: Rows, output: Float32Array, own: Own, row: number) => void
  /** The same kernel for threads, asked for where there are any. */
  readonly share?: (...call: Parameters<Contiguous<Own>>) => Share
  /** What each input holds at entries left out. */
  readonly masked: readonly number[]
  /** What comes out there. */
  readonly fill: number
  /** The output holds one number per row. */
  readonly reduces?: boolean
}

/** What these kernels take: float32, or float16 bits. */
type Small = Float32Array | Uint16Array

/** The kernels of a family for these rows; undefined where they are not for them. */
export function kernelsFor(family: Family, rows: Rows, output: Elements | undefined): Exports | undefined {
  const { inputs, reproducible } = rows
  const size = rows.count * rows.length
  if (size < LEAST_NEAR && !reproducible) return undefined
  if (output && !isSmall(output)) return undefined
  const running = engineFor(rows, output)
  let near = !output || inMemory(running, output)
  for (const input of inputs) {
    if (!isSmall(input)) return undefined
    near &&= inMemory(running, input)
  }
  if (!running) return undefined
  if (reproducible) {
    const kernels = instance(family, running, 'strict')
    if (!kernels) throw notReproducible(rows, 'kernels that still compile (await ready() first)')
    return kernels
  }
  if (size < LEAST && !near) return undefined
  return instance(family, running, running.variant)
}

/** Float32 and float16 have one reproducible path, strict SIMD: without it there is none. */
export function checkReproducible(rows: Rows): void {
  if (isSmall(rows.inputs[0]) && !engine()) throw notReproducible(rows, `none (${currentRuntime().reason})`)
}

/** Why there may be no reproducible answer although there are kernels. */
export const FULL = 'no room in its memory (release arrays no longer needed)'

export function notReproducible({ where }: Rows, got: string): TypeError {
  return wrongKind(where, 'reproducible', 'WebAssembly SIMD for float32 and float16', got, 'use float64')
}

function isSmall(array: Elements): array is Small {
  return array instanceof Float32Array || array instanceof Uint16Array
}

/** Fewer entries than this are done sooner by the JS path than they are copied, or than a kernel is called at all. */
const LEAST = 40
const LEAST_NEAR = 24

function inMemory(running: Engine | undefined, array: Elements): array is Float32Array {
  return array instanceof Float32Array && array.buffer === running?.buffer
}

/**
 * The engine for these arrays: the threads' for what lies in their memory, else this thread's own. Engines copy into and
 * out of shared memory at a fourth of their speed, which costs more than a second thread would gain.
 */
export function engineFor({ inputs }: Rows, output: Elements | undefined): Engine | undefined {
  const shared = sharedEngine()
  if (!shared) return engine()
  const near = (output && inMemory(shared, output)) || inputs.some((input) => inMemory(shared, input))
  return near ? shared : engine()
}

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

/** Does rows whose inputs and output lie at these addresses, with all threads where there are several. */
function work<Own>(
  call: Passing<Own>,
  passage: Passage<Own>,
  from: readonly number[],
  to: number,
  first: number,
  count: number,
): void {
  const { pool } = call.running
  if (pool?.size && passage.share && shared(pool, passage.share, call, passage, from, to, first, count)) return
  alone(call, passage, from, to, first, count, passage.kernel(call, from, to, first, count))
  pool?.done()
}

/** Whether the pool has done all rows. */
function shared<Own>(
  pool: Pool,
  share: NonNullable<Passage<Own>['share']>,
  call: Passing<Own>,
  passage: Passage<Own>,
  from: readonly number[],
  to: number,
  first: number,
  count: number,
): boolean {
  const { running, rows } = call
  const { length, reproducible } = rows
  return pool.run({
    share: share(call, from, to, first, count),
    variant: reproducible ? 'strict' : running.variant,
    units: count,
    entries: length,
    here: (start, end, before) => {
      const ahead = from.map((address) => address + 4 * start * length)
      const into = to + 4 * start * (passage.reduces ? 1 : length)
      const [at, left] = [first + start, end - start]
      alone(call, passage, ahead, into, at, left, before ?? passage.kernel(call, ahead, into, at, left))
    },
  })
}

/** From row `done` on: that one by the JS path, the next ones by the kernel, until all are done. */
function alone<Own>(
  call: Passing<Own>,
  { kernel, js, reduces }: Passage<Own>,
  from: readonly number[],
  to: number,
  first: number,
  count: number,
  before: number,
): void {
  const { rows, running, own } = call
  const { length } = rows
  const width = reduces ? 1 : length
  let done = before
  while (done < count) {
    const row = (address: number, size: number) =>
      running.floats.subarray(address / 4 + done * size, address / 4 + (done + 1) * size)
    const inputs = from.map((address) => row(address, length))
    js?.({ ...rows, inputs, outer: 1, inner: 1, count: 1, mask: undefined }, row(to, width), own, first + done)
    done++
    const ahead = from.map((address) => address + 4 * done * length)
    if (done < count) done += kernel(call, ahead, to + 4 * done * width, first + done, count - done)
  }
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
