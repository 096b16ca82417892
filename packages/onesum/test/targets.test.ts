import { describe, expect, test } from 'vitest'
import {
  crossEntropy,
  crossEntropyWithGrad,
  encodeFloat16,
  entmaxLossWithGrad,
  focalLossWithGrad,
  nllLoss,
  nllLossWithGrad,
  sparsemaxLossWithGrad,
} from '../src/index.ts'

const x = [1, 2, 3, 0.5, -1, 4]
const shape = [2, 3]
const byIndex = crossEntropy(x, [2, 0], { shape })

describe('class indices', () => {
  test('come in integer arrays, float arrays, number[] and tensors', () => {
    for (const target of [
      Int8Array.of(2, 0),
      Uint8Array.of(2, 0),
      Uint16Array.of(2, 0),
      Int32Array.of(2, 0),
      Uint32Array.of(2, 0),
      BigInt64Array.of(2n, 0n),
      BigUint64Array.of(2n, 0n),
      Float32Array.of(2, 0),
      Float64Array.of(2, 0),
      [2, 0],
      { data: Int32Array.of(2, 0), dims: [2], type: 'int32' },
      { data: BigInt64Array.of(2n, 0n), dims: [2], type: 'int64' },
      { data: encodeFloat16([2, 0]), dims: [2], type: 'float16' },
      { data: Int32Array.of(2, 0), shape: [2] },
      { data: () => Promise.resolve(), dataSync: () => Int32Array.of(2, 0), shape: [2] },
    ]) {
      expect(crossEntropy(x, target, { shape })).toBe(byIndex)
    }
  })

  test('are what a float array holds when there is one class', () => {
    expect(crossEntropy([5, 6], [0, 0], { shape: [2, 1] })).toBe(0)
    expect(crossEntropy([5, 6], Float32Array.of(0, 0), { shape: [2, 1] })).toBe(0)
  })

  test('of one row without a shape', () => {
    expect(crossEntropy([0, 0], [1])).toBeCloseTo(Math.LN2, 14)
    expect(crossEntropy([0, 0], Int32Array.of(1))).toBeCloseTo(Math.LN2, 14)
  })

  test('equal to ignoreIndex, -100 by default, leave their rows out of value and mean', () => {
    const first = crossEntropy([1, 2, 3], [2])
    expect(crossEntropy(x, [2, -100], { shape })).toBeCloseTo(first, 14)
    expect(crossEntropy(x, [2, 0], { shape, ignoreIndex: 0 })).toBeCloseTo(first, 14)
    expect(crossEntropy(x, [2, 7], { shape, ignoreIndex: 7, reduction: 'none' })[1]).toBe(0)
    const { grad } = crossEntropyWithGrad(x, [2, -100], { shape })
    expect(grad.slice(3).map(Math.abs)).toEqual([0, 0, 0])
  })

  test('of many rows are the same in an Int32Array as in number[], with rows left out and where the gradient goes over them', () => {
    // from 1024 rows on an Int32Array may be read where it is
    const rows = 1500
    const large = { shape: [rows, 3] }
    const bytes = new ArrayBuffer(12 * rows)
    const labels = new Int32Array(bytes, 0, rows).map((_, row) => (row * 7) % 3)
    const plain = Array.from(labels)
    const logits = Float32Array.from({ length: 3 * rows }, (_, i) => Math.sin(i))
    const kept = plain.map((label) => (label === 1 ? 0 : 1))
    for (const ignoreIndex of [-100, 1]) {
      const options = { ...large, ignoreIndex }
      const expected = crossEntropyWithGrad(logits, plain, options)
      expect(crossEntropyWithGrad(logits, labels, options)).toEqual(expected)
      expect(Array.from(labels)).toEqual(plain)
      const under = new Int32Array(bytes, 0, rows)
      under.set(plain)
      const out = new Float32Array(bytes)
      expect(crossEntropyWithGrad(logits, under, { ...options, out })).toEqual(expected)
    }
    const left = crossEntropy(logits, labels, { ...large, ignoreIndex: 1, reduction: 'none' })
    expect(left.every((loss, row) => loss > 0 === (kept[row] === 1))).toBe(true)
    expect(() => crossEntropy(logits, labels.with(1400, 3), large)).toThrow('row 1400')
  })

  test('that are ignored hide a row of NaN', () => {
    const holed = [1, 2, 3, NaN, Infinity, 0]
    const { loss, grad } = crossEntropyWithGrad(holed, [2, -100], { shape })
    expect(loss).toBeCloseTo(crossEntropy([1, 2, 3], [2]), 14)
    expect(grad.slice(3).map(Math.abs)).toEqual([0, 0, 0])
  })
})

