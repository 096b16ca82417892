import { describe, expect, test } from 'vitest'
import {
  argmax,
  entmax,
  entropy,
  hardmax,
  logSoftmax,
  logSoftmaxBackward,
  logSoftmaxHvp,
  logSoftmaxJvp,
  logSumExp,
  logSumExpBackward,
  logSumExpHvp,
  logSumExpJvp,
  margin,
  softmax,
  softmaxBackward,
  softmaxHvp,
  softmaxJacobian,
  softmaxJvp,
  sparsemax,
  support,
  topK,
} from '../../src/index.ts'

const poison = [NaN, Infinity, -Infinity, 1e308]

describe('a masked value, NaN and infinities included, influences nothing', () => {
  for (const bad of poison) {
    test(`${bad} under the mask`, () => {
      const x = [1, bad, 2]
      const mask = [true, false, true]
      const y = softmax([1, 2])
      expect(softmax(x, { mask })).toEqual([y[0], 0, y[1]])
      const logY = logSoftmax([1, 2])
      expect(logSoftmax(x, { mask })).toEqual([logY[0], -Infinity, logY[1]])
      expect(logSumExp(x, { mask })).toBe(logSumExp([1, 2]))
      expect(entropy(x, { mask })).toBe(entropy([1, 2]))
      expect(margin(x, { mask })).toBe(1)
      expect(argmax(x, { mask })).toBe(2)
      expect(hardmax(x, { mask })).toEqual([0, 0, 1])
      expect(topK(x, 2, { mask })).toEqual({ values: [2, 1], indices: Int32Array.of(2, 0) })
    })

    test(`${bad} as the gradient or direction at a masked place`, () => {
      const x = [1, 0, 2]
      const mask = [1, 0, 1]
      const clean = { mask: Uint8Array.from(mask) }
      const y = softmax(x, clean)
      const logY = logSoftmax(x, clean)
      const [gy, dirty] = [
        [0.3, 0, -2],
        [0.3, bad, -2],
      ]
      for (const [got, want] of [
        [softmaxBackward(y, dirty, clean), softmaxBackward(y, gy, clean)],
        [logSoftmaxBackward(logY, dirty, clean), logSoftmaxBackward(logY, gy, clean)],
        [softmaxJvp(y, dirty, clean), softmaxJvp(y, gy, clean)],
        [logSoftmaxJvp(logY, dirty, clean), logSoftmaxJvp(logY, gy, clean)],
        [softmaxHvp(y, dirty, dirty, clean), softmaxHvp(y, gy, gy, clean)],
        [logSoftmaxHvp(logY, dirty, dirty, clean), logSoftmaxHvp(logY, gy, gy, clean)],
      ]) {
        expect(got).toEqual(want)
        expect(Math.abs(got[1])).toBe(0)
      }
      expect(logSumExpBackward([1, bad, 2], 1, clean)).toEqual(logSumExpBackward(x, 1, clean))
    })
  }
})

describe('masked outputs are 0 (log: -Infinity) even where the rest of the row is NaN', () => {
  test('beside NaN, +Infinity, or nothing but -Infinity', () => {
    for (const bad of [NaN, Infinity, -Infinity]) {
      const x = [bad, 1, bad]
      const mask = [true, false, true]
      expect(softmax(x, { mask })).toEqual([NaN, 0, NaN])
      expect(sparsemax(x, { mask })).toEqual([NaN, 0, NaN])
      expect(entmax(x, { mask })).toEqual([NaN, 0, NaN])
      expect(logSoftmax(x, { mask })).toEqual([NaN, -Infinity, NaN])
    }
  })

  test('and their gradient is exactly 0, in log-softmax too', () => {
    const mask = [true, false, true]
    const gy = [1, 1, 1]
    for (const x of [
      [NaN, 1, 2],
      [0, 1, 2],
    ]) {
      expect(Math.abs(softmaxBackward(softmax(x, { mask }), gy, { mask })[1])).toBe(0)
      expect(Math.abs(logSoftmaxBackward(logSoftmax(x, { mask }), gy, { mask })[1])).toBe(0)
      expect(Math.abs(logSumExpBackward(x, 1, { mask })[1])).toBe(0)
    }
  })
})

