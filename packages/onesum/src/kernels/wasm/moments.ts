/** Moments of rows under their softmax by WebAssembly: float64 arithmetic on float32 and float16 rows. */
import type { Rows } from '../../rows/rows.ts'
import { MOMENTS } from '../js/moments.ts'
import { kernelsFor } from './choice.ts'
import { relaxed, strict } from './code/moments.ts'
import { STAGE, TABLES } from './engine.ts'
import { family } from './family.ts'
import type { Passage } from './passage.ts'
import { within } from './scaling.ts'
import { pass } from './staging.ts'

const MOMENTS_FAMILY = /* @__PURE__ */ family({ strict, relaxed })

/** Bytes of a row's moments, and the rows whose moments find room in the tables at a time. */
const BYTES = 8 * MOMENTS
const MOST = (STAGE - TABLES) / BYTES

/** The rows' moments go to the array that is brought along. */
const ROWS: Passage<Float64Array> = {
  kernel: ({ running, kernels, rows, own }, [x], _, first, count) => {
    const { length, temperature } = rows
    for (let done = 0; done < count; done += MOST) {
      const taken = Math.min(MOST, count - done)
      kernels.moments(x + 4 * done * length, taken, length, Math.LOG2E / temperature, TABLES)
      const table = running.doubles.subarray(TABLES / 8, TABLES / 8 + MOMENTS * taken)
      own.set(table, MOMENTS * (first + done))
    }
    return count
  },
  masked: [-Infinity],
  fill: 0,
}

/** Whether the rows were done. */
export function momentsWasm(rows: Rows, output: Float64Array): boolean {
  if (!within(rows.temperature)) return false
  const kernels = kernelsFor(MOMENTS_FAMILY, rows, undefined)
  return kernels !== undefined && pass(kernels, rows, undefined, ROWS, output)
}
