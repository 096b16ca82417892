/** Sums of float32 columns by WebAssembly. */
import type { Elements } from '../../rows/open.ts'
import { engine } from './engines.ts'
import { instance } from './instances.ts'
import { eachStaged, TRAINING } from './stage.ts'

/** Whether the columns were added: x − origin of each to `sums`, its square to `squares`. */
export function tallyWasm(
  elements: Elements,
  columns: number,
  origin: Float64Array,
  sums: Float64Array,
  squares: Float64Array,
): boolean {
  const running = engine()
  const kernels = running && instance(TRAINING, running, running.variant)
  if (!kernels || !(elements instanceof Float32Array)) return false
  const { heap } = running
  // kernels work on four columns at a time
  const room = 8 * (Math.ceil(columns / 4) * 4)
  const at = heap.allocate(3 * room)
  if (at === undefined) return false
  const part = (k: number) => running.doubles.subarray((at + k * room) / 8, (at + k * room) / 8 + columns)
  const parts = [origin, sums, squares].map((from, k) => {
    const own = part(k)
    own.set(from)
    return own
  })
  const done = eachStaged(running, elements, columns, (x, rows) =>
    kernels.tally(x, rows, columns, at, at + room, at + 2 * room),
  )
  sums.set(parts[1])
  squares.set(parts[2])
  heap.release(at)
  return done
}
