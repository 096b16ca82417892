/** Rows of float32 features brought before the kernels of training, some at a time. */
import { relaxed, strict } from './code/training.ts'
import type { Engine } from './engine.ts'
import { family } from './family.ts'

export const TRAINING = /* @__PURE__ */ family({ strict, relaxed })

/** Bytes that are staged at a time, unless eight rows take more. */
const STAGED = 1 << 16

/** Calls `work` with the address and the number of staged rows, a multiple of 8 but at the end; false without room. */
export function eachStaged(
  running: Engine,
  elements: Float32Array,
  columns: number,
  work: (address: number, rows: number, first: number) => void,
): boolean {
  const most = Math.max(8, 8 * Math.floor(STAGED / (32 * columns)))
  const count = elements.length / columns
  // room for the group of eight that the last rows begin, and for a vector beyond it
  const stage = running.heap.allocate(4 * columns * (Math.min(most, count) + 8))
  if (stage === undefined) return false
  for (let first = 0; first < count; first += most) {
    const rows = Math.min(most, count - first)
    running.floats.set(elements.subarray(first * columns, (first + rows) * columns), stage / 4)
    work(stage, rows, first)
  }
  running.heap.release(stage)
  return true
}
