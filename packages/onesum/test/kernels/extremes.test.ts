import { describe, expect, test } from 'vitest'
import { crossEntropy, crossEntropyWithGrad, softmaxBackward } from '../../src/index.ts'
import { expectWithin } from '../support/compare.ts'
import { relative } from './kernel-operations.ts'
import { crossEntropyOf, rounded, softmaxBackwardOf } from './references.ts'

/** One row, as often as it takes for kernels to be chosen, also when it is copied. */
function repeated(row: ArrayLike<number>, count: number): Float32Array {
  return Float32Array.from({ length: row.length * count }, (_, i) => row[i % row.length])
}

describe('cross-entropy with class weights of every size', () => {
  const rows = [
    [0, -140, -1],
    [0, -60, -30],
    [0, -140, -150],
    [3, 3, -50],
    [0, -100, -1],
  ]
  for (const length of [3, 70]) {
    for (const weight of [1e-30, 1e-10, 1e10, 1e20, 1e30, 1e60]) {
      test(`${weight}, ${length} columns: what is normal after weighting is within 1e-6, what is beyond is infinite`, () => {
        for (const start of rows) {
          const row = Float32Array.from({ length }, (_, j) => start[j] ?? -145)
          const count = 40
          const x = repeated(row, count)
          for (const label of [0, 1, 2]) {
            const options = {
              shape: [count, length],
              weight: new Float64Array(length).fill(weight),
              reduction: 'none' as const,
            }
            const labels = new Int32Array(count).fill(label)
            const want = crossEntropyOf(row, label, weight, 1)
            const loss = rounded(Float64Array.of(want.loss))
            const result = crossEntropyWithGrad(x, labels, options)
            expectWithin(result.loss.subarray(0, 1), loss, relative)
            expectWithin(crossEntropy(x, labels, options).subarray(0, 1), loss, relative)
            expectWithin(result.grad.subarray(0, length), rounded(want.grad), relative)
          }
        }
      })
    }
  }
})

describe('softmaxBackward of upstream gradients near the smallest normal number', () => {
  for (const length of [20, 33, 129, 4096]) {
    test(`${length} columns: many small products count, none of which float32 could hold`, () => {
      const y = new Float32Array(length).fill(1e-7)
      y[0] = 0.999
      for (let step = 1; step <= 200; step++) {
        const gy = new Float32Array(length).fill(4.5e-40 * step)
        gy[0] = 0
        const got = softmaxBackward(repeated(y, 3), repeated(gy, 3), { shape: [3, length] }).subarray(0, length)
        expectWithin(got, softmaxBackwardOf(y, gy, 1), (j) => 4 * 2 ** -23 * y[j] * (gy[j] + gy[1]) + 2 ** -149)
      }
      expect(y[0]).toBeLessThan(1)
    })
  }
})
