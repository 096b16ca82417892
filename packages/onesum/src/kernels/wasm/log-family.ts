/** Log-softmax and log-sum-exp by WebAssembly. */
import type { Elements } from '../../rows/open.ts'
import type { Rows } from '../../rows/rows.ts'
import { kernelsFor } from './choice.ts'
import { relaxed, strict } from './code/log.ts'
import { logSoftmaxDoubles, logSumExpDoubles } from './double-rows.ts'
import { family } from './family.ts'
import type { Passage } from './passage.ts'
import { plainly, scaleOf, within } from './scaling.ts'
import { GROUPS, shortGroups } from './short.ts'
import { pass } from './staging.ts'

/** The family that leaves out the maximum and stores no exponentials. */
export const LOG = /* @__PURE__ */ family({ strict, relaxed })

const LOG_SOFTMAX: Passage = {
  kernel: ({ kernels, rows }, [x], y, _, count) => {
    const { length, temperature } = rows
    const groups = shortGroups(rows, count)
    const rest = count - 4 * groups
    if (groups > 0) kernels.logSoftmaxShort(x, y, groups, length)
    if (rest === 0) return count
    const skip = 16 * groups * length
    kernels.logSoftmax(x + skip, y + skip, rest, length, scaleOf(temperature), plainly(temperature))
    return count
  },
  share: ({ rows }, [x], y, _, count) => {
    const { length, temperature } = rows
    return {
      family: LOG,
      steps: [4 * length, 4 * length],
      counted: 2,
      writes: [1],
      ...(shortGroups(rows, count) > 0
        ? { name: 'logSoftmaxShort', args: [x, y, count >> 2, length], ...GROUPS }
        : { name: 'logSoftmax', args: [x, y, count, length, scaleOf(temperature), plainly(temperature)], each: 1 }),
    }
  },
  masked: [-Infinity],
  fill: -Infinity,
}

const LOG_SUM_EXP: Passage = {
  kernel: ({ kernels, rows }, [x], y, _, count) => {
    const { length } = rows
    const groups = shortGroups(rows, count)
    const rest = count - 4 * groups
    if (groups > 0) kernels.logSumExpShort(x, y, groups, length)
    if (rest > 0) kernels.logSumExp(x + 16 * groups * length, y + 16 * groups, rest, length)
    return count
  },
  share: ({ rows }, [x], y, _, count) => {
    const { length } = rows
    return {
      family: LOG,
      steps: [4 * length, 4],
      counted: 2,
      writes: [1],
      ...(shortGroups(rows, count) > 0
        ? { name: 'logSumExpShort', args: [x, y, count >> 2, length], ...GROUPS }
        : { name: 'logSumExp', args: [x, y, count, length], each: 1 }),
    }
  },
  masked: [-Infinity],
  fill: 0,
  reduces: true,
}

/** Whether the rows were done. */
export function logSoftmaxWasm(rows: Rows, output: Elements): boolean {
  if (!within(rows.temperature)) return false
  if (output instanceof Float64Array) return logSoftmaxDoubles(rows, output)
  const kernels = kernelsFor(LOG, rows, output)
  return kernels !== undefined && pass(kernels, rows, output, LOG_SOFTMAX, undefined)
}

/** Whether the rows were done. */
export function logSumExpWasm(rows: Rows, output: Elements): boolean {
  if (output instanceof Float64Array) return logSumExpDoubles(rows, output)
  const kernels = kernelsFor(LOG, rows, output)
  return kernels !== undefined && pass(kernels, rows, output, LOG_SUM_EXP, undefined)
}
