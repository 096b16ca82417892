import { describe, expect, test } from 'vitest'
import {
  argmax,
  crossEntropy,
  crossEntropyWithGrad,
  entmax,
  entropy,
  logSoftmax,
  logSoftmaxBackward,
  logSumExp,
  logSumExpBackward,
  softmax,
  softmaxBackward,
  sparsemax,
  sparsemaxBackward,
  support,
} from '../../src/index.ts'

describe('zero-length axis, zero rows', () => {
  for (const shape of [[0], [3, 0], [0, 3], [2, 0, 3], [0, 0]]) {
    test(`an empty output of shape [${shape}]`, () => {
      const empty = new Float32Array(0)
      for (const axis of shape.map((_, i) => i)) {
        expect(softmax(empty, { shape, axis })).toEqual(empty)
        expect(logSoftmax(empty, { shape, axis })).toEqual(empty)
        for (const f of [sparsemax, entmax]) expect(f(empty, { shape, axis })).toEqual(empty)
        expect(sparsemaxBackward(empty, empty, { shape, axis })).toEqual(empty)
        expect(support(empty, { shape, axis }).every((n) => n === 0)).toBe(true)
        expect(softmaxBackward(empty, empty, { shape, axis })).toEqual(empty)
        expect(logSoftmaxBackward(empty, empty, { shape, axis })).toEqual(empty)
        expect(softmax({ data: empty, dims: shape, type: 'float32' }, { axis }).dims).toEqual(shape)
      }
    })
  }

  test('log-sum-exp of nothing is -Infinity for each row there is', () => {
    expect(logSumExp([])).toBe(-Infinity)
    expect(logSumExp([], { shape: [3, 0] })).toEqual([-Infinity, -Infinity, -Infinity])
    expect(logSumExp([], { shape: [0, 3] })).toEqual([])
    expect(logSumExp([], { shape: [0, 2], axis: 0 })).toEqual([-Infinity, -Infinity])
    expect(logSumExpBackward([], [1, 1, 1], { shape: [3, 0] })).toEqual([])
  })

  test('argmax and entropy of nothing are RangeErrors that name the function', () => {
    for (const [name, single, rows] of [
      ['argmax', () => argmax([]), () => argmax([], { shape: [2, 0] })],
      ['entropy', () => entropy([]), () => entropy([], { shape: [2, 0] })],
    ] as const) {
      expect(single).toThrow(RangeError)
      expect(rows).toThrow(RangeError)
      expect(rows).toThrow(new RegExp(`^${name}: "`))
    }
  })

  test('argmax and entropy of zero rows are empty', () => {
    expect(argmax([], { shape: [0, 3] })).toEqual(new Int32Array(0))
    expect(entropy([], { shape: [0, 3] })).toEqual([])
  })

  test('a loss over no rows: the sum is 0, the mean has nothing to divide by', () => {
    const shape = [0, 3]
    expect(crossEntropy([], new Int32Array(0), { shape, reduction: 'sum' })).toBe(0)
    expect(crossEntropy([], new Int32Array(0), { shape, reduction: 'none' })).toEqual([])
    expect(crossEntropy([], new Int32Array(0), { shape })).toBeNaN()
    expect(crossEntropyWithGrad([], new Int32Array(0), { shape, reduction: 'sum' })).toEqual({ loss: 0, grad: [] })
  })
})

describe('rank 0', () => {
  test('is one row of one entry, along axis -1, 0 or []', () => {
    for (const axis of [-1, 0, []]) {
      expect(softmax([3], { shape: [], axis })).toEqual([1])
      expect(logSoftmax([3], { shape: [], axis })).toEqual([0])
      expect(logSumExp([3], { shape: [], axis })).toEqual([3])
    }
  })
})
