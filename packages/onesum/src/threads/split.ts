/**
 * Rows too long, or too few, to be shared whole: their passes one by one, each shared by blocks.
 *
 * Method: what kernels do to a row is one pass or more, with the row's maximum, its sum, or both between them. Kernels add
 * a row's terms by blocks of a fixed size, in their order, and so is it done here: the bits are those of one thread.
 */
import * as code from '../kernels/wasm/code/blocks.ts'
import { BLOCK, LEAST_FACTOR, MOST_FACTOR, MOST_MEAN, MOST_SUM } from '../kernels/wasm/code/limits.ts'
import { SCRATCH } from '../kernels/wasm/engine.ts'
import { family } from '../kernels/wasm/family.ts'
import type { Share } from '../kernels/wasm/pool.ts'

/** The passes, each by itself. */
export const BLOCKS = /* @__PURE__ */ family(code)

/** One pass over a row. */
export interface Pass {
  readonly name: string
  /** Its arguments for the whole row. */
  readonly args: readonly number[]
  /** How many of them, from the first on, are addresses of the row's numbers; after them comes the row's size in bytes. */
  readonly addresses: number
  /** Which of them it writes to. */
  readonly writes?: number
  /** What it returns for each block is wanted. */
  readonly sums?: boolean
  /** It writes nothing, and takes so little time that few blocks are not worth sharing. */
  readonly light?: boolean
}

/** What a split needs of the pool. */
export interface Sweep {
  /** Does a pass over a row, and gives what it returned for each block, or for the row as a whole. */
  readonly over: (pass: Pass) => number[]
  /** Calls a function in the calling thread. */
  readonly call: (name: string, ...args: number[]) => number
  /** The memory. */
  readonly floats: Float32Array
  readonly doubles: Float64Array
  readonly ints: Int32Array
}

/** Does a row, given the arguments of its kernel for that row alone; false where the row is for the JS path. */
export type Split = (args: readonly number[], sweep: Sweep) => boolean

/** How each kernel's rows are split. */
export const splits: Readonly<Record<string, Split>> = {
  softmax: ([x, y, , length, scale, plain], { over }) => {
    const bytes = 4 * length
    const max = largest(over({ name: 'maximum', args: [x, bytes], addresses: 1, sums: true, light: true }))
    const args = [x, y, bytes, max, scale, plain]
    const sum = total(over({ name: 'exponentials', args, addresses: 2, writes: 1, sums: true }))
    over({ name: 'softmaxScale', args: [y, y, bytes, 1 / sum], addresses: 2, writes: 1 })
    return true
  },

  logSoftmax: ([x, y, , length, scale, plain], sweep) => {
    const { max, rest } = others({ x, length, scale, plain }, sweep)
    // an infinite maximum has no softmax: its difference from itself is NaN
    const log = sweep.call('log1p', rest) + (max - max)
    const args = [x, y, 4 * length, max, log, scale, plain]
    sweep.over({ name: 'logSoftmaxWrite', args, addresses: 2, writes: 1 })
    return true
  },

  logSumExp: ([x, y, , length], sweep) => {
    const { max, rest } = others({ x, length }, sweep)
    sweep.floats[y / 4] = max + sweep.call('log1p', rest)
    return true
  },

  crossEntropy: ([x, , length, labels, weights, losses], sweep) => {
    const { label, weight, own } = labelled(x, labels, weights, sweep)
    if (weight > MOST_FACTOR) return false
    sweep.doubles[losses / 8] = label < 0 ? 0 : loss(others({ x, length }, sweep), own, weight, sweep)
    return true
  },

  crossEntropyWithGrad: ([x, grad, , length, labels, weights, losses, factor], sweep) => {
    const { floats, doubles, over, call } = sweep
    const { label, weight, own } = labelled(x, labels, weights, sweep)
    const at = grad / 4
    if (label < 0) {
      doubles[losses / 8] = 0
      call('clear', grad, 4 * length)
      return true
    }
    const size = Math.abs(weight * factor)
    if ((size < LEAST_FACTOR && size > 0) || size > MOST_FACTOR || weight > MOST_FACTOR) return false
    const sums = others({ x, length, store: grad }, sweep)
    doubles[losses / 8] = loss(sums, own, weight, sweep)
    const { max, rest, top, all } = sums
    const beside = own === max ? rest * top : all - floats[at + label]
    const share = (weight * factor) / all
    over({ name: 'gradientScale', args: [grad, grad, 4 * length, share], addresses: 2, writes: 1 })
    floats[at + label] = -(beside * share)
    return true
  },

  softmaxBackward: (args, sweep) => gradient('softmaxBackward', MOST_MEAN, args, sweep),
  logSoftmaxBackward: (args, sweep) => gradient('logSoftmaxBackward', MOST_SUM, args, sweep),
}