describe('a row that keeps nothing', () => {
  const mask = [false, false, true, true]
  const shape = [2, 2]

  test('is 0 (log: -Infinity) throughout, with gradient 0', () => {
    for (const x of [
      [1, 2, 3, 4],
      [NaN, Infinity, 3, 4],
    ]) {
      const y = softmax(x, { shape, mask })
      const logY = logSoftmax(x, { shape, mask })
      expect(y.slice(0, 2)).toEqual([0, 0])
      for (const f of [sparsemax, entmax]) expect(f(x, { shape, mask }).slice(0, 2)).toEqual([0, 0])
      expect(Array.from(support(sparsemax([3, 4, 3, 4], { shape }), { shape, mask }))).toEqual([0, 1])
      expect(logY.slice(0, 2)).toEqual([-Infinity, -Infinity])
      expect(y.slice(2)).toEqual(softmax([3, 4]))
      const gy = [1, 2, 3, 4]
      expect(softmaxBackward(y, gy, { shape, mask }).slice(0, 2).map(Math.abs)).toEqual([0, 0])
      expect(logSoftmaxBackward(logY, gy, { shape, mask }).slice(0, 2).map(Math.abs)).toEqual([0, 0])
      expect(logSumExpBackward(x, [1, 1], { shape, mask }).slice(0, 2).map(Math.abs)).toEqual([0, 0])
      expect(logSumExp(x, { shape, mask })).toEqual([-Infinity, logSumExp([3, 4])])
    }
  })

  test('has derivatives of 0 in every direction', () => {
    const x = [1, NaN, 3, 4]
    const v = [1, 2, 3, 4]
    const y = softmax(x, { shape, mask })
    const logY = logSoftmax(x, { shape, mask })
    const o = { shape, mask }
    expect(logSumExpJvp(x, v, o)[0]).toBe(0)
    for (const d of [
      softmaxJvp(y, v, o),
      softmaxHvp(y, v, v, o),
      logSoftmaxJvp(logY, v, o),
      logSoftmaxHvp(logY, v, v, o),
      logSumExpHvp(x, 1, v, o),
      softmaxJacobian(y, o).slice(0, 4),
    ]) {
      expect(Array.from(d.slice(0, 2), Math.abs)).toEqual([0, 0])
    }
  })

  test('at temperature 0 and Infinity as well', () => {
    for (const temperature of [0, Infinity]) {
      expect(softmax([1, 2, 5, 5], { shape, mask, temperature })).toEqual([0, 0, 0.5, 0.5])
      expect(logSoftmax([1, 2, 5, 5], { shape, mask, temperature }).slice(0, 2)).toEqual([-Infinity, -Infinity])
    }
  })
})

describe('what a mask may be', () => {
  const x = [1, 2, 3, 4, 5, 6]
  const want = softmax(x, { shape: [2, 3], mask: [true, true, false, true, true, false] })

  test('booleans, integers, 64-bit integers and tensors say the same', () => {
    for (const mask of [
      [1, 1, 0, 1, 1, 0],
      Uint8Array.of(1, 1, 0, 1, 1, 0),
      Int32Array.of(1, 1, 0, 1, 1, 0),
      BigInt64Array.of(1n, 1n, 0n, 1n, 1n, 0n),
      { data: Uint8Array.of(1, 1, 0, 1, 1, 0), dims: [2, 3], type: 'bool' },
      { data: BigInt64Array.of(1n, 1n, 0n, 1n, 1n, 0n), dims: [2, 3], type: 'int64' },
    ]) {
      expect(softmax(x, { shape: [2, 3], mask })).toEqual(want)
    }
  })

  test('it is broadcast as in NumPy, a flat one along the trailing axes', () => {
    expect(softmax(x, { shape: [2, 3], mask: [1, 1, 0] })).toEqual(want)
    expect(softmax(x, { shape: [2, 3], mask: { data: Uint8Array.of(1, 1, 0), dims: [1, 3] } })).toEqual(want)
    const firstRow = softmax(x, { shape: [2, 3], mask: { data: Uint8Array.of(1, 0), dims: [2, 1] } })
    expect(firstRow).toEqual([...softmax([1, 2, 3]), 0, 0, 0])
    const deep = softmax(x, { shape: [1, 2, 3], mask: [1, 1, 0, 1, 1, 0] })
    expect(deep).toEqual(want)
  })

  test('along another axis it still speaks of places, not of rows', () => {
    const columns = softmax(x, { shape: [2, 3], axis: 0, mask: [1, 1, 1, 1, 0, 1] })
    expect([columns[1], columns[4]]).toEqual([1, 0])
  })
})
