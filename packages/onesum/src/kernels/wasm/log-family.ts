/** Log-softmax and log-sum-exp by WebAssembly. */
import type { Elements } from '../../rows/open.ts'
import type { Rows } from '../../rows/rows.ts'
import { relaxed, strict } from './code/log.ts'
import { logSoftmaxDoubles, logSumExpDoubles } from './double-rows.ts'
import { family } from './engine.ts'
import { scaling, within } from './scaling.ts'
import { GROUPS, shortGroups } from './short.ts'
import { kernelsFor, never, pass } from './staging.ts'

/** The family that leaves out the maximum and stores no exponentials. */
export const LOG = /* @__PURE__ */ family({ strict, relaxed })

/** Whether the rows were done. */
export function logSoftmaxWasm(rows: Rows, output: Elements): boolean {
  if (!within(rows.temperature)) return false
  if (output instanceof Float64Array) return logSoftmaxDoubles(rows, output)
  const kernels = kernelsFor(LOG, rows, output)
  if (!kernels) return false
  const { length } = rows
  const [scale, plain] = scaling(rows.temperature)
  return pass(rows, output, {
    kernel: ([x], y, _, count) => {
      const groups = shortGroups(rows, count)
      const skip = 16 * groups * length
      if (groups > 0) kernels.logSoftmaxShort(x, y, groups, length)
      kernels.logSoftmax(x + skip, y + skip, count - 4 * groups, length, scale, plain)
      return count
    },
    js: never,
    share: ([x], y, _, count) => ({
      family: LOG,
      steps: [4 * length, 4 * length],
      counted: 2,
      writes: [1],
      ...(shortGroups(rows, count) > 0
        ? { name: 'logSoftmaxShort', args: [x, y, count >> 2, length], ...GROUPS }
        : { name: 'logSoftmax', args: [x, y, count, length, scale, plain], each: 1 }),
    }),
    masked: [-Infinity],
    fill: -Infinity,
  })
}

/** Whether the rows were done. */
export function logSumExpWasm(rows: Rows, output: Elements): boolean {
  if (output instanceof Float64Array) return logSumExpDoubles(rows, output)
  const kernels = kernelsFor(LOG, rows, output)
  if (!kernels) return false
  const { length } = rows
  return pass(rows, output, {
    kernel: ([x], y, _, count) => {
      const groups = shortGroups(rows, count)
      if (groups > 0) kernels.logSumExpShort(x, y, groups, length)
      kernels.logSumExp(x + 16 * groups * length, y + 16 * groups, count - 4 * groups, length)
      return count
    },
    js: never,
    share: ([x], y, _, count) => ({
      family: LOG,
      steps: [4 * length, 4],
      counted: 2,
      writes: [1],
      ...(shortGroups(rows, count) > 0
        ? { name: 'logSumExpShort', args: [x, y, count >> 2, length], ...GROUPS }
        : { name: 'logSumExp', args: [x, y, count, length], each: 1 }),
    }),
    masked: [-Infinity],
    fill: 0,
    reduces: true,
  })
}
