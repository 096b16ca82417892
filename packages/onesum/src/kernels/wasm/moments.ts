/** Moments of rows under their softmax by WebAssembly: float64 arithmetic on float32 and float16 rows. */
import type { Rows } from '../../rows/rows.ts'
import { MOMENTS } from '../js/moments.ts'
import { relaxed, strict } from './code/moments.ts'
import { engine, family, STAGE, TABLES } from './engine.ts'
import { within } from './scaling.ts'
import { kernelsFor, never, pass } from './staging.ts'

const MOMENTS_FAMILY = /* @__PURE__ */ family({ strict, relaxed })

/** Bytes of a row's moments, and the rows whose moments find room in the tables at a time. */
const BYTES = 8 * MOMENTS
const MOST = (STAGE - TABLES) / BYTES

/** Whether the rows were done. */
export function momentsWasm(rows: Rows, output: Float64Array): boolean {
  if (!within(rows.temperature)) return false
  const kernels = kernelsFor(MOMENTS_FAMILY, rows, undefined)
  const running = engine()
  if (!(kernels && running)) return false
  const { length, temperature } = rows
  return pass(rows, undefined, {
    kernel: ([x], _, first, count) => {
      for (let done = 0; done < count; done += MOST) {
        const taken = Math.min(MOST, count - done)
        kernels.moments(x + 4 * done * length, taken, length, Math.LOG2E / temperature, TABLES)
        const table = running.doubles.subarray(TABLES / 8, TABLES / 8 + MOMENTS * taken)
        output.set(table, MOMENTS * (first + done))
      }
      return count
    },
    js: never,
    masked: [-Infinity],
    fill: 0,
  })
}
