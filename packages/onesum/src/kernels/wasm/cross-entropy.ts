/** Cross-entropy against labels by WebAssembly, alone and with its gradient. */
import type { Rows, Target, TargetRows } from '../../rows/rows.ts'
import { crossEntropyRows } from '../js/cross-entropy.ts'
import type { LossOutput } from '../js/loss-rows.ts'
import { engineFor, FULL, kernelsFor, notReproducible } from './choice.ts'
import { relaxed, strict } from './code/gradients.ts'
import { crossEntropyDoubles } from './double-rows.ts'
import { type Engine, STAGE, TABLES } from './engine.ts'
import { family } from './family.ts'
import { LOG } from './log-family.ts'
import type { Passage } from './passage.ts'
import { GROUPS, shortGroups } from './short.ts'
import { pass, SPARE } from './staging.ts'

const GRADIENTS = /* @__PURE__ */ family({ strict, relaxed })

/** What a call brings along: where its losses, weights (0 for none) and labels lie, and the factor on its gradient. */
interface Own {
  readonly running: Engine
  readonly target: Target
  readonly lossesAt: number
  readonly weightsAt: number
  readonly labelsAt: number
  readonly scale: number
}

const LOSS: Passage<Own> = {
  kernel: ({ kernels, rows, own }, [x], _, first, count) => {
    const { labelsAt, weightsAt, lossesAt } = own
    return kernels.crossEntropy(x, count, rows.length, labelsAt + 4 * first, weightsAt, lossesAt + 8 * first)
  },
  share: ({ rows, own }, [x], _, first, count) => {
    const { labelsAt, weightsAt, lossesAt } = own
    return {
      family: LOG,
      name: 'crossEntropy',
      args: [x, count, rows.length, labelsAt + 4 * first, weightsAt, lossesAt + 8 * first],
      steps: [4 * rows.length, 0, 0, 4, 0, 8],
      counted: 1,
      each: 1,
      writes: [5],
      indices: 3,
      leaves: true,
    }
  },
  js: (one, _, own, row) => alone(one, undefined, own, row),
  masked: [-Infinity],
  fill: 0,
}

const WITH_GRAD: Passage<Own> = {
  kernel: ({ kernels, rows, own }, [x], to, first, count) => {
    const { length } = rows
    const { weightsAt, scale } = own
    const labels = own.labelsAt + 4 * first
    const losses = own.lossesAt + 8 * first
    const most = shortGroups(rows, count)
    const done = most && kernels.crossEntropyWithGradShort(x, to, most, length, labels, weightsAt, losses, scale)
    if (done < 4 * most || done === count) return done
    const skip = 4 * done * length
    const [ahead, into] = [x + skip, to + skip]
    const [label, loss] = [labels + 4 * done, losses + 8 * done]
    return done + kernels.crossEntropyWithGrad(ahead, into, count - done, length, label, weightsAt, loss, scale)
  },
  share: ({ rows, own }, [x], to, first, count) => {
    const { length } = rows
    const { labelsAt, weightsAt, lossesAt, scale } = own
    const short = shortGroups(rows, count)
    return {
      family: GRADIENTS,
      name: short > 0 ? 'crossEntropyWithGradShort' : 'crossEntropyWithGrad',
      args: [x, to, short || count, length, labelsAt + 4 * first, weightsAt, lossesAt + 8 * first, scale],
      steps: [4 * length, 4 * length, 0, 0, 4, 0, 8],
      counted: 2,
      writes: [1, 6],
      indices: 4,
      leaves: true,
      ...(short > 0 ? GROUPS : { each: 1 }),
    }
  },
  js: alone,
  masked: [-Infinity],
  fill: 0,
}

/** Floats of a gradient that nobody asked for: what is written over and over stays in the first-level cache. */
const THROWN_AWAY = 1 << 12

/** The loss alone of short rows: by the kernel that takes four at once, which has a gradient, too. */
const SHORT_LOSS: Passage<Own> = {
  ...LOSS,
  // threads would throw their gradients away in one place, and their kernel for one row at a time gives other bits
  share: undefined,
  kernel: (call, [x], _, first, count) => {
    const { length } = call.rows
    const most = 4 * Math.floor(THROWN_AWAY / (4 * length))
    for (let done = 0; done < count; done += most) {
      const taken = Math.min(most, count - done)
      const right = WITH_GRAD.kernel(call, [x + 4 * done * length], SPARE, first + done, taken)
      if (right < taken) return done + right
    }
    return count
  },
}

/** One row by the JS path, its loss put where the kernel puts it. */
function alone(one: Rows, grad: Float32Array | undefined, own: Own, row: number): void {
  const { running, target, lossesAt, scale } = own
  const labels = target.labels?.subarray(row, row + 1)
  const losses = lossesFrom(running, lossesAt + 8 * row, 1)
  crossEntropyRows({ ...one, target: { ...target, labels } }, { losses, grad, precise: false, scale })
}

const GRAD_WAY = [GRADIENTS, WITH_GRAD] as const
const SHORT_WAY = [GRADIENTS, SHORT_LOSS] as const
const LONG_WAY = [LOG, LOSS] as const

/** Whether the rows were done: those with one label each, not smoothed. */
export function crossEntropyWasm(rows: TargetRows, output: LossOutput): boolean {
  const { target, count } = rows
  const { grad, precise, scale } = output
  if (precise || (grad ?? rows.inputs[0]) instanceof Float64Array) return crossEntropyDoubles(rows, output)
  if (!target.labels || target.smoothing !== 0) return false
  const [family, passage] = grad ? GRAD_WAY : shortGroups(rows, count) > 0 ? SHORT_WAY : LONG_WAY
  const kernels = kernelsFor(family, rows, grad)
  const running = kernels && engineFor(rows, grad)
  if (!running) return false
  const own = place(running, target, target.labels, count, scale)
  if (!own) {
    if (rows.reproducible) throw notReproducible(rows, FULL)
    return false
  }
  const done = pass(kernels, rows, grad, passage, own)
  // a block that is given back keeps what it holds until the heap gives it out again
  if (done) output.losses = lossesFrom(running, own.lossesAt, count)
  if (own.lossesAt !== TABLES) running.heap.release(own.lossesAt)
  return done
}

/** Losses where they lie; the views of a memory that has grown are others. */
function lossesFrom({ doubles }: Engine, at: number, count: number): Float64Array {
  return doubles.subarray(at / 8, at / 8 + count)
}

/** Labels, weights and room for the losses, in a fixed place if they are few, else in the heap if it has room. */
function place(running: Engine, target: Target, labels: Int32Array, count: number, scale: number): Own | undefined {
  const { weight } = target
  const weights = weight ? 8 * weight.length : 0
  const bytes = 12 * count + weights
  const lossesAt = bytes <= STAGE - TABLES ? TABLES : running.heap.allocate(bytes)
  if (lossesAt === undefined) return undefined
  const weightsAt = lossesAt + 8 * count
  const labelsAt = weightsAt + weights
  if (weight) running.doubles.set(weight, weightsAt / 8)
  running.ints.set(labels, labelsAt / 4)
  return { running, target, lossesAt, weightsAt: weight ? weightsAt : 0, labelsAt, scale }
}
