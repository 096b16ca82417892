import { describe, expect, test } from 'vitest'
import {
  logSoftmax,
  logSoftmaxBackward,
  logSumExp,
  logSumExpBackward,
  softmax,
  softmaxBackward,
  softmaxJvp,
} from '../../src/index.ts'
import { expectWithin, maxAbs } from '../support/compare.ts'
import * as dd from '../support/double-double.ts'
import { logSoftmax64, softmax64 } from '../support/promises.ts'
import { normals } from '../support/random.ts'
import { referenceRow } from '../support/softmax-reference.ts'

const rows: [string, Float64Array][] = [
  ['one logit', Float64Array.of(-3.7)],
  ['two logits 40 apart, log-sum-exp near 0', Float64Array.of(0, -40)],
  ['two logits 700 apart', Float64Array.of(0, -700)],
  ['a sweep down to 2^-1074', Float64Array.from({ length: 761 }, (_, i) => -i + 0.123 * (i % 7))],
  ['fractions near -128, -437 and -708', Float64Array.from({ length: 3000 }, (_, i) => (i === 0 ? 0.1 : -i / 4.1))],
  ['ordinary logits', normals(1, 1000, 3)],
  ['wide logits', normals(2, 4096, 200)],
  ['tiny logits', normals(3, 100, 1e-300)],
  ['huge logits', normals(4, 100, 1e300)],
  ['1000 nearly equal terms', normals(5, 1000, 1e-9)],
  ['a log-sum-exp that cancels the maximum', Float64Array.of(-Math.log(3), -Math.log(3), -Math.log(3))],
]

describe('softmax in float64', () => {
  for (const [name, x] of rows) {
    test(`${name}: 1e-13 relative for outputs >= 1e-190, 2e-13 down to 2^-1022, absolute 2^-1022 below`, () => {
      expectWithin(softmax(x), referenceRow(x).probabilities.map(dd.toNumber), softmax64)
    })
  }
})

describe('log-softmax in float64', () => {
  for (const [name, x] of rows) {
    test(`${name}: 1e-13 relative for normal results`, () => {
      expectWithin(logSoftmax(x), referenceRow(x).logProbabilities.map(dd.toNumber), logSoftmax64)
    })
  }
})

describe('log-sum-exp in float64', () => {
  for (const [name, x] of rows) {
    test(`${name}: 1e-13 of max(|max x|, |result|)`, () => {
      const largest = x.reduce((a, b) => Math.max(a, b))
      const exact = dd.toNumber(dd.add([largest, 0], referenceRow(x).logSum))
      const bound = 1e-13 * Math.max(Math.abs(largest), Math.abs(exact))
      expect(Math.abs(logSumExp(x) - exact)).toBeLessThanOrEqual(bound)
    })
  }

  test('keeps its digits near 0, where the maximum is 0', () => {
    // log(1 + e^-40) to its own 1e-13
    const exact = dd.toNumber(dd.log1p(dd.exp([-40, 0])))
    expect(Math.abs(logSumExp([0, -40]) - exact)).toBeLessThanOrEqual(1e-13 * exact)
  })
})

/** y_j (gy_j − ⟨gy, y⟩) / T, gy_j − y_j Σ gy over T, and gy y_j: the gradients of the exact softmax of x. */
function referenceGradients(x: Float64Array, gy: Float64Array, temperature: number) {
  const p = referenceRow(x, temperature).probabilities
  const inner = p.reduce((sum, y, j) => dd.add(sum, dd.multiply(y, [gy[j], 0])), dd.zero)
  const total = gy.reduce((sum, g) => dd.add(sum, [g, 0]), dd.zero)
  const over = (a: dd.DoubleDouble) => dd.toNumber(dd.divide(a, [temperature, 0]))
  return {
    softmax: p.map((y, j) => over(dd.multiply(y, dd.subtract([gy[j], 0], inner)))),
    logSoftmax: p.map((y, j) => over(dd.subtract([gy[j], 0], dd.multiply(y, total)))),
    logSumExp: p.map((y) => dd.toNumber(dd.multiply(y, [gy[0], 0]))),
  }
}

describe('gradients in float64: 1e-11 relative + 1e-13 max|gy| / T', () => {
  for (const temperature of [1, 0.1, 0.7, 1.3, 1e-3, 1e3]) {
    test(`temperature ${temperature}`, () => {
      for (const [seed, [, x]] of rows.filter(([, r]) => r.length <= 1000).entries()) {
        if (maxAbs(x) > 1e10) continue
        const gy = normals(seed + 50, x.length, 3)
        const want = referenceGradients(x, gy, temperature)
        const bound = (_: number, w: number) => 1e-11 * Math.abs(w) + (1e-13 * maxAbs(gy)) / temperature
        const y = softmax(x, { temperature })
        expectWithin(softmaxBackward(y, gy, { temperature }), want.softmax, bound)
        // the Jacobian is symmetric: the same numbers forwards
        expectWithin(softmaxJvp(y, gy, { temperature }), want.softmax, bound)
        const logY = logSoftmax(x, { temperature })
        // Σ gy of many terms is itself rounded: 2^-53 of Σ|gy| y_j for each of the two sums it passes through
        expectWithin(logSoftmaxBackward(logY, gy, { temperature }), want.logSoftmax, bound)
        if (temperature === 1) expectWithin(logSumExpBackward(x, gy[0]), want.logSumExp, bound)
      }
    })
  }

  test('the gradient of log-sum-exp keeps its digits at huge logits, where x - lse would lose them', () => {
    const x = Float64Array.of(1e16, 1e16 - 2, 1e16 - 30, 1e16 + 4)
    const want = referenceRow(x).probabilities.map(dd.toNumber)
    expectWithin(logSumExpBackward(x, 1), want, (_, w) => 1e-13 * w)
    expectWithin(logSumExpBackward([1.7e308, 1.7e308], 1), [0.5, 0.5], () => 1e-13)
  })
})
