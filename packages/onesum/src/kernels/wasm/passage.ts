/** A kernel called for contiguous float32 rows: by this thread or by all, and the JS path for rows that it leaves. */
import type { Rows } from '../../rows/rows.ts'
import type { Engine } from './engine.ts'
import type { Exports } from './family.ts'
import type { Pool, Share } from './pool.ts'

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

/** Does rows whose inputs and output lie at these addresses, with all threads where there are several. */
export function work<Own>(
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

/** From row `before` on: that one by the JS path, the next ones by the kernel, until all are done. */
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
