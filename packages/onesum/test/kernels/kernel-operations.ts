/** Every function that has kernels: its call, its exact results and the distance that the promises allow from each. */
import {
  crossEntropy,
  crossEntropyWithGrad,
  entmax,
  logSoftmax,
  logSoftmaxBackward,
  logSumExp,
  logSumExpBackward,
  softmax,
  softmaxBackward,
  sparsemax,
} from '../../src/index.ts'
import { maxAbs, ulp32 } from '../support/compare.ts'
import { logSoftmax32, softmax32, sparse32 } from '../support/promises.ts'
import { normals, seeded } from '../support/random.ts'
import * as exact from './references.ts'

/** What all calls take; a loss has its target as well. */
export interface Options {
  shape: number[]
  axis?: number
  temperature?: number
  mask?: Uint8Array
}

/** What a loss is held against: labels per row (-100 left out) and weights per class. */
export interface LossTarget {
  readonly labels: Int32Array
  readonly weight: Float64Array
}

/** Exact results of one row, and how far from each one may be. */
export interface Expected {
  readonly want: Float64Array
  readonly allowed: (index: number, want: number) => number
}

export interface KernelOperation {
  readonly name: string
  /** Whether it gives one number per row. */
  readonly reduces: boolean
  readonly temperature: boolean
  /** Its inputs, made from logits; the others as long as the first. */
  inputs(x: Float32Array, length: number, temperature: number): Float32Array[]
  /** Writes into `out`; returns losses where there are any besides. */
  call(inputs: Float32Array[], out: Float32Array, options: Options, target: LossTarget): unknown
  /** One row. */
  expected(inputs: Float32Array[], temperature: number, label: number, weight: number): Expected
}

/** A target for rows of any length: labels of all kinds, weights that include 0 and 1e-20. */
export function targetFor(count: number, length: number): LossTarget {
  const uniform = seeded(count + length)
  const labels = Int32Array.from({ length: count }, (_, r) => (r % 7 === 3 ? -100 : Math.floor(length * uniform())))
  const weight = Float64Array.from({ length }, (_, j) => [1, 0.3, 1e-20, 2.5, 0, 1][j % 6])
  return { labels, weight }
}

const normal = 2 ** -126
const smallest = 2 ** -149

/** Relative 1e-6 for every normal result; one smallest normal number below. */
export const relative = (_: number, want: number) => (Math.abs(want) < normal ? normal : 1e-6 * Math.abs(want))

const onlyLogits = (x: Float32Array) => [x]

/** Each row of float64 results for rows of x, rounded. */
function mapped(x: Float32Array, length: number, f: (row: Float32Array) => Float64Array): Float32Array {
  const out = new Float32Array(x.length)
  for (let at = 0; at < x.length; at += length) out.set(f(x.subarray(at, at + length)), at)
  return out
}

/** Upstream gradients whose size changes from row to row, from where products vanish to where sums overflow. */
function upstream(x: Float32Array, length: number): Float32Array {
  const sizes = [1, 1e-3, 1e-25, 1e4, 1e15, 1e25, 1e36, 3e-38]
  const gy = Float32Array.from(normals(x.length, x.length))
  return gy.map((g, i) => g * sizes[Math.floor(i / length) % sizes.length])
}

