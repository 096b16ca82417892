/**
 * Rows in float64, of any memory, stride and mask, brought before their kernels: in place where they lie in the kernels'
 * memory, else through slots, some rows at a time.
 */
import { fromHalf } from '../../rows/float16.ts'
import type { Elements } from '../../rows/open.ts'
import type { Rows } from '../../rows/rows.ts'
import { relaxed, strict } from './code/doubles.ts'
import { startOf } from './copying.ts'
import { type Engine, SLOT_FLOATS, STAGE, TABLES } from './engine.ts'
import { engine, sharedEngine } from './engines.ts'
import { type Exports, family } from './family.ts'
import { instance } from './instances.ts'

const DOUBLES = /* @__PURE__ */ family({ strict, relaxed })

/** Fewer entries than this are done sooner by the JS path than they are copied, or than a kernel is called at all. */
const LEAST = 64
const LEAST_NEAR = 40

/** Numbers that are worked on at a time: two slots of them stay in a second-level cache. */
const CHUNK = 1 << 14

/** Rows that are worked on at a time: the tables have room for two numbers of each. */
const ROWS = (STAGE - TABLES) / 16

/** How a row that a kernel leaves is done: rows of one contiguous row, and its number among all. */
export type OneRow = (rows: Rows, output: Float64Array, row: number) => void

/** One way through the kernels. */
export interface DoublePassage {
  /**
   * Does `count` rows from number `first` on, given addresses of inputs and output, and returns how many it has done: fewer
   * where one needs the JS path.
   */
  readonly kernel: (kernels: Exports, inputs: readonly number[], output: number, first: number, count: number) => number
  readonly js?: OneRow
  /** What each input holds at entries left out. */
  readonly masked: readonly number[]
  /** What comes out there. */
  readonly fill: number
}

/** The engine for these arrays: the threads' for what lies in their memory, else this thread's own. */
export function engineOf({ inputs }: Rows, output: Float64Array | undefined): Engine | undefined {
  const shared = sharedEngine()
  const near = shared && (lies(shared, output) || inputs.some((input) => lies(shared, input)))
  return near ? shared : engine()
}

function lies(running: Engine, array: Elements | undefined): array is Float64Array {
  return array instanceof Float64Array && array.buffer === running.buffer
}

/** Brings all rows before the kernel, which does without an output where it writes its results itself. Whether they were done. */
export function passDoubles(rows: Rows, output: Float64Array | undefined, passage: DoublePassage): boolean {
  const { length, count, inner, mask, inputs } = rows
  const size = count * length
  if (rows.reproducible || size < LEAST_NEAR) return false
  const running = engineOf(rows, output)
  if (!running) return false
  const plain = inner === 1 && !mask
  const own = (array: Elements) => (plain && lies(running, array) ? array.byteOffset : undefined)
  const from = inputs.map(own)
  const to = output ? own(output) : 0
  const staged = to === undefined || from.includes(undefined)
  if (staged && size < LEAST) return false
  const kernels = instance(DOUBLES, running, 'strict')
  if (!kernels) return false
  const most = Math.min(count, ROWS, staged ? Math.max(1, Math.floor(CHUNK / length)) : count)
  const room = 8 * (most * length + 8)
  const fixed = room <= 4 * SLOT_FLOATS
  const start = fixed || !staged ? STAGE : running.heap.allocate(inputs.length * room)
  if (start === undefined) return false
  const slots = inputs.map((_, k) => start + k * room)
  for (let first = 0; first < count; first += most) {
    const taken = Math.min(most, count - first)
    const addresses = from.map((address, k) => {
      if (address !== undefined) return address + 8 * first * length
      copyIn(running.doubles, rows, inputs[k], passage.masked[k], slots[k] / 8, first, taken)
      return slots[k]
    })
    // results may take the place of the first input's copy
    const into = to === undefined ? slots[0] : to + 8 * first * length
    work(running.doubles, kernels, rows, passage, addresses, into, first, taken)
    if (output && to === undefined) copyOut(running.doubles, rows, output, passage.fill, into / 8, first, taken)
  }
  if (!fixed && staged) running.heap.release(start)
  return true
}

/** Calls the kernel until all rows are done, those it leaves by the JS path. */
function work(
  doubles: Float64Array,
  kernels: Exports,
  rows: Rows,
  { kernel, js }: DoublePassage,
  from: readonly number[],
  to: number,
  first: number,
  count: number,
): void {
  const { length } = rows
  const ahead = (address: number, done: number) => address + 8 * done * length
  let done = 0
  while (done < count) {
    const at = done
    done += kernel(
      kernels,
      from.map((address) => ahead(address, at)),
      ahead(to, at),
      first + at,
      count - at,
    )
    if (done === count || !js) return
    const row = (address: number) => doubles.subarray(ahead(address, done) / 8, ahead(address, done + 1) / 8)
    js({ ...rows, inputs: from.map(row), outer: 1, inner: 1, count: 1, mask: undefined }, row(to), first + done)
    done++
  }
}

/** Copies rows [first, first + count) of an input to `at`, in a row; what is left out becomes `masked`. */
function copyIn(
  doubles: Float64Array,
  rows: Rows,
  input: Elements,
  masked: number,
  at: number,
  first: number,
  count: number,
): void {
  const { length, inner, mask } = rows
  if (input instanceof Float64Array && inner === 1 && !mask) {
    doubles.set(input.subarray(first * length, (first + count) * length), at)
    return
  }
  const half = input instanceof Uint16Array
  for (let r = 0; r < count; r++) {
    let from = startOf(rows, first + r)
    const to = at + r * length
    for (let j = 0; j < length; j++, from += inner) {
      const value = input[from]
      doubles[to + j] = mask && mask[from] === 0 ? masked : half ? fromHalf(value) : value
    }
  }
}

/** Copies results from `at` to where they belong; what is left out becomes `fill`. */
function copyOut(
  doubles: Float64Array,
  rows: Rows,
  output: Float64Array,
  fill: number,
  at: number,
  first: number,
  count: number,
): void {
  const { length, inner, mask } = rows
  if (inner === 1 && !mask) {
    output.set(doubles.subarray(at, at + count * length), first * length)
    return
  }
  for (let r = 0; r < count; r++) {
    let to = startOf(rows, first + r)
    const from = at + r * length
    for (let j = 0; j < length; j++, to += inner) output[to] = mask && mask[to] === 0 ? fill : doubles[from + j]
  }
}
