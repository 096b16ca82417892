/** Whether what a kernel wrote is what the promises say, row by row. */
import { expect } from 'vitest'
import { firstDifference } from '../support/compare.ts'
import { compensatedSum } from '../support/softmax-reference.ts'
import type { Expected, KernelOperation, LossTarget, Options } from './kernel-operations.ts'
import { type Placement, placed } from './placements.ts'
import type { LogitRows } from './rows-of-logits.ts'

/** Functions that give probabilities. */
const distributions = ['softmax', 'sparsemax', 'entmax']

/** A call and its exact results, to be made in several placements. */
export interface Case {
  readonly operation: KernelOperation
  readonly rows: LogitRows
  readonly inputs: Float32Array[]
  readonly temperature: number
  readonly target: LossTarget
  readonly expected: Expected[]
}

export function caseOf(operation: KernelOperation, rows: LogitRows, target: LossTarget, temperature = 1): Case {
  const { x, count, length } = rows
  const inputs = operation.inputs(x, length, temperature)
  const expected = Array.from({ length: count }, (_, r) => {
    const row = inputs.map((input) => input.subarray(r * length, (r + 1) * length))
    const label = target.labels[r]
    return operation.expected(row, temperature, label, label < 0 ? 0 : target.weight[label])
  })
  return { operation, rows, inputs, temperature, target, expected }
}

/** Makes the call and holds every row against its exact results. */
export function expectPromised(one: Case, placement: Placement): void {
  const { operation, rows, inputs, temperature, target, expected } = one
  // one number per row has no place among the entries of the input
  if (operation.reduces && placement.output === 'first input') return
  const { count, length } = rows
  const width = operation.reduces ? 1 : length
  const options: Options = { shape: [count, length], ...(operation.temperature ? { temperature } : {}) }
  const got = placed(placement, inputs, count * width, (args, out) => {
    operation.call(args, out, options, target)
  })
  for (let r = 0; r < count; r++) {
    const row = got.subarray(r * width, (r + 1) * width)
    const { want, allowed } = expected[r]
    const difference = firstDifference(row, want, allowed)
    // one call of expect for many rows: they are many
    if (difference !== '') {
      expect.fail(`${operation.name}, T ${temperature}, ${rows.name(r)}, row ${r}, ${placement.name}: ${difference}`)
    }
    const x = inputs[0].subarray(r * length, (r + 1) * length)
    if (distributions.includes(operation.name) || operation.name === 'logSoftmax') expectOrder(x, row, rows.name(r))
    if (distributions.includes(operation.name)) expectDistribution(row, rows.name(r))
  }
}

/** Equal logits have equal bits, and no order is inverted. */
export function expectOrder(x: Float32Array, y: Float32Array, name = ''): void {
  // then sorting moves x and y alike: y_j stands in sorted y where x_j does in sorted x
  const [xs, ys] = [x.slice().sort(), y.slice().sort()]
  for (let j = 0; j < x.length; j++) {
    if (!Object.is(y[j], ys[rank(xs, x[j])])) expect.fail(`${name}: [${j}] ${x[j]} → ${y[j]} stands out of order`)
  }
}

function rank(sorted: Float32Array, value: number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle] < value) low = middle + 1
    else high = middle
  }
  return low
}

/** 0 <= y <= 1, and they add to 1. */
export function expectDistribution(y: Float32Array, name = ''): void {
  if (!y.every((p) => p >= 0 && p <= 1)) expect.fail(`${name}: an output outside [0, 1]`)
  const off = Math.abs(compensatedSum(y) - 1)
  if (!(off <= 1e-6)) expect.fail(`${name}: the sum is off by ${off}`)
}
