/** Cross-entropy against labels by WebAssembly, alone and with its gradient. */
import type { LossOutput, TargetRows } from '../js/cross-entropy.ts'
import { relaxed, strict } from './code/gradients.ts'
import { crossEntropyDoubles } from './double-rows.ts'
import { type Engine, family, STAGE, TABLES } from './engine.ts'
import { LOG } from './log-family.ts'
import { GROUPS, shortGroups } from './short.ts'
import { engineFor, FULL, kernelsFor, notReproducible, pass } from './staging.ts'

const GRADIENTS = /* @__PURE__ */ family({ strict, relaxed })

/** Whether the rows were done: those with one label each, not smoothed. */
export function crossEntropyWasm(
  rows: TargetRows,
  output: LossOutput,
  js: (rows: TargetRows, output: LossOutput) => void,
): boolean {
  const { losses, grad, scale } = output
  if ((grad ?? rows.inputs[0]) instanceof Float64Array) return crossEntropyDoubles(rows, output)
  const { target, length, count } = rows
  const { labels, weight, smoothing } = target
  const running = engineFor(rows, grad)
  if (!(labels && losses && running) || smoothing !== 0) return false
  const kernels = kernelsFor(grad ? GRADIENTS : LOG, rows, grad)
  if (!kernels) return false
  const tables = place(running, labels, weight, count)
  if (!tables) {
    if (rows.reproducible) throw notReproducible(rows, FULL)
    return false
  }
  const { labelsAt, weightsAt, lossesAt } = tables
  // the memory may grow on the way: only what is looked up at the time is there
  const results = (first: number, taken: number) =>
    running.doubles.subarray(lossesAt / 8 + first, lossesAt / 8 + first + taken)
  const done = pass(rows, grad, {
    kernel: ([x], to, first, taken) => {
      const [from, into] = [labelsAt + 4 * first, lossesAt + 8 * first]
      if (!grad) return kernels.crossEntropy(x, taken, length, from, weightsAt, into)
      const most = shortGroups(rows, taken)
      const done = most && kernels.crossEntropyWithGradShort(x, to, most, length, from, weightsAt, into, scale)
      if (done < 4 * most) return done
      const skip = 4 * done * length
      const rest = taken - done
      return (
        done +
        kernels.crossEntropyWithGrad(
          x + skip,
          to + skip,
          rest,
          length,
          from + 4 * done,
          weightsAt,
          into + 8 * done,
          scale,
        )
      )
    },
    share: ([x], to, first, taken) => {
      const [from, into] = [labelsAt + 4 * first, lossesAt + 8 * first]
      if (!grad) {
        return {
          family: LOG,
          name: 'crossEntropy',
          args: [x, taken, length, from, weightsAt, into],
          steps: [4 * length, 0, 0, 4, 0, 8],
          counted: 1,
          each: 1,
          writes: [5],
          indices: 3,
          leaves: true,
        }
      }
      const short = shortGroups(rows, taken)
      return {
        family: GRADIENTS,
        name: short > 0 ? 'crossEntropyWithGradShort' : 'crossEntropyWithGrad',
        args: [x, to, short || taken, length, from, weightsAt, into, scale],
        steps: [4 * length, 4 * length, 0, 0, 4, 0, 8],
        counted: 2,
        writes: [1, 6],
        indices: 4,
        leaves: true,
        ...(short > 0 ? GROUPS : { each: 1 }),
      }
    },
    js: (one, into, row) => {
      const own = { ...target, labels: labels.subarray(row, row + 1) }
      const loss = results(row, 1)
      js({ ...one, target: own }, { losses: loss, grad: grad && into, scale })
    },
    masked: [-Infinity],
    fill: 0,
  })
  if (done) losses.set(results(0, count))
  if (lossesAt !== TABLES) running.heap.release(lossesAt)
  return done
}

/** Where the losses, the weights (0 for none) and the labels of a call lie. */
interface Tables {
  readonly lossesAt: number
  readonly weightsAt: number
  readonly labelsAt: number
}

/** Labels, weights and room for the losses, in a fixed place if they are few, else in the heap if it has room. */
function place(
  running: Engine,
  labels: Int32Array,
  weight: Float64Array | undefined,
  count: number,
): Tables | undefined {
  const weights = weight ? 8 * weight.length : 0
  const bytes = 12 * count + weights
  const lossesAt = bytes <= STAGE - TABLES ? TABLES : running.heap.allocate(bytes)
  if (lossesAt === undefined) return undefined
  const weightsAt = lossesAt + 8 * count
  const labelsAt = weightsAt + weights
  if (weight) running.doubles.set(weight, weightsAt / 8)
  running.ints.set(labels, labelsAt / 4)
  return { lossesAt, weightsAt: weight ? weightsAt : 0, labelsAt }
}
