import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hardmax, softmax, softmaxBackward, topK, topKSoftmax, topKSoftmaxBackward } from '../../src/index.ts'
import { expectClose } from '../support/compare.ts'
import { holds, row } from '../support/property.ts'
import { expectError } from '../support/wrong.ts'

describe('topKSoftmax', () => {
  test('is the softmax that is masked to what topK gives', () => {
    holds([row(), fc.integer({ min: 1, max: 45 }), fc.constantFrom(1, 0.3, 0, Infinity)], (x, k, temperature) => {
      const { indices } = topK(x, Math.min(k, x.length))
      const mask = x.map((_, j) => indices.includes(j))
      // the same terms in another order: 40 roundings of the sum
      expectClose(topKSoftmax(x, k, { temperature }), softmax(x, { temperature, mask }), 40 * 2 ** -53, 0)
    })
  })

  test('gives ties at the boundary to the lowest index', () => {
    expect(topKSoftmax([1, 2, 1, 1], 2)).toEqual(softmax([1, 2, 1, 1], { mask: [1, 1, 0, 0] }))
    expect(topKSoftmax([0, 0, 0], 2)).toEqual([0.5, 0.5, 0])
  })

  test('becomes hardmax at k = 1, and softmax at k = C and beyond', () => {
    const x = [0.5, 2, -1, 2, 0]
    expect(topKSoftmax(x, 1)).toEqual(hardmax(x))
    for (const k of [5, 6, 1e9]) expect(topKSoftmax(x, k)).toEqual(softmax(x))
  })

  test('counts kept entries only, along any axis', () => {
    const x = [5, 1, 2, 9, 3, 4]
    expect(topKSoftmax(x, 2, { mask: [0, 1, 1, 0, 1, 1] })).toEqual(softmax(x, { mask: [0, 0, 0, 0, 1, 1] }))
    const columns = topKSoftmax(x, 1, { shape: [3, 2], axis: 0 })
    expect(columns).toEqual([1, 0, 0, 1, 0, 0])
  })

  test('has the special values of softmax', () => {
    for (const bad of [NaN, Infinity]) {
      expect(topKSoftmax([1, bad, 0], 1)).toEqual([NaN, NaN, NaN])
      expect(topKSoftmax([1, bad, 0], 1, { mask: [1, 1, 0] })).toEqual([NaN, NaN, 0])
    }
    expect(topKSoftmax([-Infinity, 1, -Infinity], 2)).toEqual([0, 1, 0])
    expect(topKSoftmax([-Infinity, -Infinity], 1)).toEqual([NaN, NaN])
    expect(topKSoftmax([1, 2], 1, { mask: [0, 0] })).toEqual([0, 0])
    expect(topKSoftmax([], 1, { shape: [0, 3] })).toEqual([])
  })

  test('has the backward of softmax', () => {
    const y = topKSoftmax([2, 1, 0.5, 0], 2, { temperature: 0.5 })
    const gy = [1, -1, 3, 5]
    const gx = topKSoftmaxBackward(y, gy, { temperature: 0.5 })
    expect(gx).toEqual(softmaxBackward(y, gy, { temperature: 0.5 }))
    expect(gx.slice(2).map(Math.abs)).toEqual([0, 0])
  })

  test('refuses a k that is no whole number from 1', () => {
    for (const k of [0, -1, 1.5, NaN, Infinity]) {
      expectError(() => topKSoftmax([1, 2], k), RangeError, 'topKSoftmax', 'k', /whole number >= 1/)
    }
    for (const k of ['1', null, undefined, [1]]) {
      expectError(() => topKSoftmax([1, 2], k as never), TypeError, 'topKSoftmax', 'k')
    }
  })
})
