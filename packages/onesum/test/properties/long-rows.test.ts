import { describe, expect, test } from 'vitest'
import { entropy, logSoftmax, logSumExp, softmax, softmaxBackward } from '../../src/index.ts'
import { expectWithin, ulp32 } from '../support/compare.ts'
import { SOFTMAX_ULP } from '../support/promises.ts'
import { normals } from '../support/random.ts'
import { compensatedSum } from '../support/softmax-reference.ts'

const length = 2 ** 20

/**
 * The row's exponentials and their sum, independently: the exact residual of each subtraction is put back, so each
 * term is off by the rounding of Math.exp (about 2e-16), and the sum is Neumaier's.
 */
function reference(x: ArrayLike<number>): { terms: Float64Array; sum: number; max: number; logSum: number } {
  let max = -Infinity
  for (let i = 0; i < x.length; i++) max = Math.max(max, x[i])
  const terms = new Float64Array(x.length)
  for (let i = 0; i < x.length; i++) {
    // two-sum, written out: x − max = difference + residual exactly
    const difference = x[i] - max
    const part = difference - x[i]
    const residual = x[i] - (difference - part) + (-max - part)
    terms[i] = Math.exp(difference) * (1 + residual)
  }
  // without its largest term, which is 1, the sum keeps its digits for a logarithm near 0
  const at = terms.indexOf(1)
  const others = compensatedSum(terms.map((e, i) => (i === at ? 0 : e)))
  return { terms, sum: 1 + others, max, logSum: Math.log1p(others) }
}

const rows: Record<string, Float64Array> = {
  flat: new Float64Array(length).fill(0.7),
  decreasing: Float64Array.from({ length }, (_, i) => -i * 1e-5),
  'steeply decreasing, whose tail is a sum of tiny terms': Float64Array.from({ length }, (_, i) => -Math.log1p(i)),
  random: normals(11, length, 10),
  'one large logit before a flat tail': Float64Array.from({ length }, (_, i) => (i === 0 ? 30 : 0)),
}

describe('rows of 2^20 against compensated sums', { timeout: 60_000 }, () => {
  for (const [name, x] of Object.entries(rows)) {
    test(`float64, ${name}`, () => {
      const { terms, sum, max, logSum } = reference(x)
      const y = softmax(x)
      // 1e-13 is the promise; the reference itself is off by less than 1e-15
      expectWithin(
        y,
        terms.map((e) => e / sum),
        (_, want) => 1.01e-13 * want,
      )
      expect(Math.abs(compensatedSum(y) - 1)).toBeLessThanOrEqual(1e-13)
      const want = max + logSum
      expect(Math.abs(logSumExp(x) - want)).toBeLessThanOrEqual(1.01e-13 * Math.max(Math.abs(max), Math.abs(want)))
      const logY = logSoftmax(x)
      expectWithin(
        logY,
        x.map((v) => v - max - logSum),
        (_, w) => 1.01e-13 * Math.abs(w),
      )
    })

    test(`float32, ${name}`, () => {
      const single = Float32Array.from(x)
      const { terms, sum, max, logSum } = reference(single)
      const y = softmax(single)
      // 1 ulp, and a thousandth for the reference
      expectWithin(
        y,
        terms.map((e) => e / sum),
        (_, want) => (want < 2 ** -126 ? 2 ** -126 : (SOFTMAX_ULP + 0.001) * ulp32(want)),
      )
      expect(Math.abs(compensatedSum(y) - 1)).toBeLessThanOrEqual(1e-6)
      const want = max + logSum
      const unit = ulp32(Math.max(Math.abs(max), Math.abs(want)))
      expect(Math.abs(logSumExp(single) - want)).toBeLessThanOrEqual(3 * unit)
      expectWithin(
        logSoftmax(single),
        Float64Array.from(single, (v) => v - max - logSum),
        (_, w) => 5.001 * ulp32(w),
      )
    })
  }

  test('the entropy of a flat row is log 2^20', () => {
    expect(Math.abs(entropy(rows.flat) - 20 * Math.LN2)).toBeLessThanOrEqual(1e-12)
  })

  test('backward keeps its dot product: y gy of alternating signs cancels to the last digits', () => {
    const y = softmax(rows.random)
    const gy = Float64Array.from({ length }, (_, i) => (i % 2 === 0 ? 1 : -1) * (1 + (i % 7)))
    const inner = compensatedSum(y.map((p, i) => p * gy[i]))
    const want = y.map((p, i) => p * (gy[i] - inner))
    // 1e-11 relative + 1e-13 max|gy|
    expectWithin(softmaxBackward(y, gy), want, (_, w) => 1e-11 * Math.abs(w) + 7e-13)
  })
})