describe('distributions', () => {
  const oneHot = [0, 0, 1, 1, 0, 0]

  test('come in float arrays, number[] and tensors', () => {
    for (const target of [
      oneHot,
      Float32Array.from(oneHot),
      Float64Array.from(oneHot),
      { data: Float32Array.from(oneHot), dims: shape, type: 'float32' },
      { data: Float64Array.from(oneHot), shape },
      { data: encodeFloat16(oneHot), dims: shape, type: 'float16' },
    ]) {
      expect(crossEntropy(x, target, { shape })).toBeCloseTo(byIndex, 13)
    }
  })

  const Float16 = (globalThis as { Float16Array?: { from(values: number[]): Float32Array } }).Float16Array
  test.skipIf(Float16 === undefined)('come in a Float16Array (skipped where the engine has none)', () => {
    const target = (Float16 as NonNullable<typeof Float16>).from(oneHot)
    expect(crossEntropy(x, target, { shape })).toBeCloseTo(byIndex, 13)
  })

  test('may be off 1 by 1e-3, as rounded probabilities are', () => {
    expect(crossEntropy([0, 0], [0.5005, 0.5])).toBeCloseTo(1.0005 * Math.LN2, 12)
    expect(crossEntropy([0, 0], [0.333, 0.6665])).toBeCloseTo(0.9995 * Math.LN2, 12)
  })

  test('are no matter of ignoreIndex', () => {
    expect(crossEntropy(x, oneHot, { shape, ignoreIndex: 0 })).toBeCloseTo(byIndex, 13)
  })

  test('divide the mean by the number of rows, whatever the weights', () => {
    const weight = [3, 1, 2]
    const rows = crossEntropy(x, oneHot, { shape, weight, reduction: 'none' })
    expect(crossEntropy(x, oneHot, { shape, weight })).toBeCloseTo((rows[0] + rows[1]) / 2, 13)
    // with indices it is divided by the summed weight of the labels
    expect(crossEntropy(x, [2, 0], { shape, weight })).toBeCloseTo((rows[0] + rows[1]) / 5, 13)
  })
})

describe('class weights', () => {
  test('come in any kind of numbers', () => {
    const want = crossEntropy(x, [2, 0], { shape, weight: [3, 1, 2] })
    for (const weight of [
      Float32Array.of(3, 1, 2),
      Float64Array.of(3, 1, 2),
      { data: Float32Array.of(3, 1, 2), dims: [3], type: 'float32' },
      { data: encodeFloat16([3, 1, 2]), dims: [3], type: 'float16' },
    ]) {
      expect(crossEntropy(x, [2, 0], { shape, weight })).toBeCloseTo(want, 13)
    }
  })

  test('of 0 leave a class out of loss and mean', () => {
    expect(crossEntropy(x, [2, 0], { shape, weight: [0, 1, 1] })).toBeCloseTo(crossEntropy([1, 2, 3], [2]), 14)
    // even where its loss would be infinite
    expect(crossEntropy([-Infinity, 0, 0, 0], [0, 0], { shape: [2, 2], weight: [0, 1], reduction: 'sum' })).toBe(0)
  })
})

describe('negative log likelihood', () => {
  test('takes distributions as well, and costs nothing where there is no mass', () => {
    expect(nllLoss([-0.5, -1.5], [0.25, 0.75])).toBeCloseTo(0.125 + 1.125, 14)
    expect(nllLoss([0, -Infinity], [1, 0])).toBe(0)
    expect(nllLoss([0, -Infinity], Float32Array.of(0, 1))).toBe(Infinity)
  })
})

test('a mean over no weight is NaN, and so is the gradient of its kept rows, but not of those left out', () => {
  const none = [NaN, NaN, NaN, 0, 0, 0]
  for (const f of [
    crossEntropyWithGrad,
    nllLossWithGrad,
    focalLossWithGrad,
    sparsemaxLossWithGrad,
    entmaxLossWithGrad,
  ]) {
    expect(f(x, [2, -100], { shape, weight: [1, 1, 0] })).toEqual({ loss: NaN, grad: none })
    expect(f(x, [-100, -100], { shape }).grad).toEqual([0, 0, 0, 0, 0, 0])
  }
})