/** A row of the log family, whose exponentials may be wanted. */
interface LogRow {
  readonly x: number
  readonly length: number
  readonly scale?: number
  readonly plain?: number
  readonly store?: number
}

/** What the log family's pass finds: see `exponentials` in the kernels. */
interface Sums {
  readonly max: number
  readonly rest: number
  readonly top: number
  readonly all: number
}

function others(row: LogRow, { over, call, doubles }: Sweep): Sums {
  const { x, length, scale = Math.LOG2E, plain = 1, store } = row
  const bytes = 4 * length
  const tops = over({ name: 'maximum', args: [x, bytes], addresses: 1, sums: true, light: true })
  const max = largest(tops)
  // results may take the place of what is counted here
  const step = tops.length === 1 ? bytes : 4 * BLOCK
  let ties = 0
  for (let k = 0; k < tops.length; k++) {
    const [at, size] = [x + step * k, Math.min(step, bytes - step * k)]
    if (tops[k] === max) ties += call('ties', at, size, max)
  }
  const args = [x, store ?? x, bytes, max, scale, plain]
  const below =
    store === undefined
      ? total(over({ name: 'others', args, addresses: 2, sums: true }))
      : total(over({ name: 'othersStored', args, addresses: 2, writes: 1, sums: true }))
  if (!(Math.abs(max) < Infinity)) return { max, rest: below, top: Number.NaN, all: Number.NaN }
  // of no entries at all: what it leaves is the maximum's own exponential
  call('others', x, x, 0, max, scale, plain)
  const top = doubles[SCRATCH / 8]
  return { max, rest: below / top + (ties - 1), top, all: below + ties * top }
}

/** What belongs to the label of a row. */
function labelled(x: number, labels: number, weights: number, { ints, floats, doubles }: Sweep) {
  const label = ints[labels / 4]
  const weight = weights > 0 && label >= 0 ? doubles[weights / 8 + label] : 1
  return { label, weight, own: floats[x / 4 + label] }
}

function loss({ max, rest }: Sums, own: number, weight: number, { call }: Sweep): number {
  const kept = rest + (max - max)
  return weight === 0 ? kept - kept : weight * (max - own + call('log1p', kept))
}

/** Gradients: a sum over the row, with which its results are written. */
function gradient(name: string, most: number, args: readonly number[], { over }: Sweep): boolean {
  const [y, gy, out, , length, inverse] = args
  const row = (sum: number) => [y, gy, out, 4 * length, sum, inverse]
  const sum = total(over({ name: `${name}Sum`, args: row(0), addresses: 3, sums: true, light: true }))
  if (!(Math.abs(sum) < most)) return false
  over({ name: `${name}Write`, args: row(sum), addresses: 3, writes: 2 })
  return true
}

function largest(values: readonly number[]): number {
  let max = -Infinity
  for (const value of values) max = Math.max(max, value)
  return max
}

function total(values: readonly number[]): number {
  let sum = 0
  for (const value of values) sum += value
  return sum
}

/** A pass as what threads share: a block is a unit. */
export function shareOf({ name, args, addresses, writes }: Pass): Share {
  return {
    family: BLOCKS,
    name,
    args,
    steps: Array.from({ length: addresses }, () => 4 * BLOCK),
    counted: addresses,
    each: 4 * BLOCK,
    writes: writes === undefined ? [] : [writes],
  }
}
