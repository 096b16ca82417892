/** Cross-entropy against labels by WebAssembly, alone and with its gradient. */
import type { LossOutput, TargetRows } from '../js/cross-entropy.ts'
import { relaxed, strict } from './code/gradients.ts'
import { type Engine, engine, family } from './engine.ts'
import { LOG } from './log-family.ts'
import { shortGroups } from './short.ts'
import { FULL, kernelsFor, notReproducible, pass } from './staging.ts'

const GRADIENTS = /* @__PURE__ */ family({ strict, relaxed })

/** Whether the rows were done: those with one label each, not smoothed. */
export function crossEntropyWasm(
  rows: TargetRows,
  { losses, grad, scale }: LossOutput,
  js: (rows: TargetRows, output: LossOutput) => void,
): boolean {
  const { target, length, count } = rows
  const { labels, weight, smoothing } = target
  const running = engine()
  if (!(labels && losses && running) || smoothing !== 0) return false
  const kernels = kernelsFor(grad ? GRADIENTS : LOG, rows, grad)
  if (!kernels) return false
  const tables = place(running, labels, weight, count)
  if (!tables) {
    if (rows.reproducible) throw notReproducible(rows, FULL)
    return false
  }
  const { labelsAt, weightsAt, lossesAt } = tables
  const results = new Float64Array(running.buffer, lossesAt, count)
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
    js: (one, output, row) => {
      const own = { ...target, labels: labels.subarray(row, row + 1) }
      const loss = results.subarray(row, row + 1)
      js({ ...one, target: own }, { losses: loss, grad: grad && output, scale })
    },
    masked: [-Infinity],
    fill: 0,
  })
  if (done) losses.set(results)
  running.heap.release(labelsAt)
  return done
}

/** Labels, weights and room for the losses, in one block of the kernels' memory. */
function place({ heap, buffer }: Engine, labels: Int32Array, weight: Float64Array | undefined, count: number) {
  const weights = 8 * (weight?.length ?? 0)
  const labelsAt = heap.allocate(8 + 4 * count + weights + 8 * count)
  if (labelsAt === undefined) return undefined
  const lossesAt = Math.ceil((labelsAt + 4 * count) / 8) * 8
  const weightsAt = lossesAt + 8 * count
  new Int32Array(buffer, labelsAt, count).set(labels)
  if (weight) new Float64Array(buffer, weightsAt, weight.length).set(weight)
  return { labelsAt, lossesAt, weightsAt: weight ? weightsAt : 0 }
}
