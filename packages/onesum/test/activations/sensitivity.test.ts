import { describe, expect, test } from 'vitest'
import { argmax, sensitivity, softmax, softmaxJacobian } from '../../src/index.ts'
import { expectClose } from '../support/compare.ts'
import { logOddsCases } from '../support/log-odds-cases.ts'
import { holds, row } from '../support/property.ts'
import { expectError } from '../support/wrong.ts'

describe('sensitivity', () => {
  test('agrees with values of 400 digits, for confident rows too', () => {
    for (const { x, class: of, sensitivity: want } of logOddsCases) {
      // two probabilities, each within 1e-13; below the normal range within its spacing
      expectClose(sensitivity(x, of), want, 3e-13, 2 ** -1022)
    }
  })

  test('is a row of the Jacobian, and sums to 0', () => {
    holds([row(8)], (x) => {
      const jacobian = softmaxJacobian(softmax(x))
      for (const of of x.keys()) {
        const s = sensitivity(x, of)
        expectClose(s, jacobian.slice(of * x.length, (of + 1) * x.length), 0, 1e-13)
        expect(Math.abs(s.reduce((a, b) => a + b, 0))).toBeLessThan(1e-13)
      }
    })
  })

  test('takes one class, or one per row as argmax gives them, along any axis', () => {
    const x = [1, 3, 2, 0, 5, 4]
    const shape = [3, 2]
    const s = sensitivity(x, argmax(x, { shape, axis: 0 }), { shape, axis: 0 })
    const columns = [
      [1, 2, 5],
      [3, 0, 4],
    ]
    for (const [c, column] of columns.entries()) {
      expectClose([s[c], s[2 + c], s[4 + c]], sensitivity(column, [2, 2][c]), 1e-15, 0)
    }
    expect(sensitivity(x, [2, 2n as never], { shape, axis: 0 })).toEqual(s)
    expect(sensitivity(x, { data: Int32Array.of(2, 2), dims: [2] }, { shape, axis: 0 })).toEqual(s)
  })

  test('of a masked or impossible class is 0, at temperatures 0 and Infinity too', () => {
    expect(sensitivity([1, 2, 3], 1, { mask: [1, 0, 1] })).toEqual([0, 0, 0])
    expect(sensitivity([1, NaN, 3], 2, { mask: [1, 0, 1] })).toEqual([
      -sensitivity([1, 3], 1)[1],
      0,
      sensitivity([1, 3], 1)[1],
    ])
    expect(sensitivity([1, -Infinity], 1).map(Math.abs)).toEqual([0, 0])
    for (const temperature of [0, Infinity]) expect(sensitivity([1, 2], 0, { temperature })).toEqual([0, 0])
    expect(sensitivity([1, NaN, 0], 0, { mask: [1, 1, 0] })).toEqual([NaN, NaN, 0])
    expect(sensitivity([], 0, { shape: [2, 0] })).toEqual([])
    expect(sensitivity([], [], { shape: [0, 2] })).toEqual([])
  })

  test('refuses classes that are not there, and as many as there are no rows', () => {
    for (const of of [-1, 2, 0.5, NaN])
      expectError(() => sensitivity([1, 2], of), RangeError, 'sensitivity', 'of', /0 to 1/)
    expectError(() => sensitivity([1, 2, 3, 4], [0, 2], { shape: [2, 2] }), RangeError, 'sensitivity', 'of', /row 1/)
    expectError(() => sensitivity([1, 2], [0, 1]), RangeError, 'sensitivity', 'of', /one per row/)
    for (const of of ['0', null, undefined, {}]) {
      expectError(() => sensitivity([1, 2], of as never), TypeError, 'sensitivity', 'of')
    }
  })
})
