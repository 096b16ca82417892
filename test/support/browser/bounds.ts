/** What a page computed against Node's float64 results, within what the library promises of float32. */
import * as onesum from '../../../packages/onesum/src/index.ts'
import { firstDifference, maxAbs, ulp32 } from '../../../packages/onesum/test/support/compare.ts'
import { logSoftmax32 } from '../../../packages/onesum/test/support/promises.ts'
import type { Batch } from './batches.ts'
import { type Floats, resultsOf } from './calls.ts'

type Kernels = onesum.Runtime['kernels']
type Bound = (index: number, exact: number) => number

const softmaxUlp: Record<Kernels, number> = { js: 1, 'wasm-relaxed-simd': 3, 'wasm-simd': 4 }
const normal = 2 ** -126
const smallest = 2 ** -149
/** From half a unit above the largest float32 on, rounding gives an infinity. */
const BEYOND = 2 ** 128 - 2 ** 103

/** Relative 1e-6 for every normal result. */
const relative: Bound = (_, exact) => (Math.abs(exact) < normal ? normal : 1e-6 * Math.abs(exact))

/** How far from an exact value each result may be; the index is that of the batch. */
const bounds: Record<string, (batch: Batch, kernels: Kernels) => Bound> = {
  softmax: (_, kernels) => (_, exact) => (exact < normal ? normal : softmaxUlp[kernels] * ulp32(exact)),
  logSoftmax: () => logSoftmax32,
  logSumExp:
    ({ x, shape: [, length] }) =>
    (row, exact) => {
      const largest = x.subarray(row * length, (row + 1) * length).reduce((a, b) => Math.max(a, b))
      return 3 * ulp32(Math.max(Math.abs(largest), Math.abs(exact)))
    },
  softmaxBackward: ({ y, gy, shape: [, length] }) => {
    const largest = perRow(gy, length, maxAbs)
    return (i) => 4 * 2 ** -23 * y[i] * (Math.abs(gy[i]) + largest[Math.floor(i / length)]) + smallest
  },
  logSoftmaxBackward: ({ logY, gy, shape: [, length] }) => {
    const total = perRow(gy, length, (row) => row.reduce((sum, g) => sum + Math.abs(g), 0))
    return (i) => 4 * 2 ** -23 * (Math.abs(gy[i]) + Math.exp(logY[i]) * total[Math.floor(i / length)]) + smallest
  },
  'cross-entropy': () => relative,
  'gradient of cross-entropy': () => relative,
}

/** Past the largest float32 the promised result is an infinity. */
function rounded(exact: Floats): Floats {
  return exact.map((value) => (Math.abs(value) >= BEYOND ? Math.sign(value) * Infinity : value))
}

/** One number for each row. */
function perRow(values: Float32Array, length: number, f: (row: Float32Array) => number): number[] {
  return Array.from({ length: values.length / length }, (_, r) => f(values.subarray(r * length, (r + 1) * length)))
}

/** The first result out of bounds, as a sentence; '' where none is. */
export function outOfBounds(name: string, got: Floats, batches: readonly Batch[], kernels: Kernels): string {
  let at = 0
  for (const batch of batches) {
    // the float64 path is right to 1e-11 at least, a ten-thousandth of what is allowed here
    const want = rounded(resultsOf(name, onesum, [batch], 'float64'))
    const row = got.subarray(at, at + want.length)
    at += want.length
    const difference = firstDifference(row, want, bounds[name](batch, kernels)) || broken(name, batch, row)
    if (difference !== '') return `${name} of ${batch.name}: ${difference}`
  }
  return at === got.length ? '' : `${name}: ${got.length} results instead of ${at}`
}

/**
 * What no distance from an exact value says: probabilities in [0, 1] that add to 1, and none where there is no mass. Rows
 * of NaN are those that must be: that was seen before.
 */
function broken(name: string, { x, shape: [, length] }: Batch, y: Floats): string {
  if (name !== 'softmax') return ''
  for (let at = 0; at < y.length; at += length) {
    let sum = 0
    for (let i = at; i < at + length; i++) {
      sum += y[i]
      if (y[i] < 0 || y[i] > 1 || (x[i] === -Infinity && y[i] > 0)) return `[${i}] ${y[i]} for ${x[i]}`
    }
    if (Math.abs(sum - 1) > 1e-6) return `a row from [${at}] on adds to ${sum}`
  }
  return ''
}
