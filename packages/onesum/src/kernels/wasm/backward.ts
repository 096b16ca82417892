/** Gradients of softmax and log-softmax by WebAssembly; rows near the end of the range go the JS path. */
import type { Elements } from '../../rows/open.ts'
import type { Rows } from '../../rows/rows.ts'
import { logSoftmaxVjpRows } from '../js/log-softmax.ts'
import { softmaxVjpRows } from '../js/softmax.ts'
import { kernelsFor } from './choice.ts'
import * as softmaxCode from './code/backward.ts'
import * as logSoftmaxCode from './code/log-backward.ts'
import { logSoftmaxVjpDoubles, softmaxVjpDoubles } from './double-rows.ts'
import { family } from './family.ts'
import type { Passage } from './passage.ts'
import { invertible, within } from './scaling.ts'
import { GROUPS, shortGroups } from './short.ts'
import { pass } from './staging.ts'

const SOFTMAX = /* @__PURE__ */ family(softmaxCode)
const LOG_SOFTMAX = /* @__PURE__ */ family(logSoftmaxCode)

/** The width up to which the kernel for short rows is the faster one here. */
const SHORT = 32

/** y (gy − ⟨y, gy⟩) / T. */
const SOFTMAX_ROWS: Passage = {
  kernel: ({ kernels, rows }, [y, gy], out, _, count) => {
    const { length, temperature } = rows
    const most = shortGroups(rows, count, SHORT)
    const done = most && kernels.softmaxBackwardShort(y, gy, out, most, length)
    if (done < 4 * most || done === count) return done
    const skip = 4 * done * length
    return done + kernels.softmaxBackward(y + skip, gy + skip, out + skip, count - done, length, 1 / temperature)
  },
  js: softmaxVjpRows,
  share: ({ rows }, [y, gy], out, _, count) => {
    const { length, temperature } = rows
    return {
      family: SOFTMAX,
      steps: [4 * length, 4 * length, 4 * length],
      counted: 3,
      writes: [2],
      leaves: true,
      ...(shortGroups(rows, count, SHORT) > 0
        ? { name: 'softmaxBackwardShort', args: [y, gy, out, count >> 2, length], ...GROUPS }
        : { name: 'softmaxBackward', args: [y, gy, out, count, length, 1 / temperature], each: 1 }),
    }
  },
  masked: [0, 0],
  fill: 0,
}

/** (gy − exp(logY) Σ gy) / T. */
const LOG_SOFTMAX_ROWS: Passage = {
  kernel: ({ kernels, rows }, [logY, gy], out, _, count) =>
    kernels.logSoftmaxBackward(logY, gy, out, count, rows.length, 1 / rows.temperature),
  js: logSoftmaxVjpRows,
  share: ({ rows }, [logY, gy], out, _, count) => {
    const { length, temperature } = rows
    return {
      family: LOG_SOFTMAX,
      name: 'logSoftmaxBackward',
      args: [logY, gy, out, count, length, 1 / temperature],
      steps: [4 * length, 4 * length, 4 * length],
      counted: 3,
      each: 1,
      writes: [2],
      leaves: true,
    }
  },
  masked: [-Infinity, 0],
  fill: 0,
}

/** Whether the rows were done. */
export function softmaxVjpWasm(rows: Rows, output: Elements): boolean {
  if (output instanceof Float64Array) return within(rows.temperature) && softmaxVjpDoubles(rows, output)
  if (!invertible(rows.temperature)) return false
  const kernels = kernelsFor(SOFTMAX, rows, output)
  return kernels !== undefined && pass(kernels, rows, output, SOFTMAX_ROWS, undefined)
}

/** Whether the rows were done. */
export function logSoftmaxVjpWasm(rows: Rows, output: Elements): boolean {
  if (output instanceof Float64Array) return within(rows.temperature) && logSoftmaxVjpDoubles(rows, output)
  if (!invertible(rows.temperature)) return false
  const kernels = kernelsFor(LOG_SOFTMAX, rows, output)
  return kernels !== undefined && pass(kernels, rows, output, LOG_SOFTMAX_ROWS, undefined)
}
