/** Softmax by WebAssembly. */
import type { Elements } from '../../rows/open.ts'
import type { Rows } from '../../rows/rows.ts'
import { kernelsFor } from './choice.ts'
import { relaxed, strict } from './code/softmax.ts'
import * as strided from './code/strided.ts'
import { softmaxDoubles } from './double-rows.ts'
import { family } from './family.ts'
import type { Passage } from './passage.ts'
import { plainly, scaleOf, within } from './scaling.ts'
import { GROUPS, shortGroups } from './short.ts'
import { pass, passBlocks } from './staging.ts'

const SOFTMAX = /* @__PURE__ */ family({ strict, relaxed })

const STRIDED = /* @__PURE__ */ family(strided)

/** From this many neighbouring rows on a kernel for strided axes is faster than rearranging them. */
const LEAST_INNER = 4

/** Whether the rows were done where they lie, along an axis that is not the last. */
function stridedWasm(rows: Rows, output: Elements): boolean {
  const { inner, length, temperature, mask, reproducible } = rows
  if (inner < LEAST_INNER || temperature !== 1 || mask || reproducible || rows.count * length === 0) return false
  const kernels = kernelsFor(STRIDED, rows, output)
  if (!kernels) return false
  return passBlocks(rows, output, (x, y, outer) => kernels.softmaxStrided(x, y, outer, length, inner))
}

const ROWS: Passage = {
  kernel: ({ kernels, rows }, [x], y, _, count) => {
    const { length, temperature } = rows
    const groups = shortGroups(rows, count)
    const rest = count - 4 * groups
    if (groups > 0) kernels.softmaxShort(x, y, groups, length)
    if (rest === 0) return count
    const skip = 16 * groups * length
    kernels.softmax(x + skip, y + skip, rest, length, scaleOf(temperature), plainly(temperature))
    return count
  },
  share: ({ rows }, [x], y, _, count) => {
    const { length, temperature } = rows
    return {
      family: SOFTMAX,
      steps: [4 * length, 4 * length],
      counted: 2,
      writes: [1],
      ...(shortGroups(rows, count) > 0
        ? { name: 'softmaxShort', args: [x, y, count >> 2, length], ...GROUPS }
        : { name: 'softmax', args: [x, y, count, length, scaleOf(temperature), plainly(temperature)], each: 1 }),
    }
  },
  masked: [-Infinity],
  fill: 0,
}

/** Whether the rows were done. */
export function softmaxWasm(rows: Rows, output: Elements): boolean {
  if (!within(rows.temperature)) return false
  if (output instanceof Float64Array) return softmaxDoubles(rows, output)
  if (stridedWasm(rows, output)) return true
  const kernels = kernelsFor(SOFTMAX, rows, output)
  return kernels !== undefined && pass(kernels, rows, output, ROWS, undefined)
}