export const kernelOperations: readonly KernelOperation[] = [
  {
    name: 'softmax',
    reduces: false,
    temperature: true,
    inputs: onlyLogits,
    call: ([x], out, options) => softmax(x, { ...options, out }),
    expected: ([x], temperature) => ({ want: exact.softmaxOf(x, temperature), allowed: softmax32 }),
  },
  {
    name: 'logSoftmax',
    reduces: false,
    temperature: true,
    inputs: onlyLogits,
    call: ([x], out, options) => logSoftmax(x, { ...options, out }),
    expected: ([x], temperature) => ({
      want: exact.rounded(exact.logSoftmaxOf(x, temperature)),
      allowed: logSoftmax32,
    }),
  },
  {
    name: 'logSumExp',
    reduces: true,
    temperature: false,
    inputs: onlyLogits,
    call: ([x], out, options) => logSumExp(x, { ...options, out }),
    expected: ([x]) => {
      const want = exact.logSumExpOf(x)
      const size = Math.max(Math.abs(exact.seen(x).max), Math.abs(want))
      return { want: exact.rounded(Float64Array.of(want)), allowed: () => 3 * ulp32(size) }
    },
  },
  {
    name: 'softmaxBackward',
    reduces: false,
    temperature: true,
    inputs: (x, length, temperature) => [
      mapped(x, length, (row) => exact.softmaxOf(row, temperature)),
      upstream(x, length),
    ],
    call: ([y, gy], out, options) => softmaxBackward(y, gy, { ...options, out }),
    expected: ([y, gy], temperature) => {
      const largest = maxAbs(gy)
      return {
        want: exact.rounded(exact.softmaxBackwardOf(y, gy, temperature)),
        allowed: (j) => (4 * 2 ** -23 * y[j] * (Math.abs(gy[j]) + largest)) / temperature + smallest,
      }
    },
  },
  {
    name: 'logSoftmaxBackward',
    reduces: false,
    temperature: true,
    inputs: (x, length, temperature) => [
      mapped(x, length, (row) => exact.logSoftmaxOf(row, temperature)),
      upstream(x, length),
    ],
    call: ([logY, gy], out, options) => logSoftmaxBackward(logY, gy, { ...options, out }),
    expected: ([logY, gy], temperature) => {
      const total = gy.reduce((sum, g) => sum + Math.abs(g), 0)
      return {
        want: exact.rounded(exact.logSoftmaxBackwardOf(logY, gy, temperature)),
        allowed: (j) => (4 * 2 ** -23 * (Math.abs(gy[j]) + Math.exp(logY[j]) * total)) / temperature + smallest,
      }
    },
  },
  {
    name: 'logSumExpBackward',
    reduces: false,
    temperature: false,
    inputs: onlyLogits,
    call: ([x], out, options) => logSumExpBackward(x, 1.7, { ...options, out }),
    expected: ([x]) => ({
      want: exact.softmaxOf(x).map((p) => 1.7 * p),
      // below the normal range the unit is 2^-149, and softmax's own allowance there 2^-126
      allowed: (_, want) => (want < normal ? normal : 4 * ulp32(want)),
    }),
  },
  {
    name: 'sparsemax',
    reduces: false,
    temperature: true,
    inputs: onlyLogits,
    call: ([x], out, options) => sparsemax(x, { ...options, out }),
    expected: ([x], temperature) => ({ want: exact.entmaxOf(x, 2, temperature), allowed: sparse32 }),
  },
  {
    name: 'entmax',
    reduces: false,
    temperature: true,
    inputs: onlyLogits,
    call: ([x], out, options) => entmax(x, { ...options, out }),
    expected: ([x], temperature) => ({ want: exact.entmaxOf(x, 1.5, temperature), allowed: sparse32 }),
  },
  {
    name: 'crossEntropy',
    reduces: true,
    temperature: false,
    inputs: onlyLogits,
    call: ([x], out, { shape, axis }, target) =>
      crossEntropy(x, target.labels, { shape, axis, weight: target.weight, reduction: 'none', out }),
    expected: ([x], _, label, weight) => {
      const loss = label < 0 ? 0 : exact.crossEntropyOf(x, label, weight, 1).loss
      return { want: exact.rounded(Float64Array.of(loss)), allowed: relative }
    },
  },
  {
    name: 'crossEntropyWithGrad',
    reduces: false,
    temperature: false,
    inputs: onlyLogits,
    call: ([x], out, { shape, axis }, target) =>
      crossEntropyWithGrad(x, target.labels, { shape, axis, weight: target.weight, reduction: 'none', out }).loss,
    expected: ([x], _, label, weight) => {
      const want = label < 0 ? new Float64Array(x.length) : exact.crossEntropyOf(x, label, weight, 1).grad
      return { want, allowed: relative }
    },
  },
]
