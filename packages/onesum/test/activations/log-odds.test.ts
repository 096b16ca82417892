import { describe, expect, test } from 'vitest'
import { logOdds, logOddsBackward, logSoftmax, sigmoid, softmax } from '../../src/index.ts'
import { expectClose, expectWithin } from '../support/compare.ts'
import { logOddsCases } from '../support/log-odds-cases.ts'
import { holds, row } from '../support/property.ts'

describe('logOdds', () => {
  test('agrees with values of 400 digits, in both tails and near ties', () => {
    for (const { x, logOdds: want } of logOddsCases) {
      // 1e-13 of the larger of the two terms, |x_c − m| and log Σ, whose difference it is; below 16 for log Σ
      const top = Math.max(...x)
      expectWithin(logOdds(x), want, (c, w) => 1e-13 * Math.min(1, Math.abs(x[c] - top)) + 1e-14 * Math.abs(w) + 4e-16)
    }
  })

  test('of two classes is the difference of their logits, to the last digit, however small or wide', () => {
    for (const gap of [1e-300, 1e-17, 0.3, 40, 800, 1e300]) expect(logOdds([gap, 0])).toEqual([gap, -gap])
    expect(logOdds([3, -2], { temperature: 0.5 })).toEqual([10, -10])
  })

  test('has the probability as its sigmoid', () => {
    holds([row()], (x) => {
      // the odds to 1e-13 in absolute terms are the probability to 1e-13 in relative ones
      expectClose(sigmoid(logOdds(x)), softmax(x), 4e-13, 1e-300)
    })
  })

  test('nears the logarithm of the probability where that is small', () => {
    const x = [0, -50, 3]
    expect(logOdds(x)[1] - logSoftmax(x)[1]).toBeCloseTo(0, 13)
  })

  test('at temperature 0 and Infinity is that of equal shares', () => {
    expect(logOdds([1, 3, 2], { temperature: 0 })).toEqual([-Infinity, Infinity, -Infinity])
    expect(logOdds([3, 1, 3], { temperature: 0 }).map((v) => v + 0)).toEqual([0, -Infinity, 0])
    expectClose(logOdds([3, 3, 1, 3], { temperature: 0 }), [-Math.LN2, -Math.LN2, -Infinity, -Math.LN2], 1e-15, 0)
    const uniform = logOdds([3, 1, -Infinity, 2], { temperature: Infinity })
    expectClose(uniform, [-Math.LN2, -Math.LN2, -Infinity, -Math.LN2], 1e-15, 0)
    for (const temperature of [0, Infinity]) {
      expect(logOddsBackward([1, 2], [1, 3], { temperature })).toEqual([0, 0])
      expect(logOddsBackward([1, NaN], [1, 3], { temperature })).toEqual([NaN, NaN])
    }
    // and what it nears before
    expectClose(logOdds([3, 1, 3], { temperature: 1e-3 }), [0, -2000 - Math.LN2, 0], 1e-15, 0)
    expectClose(logOdds([3, 1, 2], { temperature: 1e6 }), Array(3).fill(-Math.LN2), 0, 3e-6)
  })

  test('has the special values of log-softmax', () => {
    for (const bad of [NaN, Infinity]) {
      expect(logOdds([1, bad, 0], { mask: [1, 1, 0] })).toEqual([NaN, NaN, -Infinity])
      expect(logOddsBackward([1, bad, 0], [1, 1, 1], { mask: [1, 1, 0] })).toEqual([NaN, NaN, 0])
      expect(logOdds([1, bad, 0], { mask: [1, 0, 1] })).toEqual([1, -Infinity, -1])
    }
    expect(logOdds([1, -Infinity, 0])).toEqual([1, -Infinity, -1])
    expect(logOdds([-Infinity, -Infinity])).toEqual([NaN, NaN])
    expect(logOdds([5])).toEqual([Infinity])
    expect(logOdds([5, -Infinity])).toEqual([Infinity, -Infinity])
    expect(logOdds([1, 2], { mask: [0, 0] })).toEqual([-Infinity, -Infinity])
    expect(logOdds([], { shape: [2, 0] })).toEqual([])
  })

  test('stays finite where differences overflow before the division', () => {
    const far = [1e308, -1e308]
    expectClose(logOdds(far, { temperature: 1e10 }), [2e298, -2e298], 1e-15, 0)
  })

  test('has gradients that do not vanish with the other classes', () => {
    // seen from the top, the others share −gy as their own softmax says, at any gap
    for (const gap of [0, 5, 50, 800]) {
      const [a, b] = softmax([1, 0.5])
      expectClose(logOddsBackward([gap + 1, 1, 0.5], [1, 0, 0]), [1, -a, -b], 1e-14, 0)
    }
  })
})
