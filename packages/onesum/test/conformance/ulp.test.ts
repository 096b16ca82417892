import { describe, expect, test } from 'vitest'
import { logSoftmax, logSumExp, softmax } from '../../src/index.ts'
import { describeOurs, fixturePath, type TensorJson, tensor } from '../support/cases.ts'
import { maxAbs, ulp32, ulpDistance } from '../support/compare.ts'
import { toNumber } from '../support/double-double.ts'
import { kernels } from '../support/kernels.ts'
import { readNpy } from '../support/npy.ts'
import { SOFTMAX_ULP } from '../support/promises.ts'
import { compensatedSum, referenceRow } from '../support/softmax-reference.ts'

/**
 * Largest error of float32 outputs against exact values, in units of the last place of the exact value; where that
 * is below 2^-126 the unit is 2^-126, the distance a platform that flushes subnormals may be off by.
 */
function worstUlp(got: ArrayLike<number>, exact: ArrayLike<number>): number {
  let worst = 0
  for (let i = 0; i < exact.length; i++) {
    if (got[i] === exact[i] || got[i] === Math.fround(exact[i])) continue
    const unit = Math.abs(exact[i]) < 2 ** -126 ? 2 ** -126 : ulp32(exact[i])
    const error = Math.abs(got[i] - exact[i]) / unit
    if (!(error <= worst)) worst = error
  }
  return worst
}

const small = 'ulp-softmax-f32-small.json'
type SmallCase = {
  name: string
  x: TensorJson
  softmax_f64: number[]
  softmax_f32: number[]
  log_softmax_f64: (number | string)[]
  logsumexp_f64: number
}

const long = 'ulp-softmax-f32-long.json'
type LongCase = {
  name: string
  n: number
  x: string
  softmax_f64: string
  logsumexp_f64: number
  max_minus_logsumexp_f64: number
}

describe('float32 in units of the last place', () => {
  describeOurs<SmallCase>(small, 32, (cases) => {
    for (const c of cases) {
      const x = tensor(c.x).array as Float32Array
      test(`${c.name}: softmax within ${SOFTMAX_ULP} ulp, rows adding to 1`, () => {
        const y = softmax(x)
        const exact = Float64Array.from(c.softmax_f64, Number)
        expect(y.length).toBe(exact.length)
        expect(worstUlp(y, exact)).toBeLessThanOrEqual(SOFTMAX_ULP)
        const rounded = Float32Array.from(c.softmax_f32, Number)
        // against the correctly rounded value, subnormals included: the JS path has no flushing
        if (kernels === 'js') {
          expect(Math.max(...Array.from(y, (v, i) => ulpDistance(v, rounded[i])))).toBeLessThanOrEqual(1)
        }
        expect(Math.abs(compensatedSum(y) - 1)).toBeLessThanOrEqual(1e-6)
      })
      test(`${c.name}: log-softmax within 5 ulp, also near 0`, () => {
        const y = logSoftmax(x)
        const exact = Float64Array.from(c.log_softmax_f64, Number)
        expect(y.length).toBe(exact.length)
        expect(worstUlp(y, exact)).toBeLessThanOrEqual(5)
      })
      test(`${c.name}: log-sum-exp within 3 ulp of max(|max x|, |result|)`, () => {
        const want = Number(c.logsumexp_f64)
        const bound = 3 * ulp32(Math.max(Math.abs(x.reduce((a, b) => Math.max(a, b))), Math.abs(want)))
        expect(Math.abs(logSumExp(x) - want)).toBeLessThanOrEqual(bound)
      })
    }
  })

  describeOurs<LongCase>(long, 8, (cases) => {
    for (const c of cases) {
      const x = readNpy(fixturePath(`conformance/${c.x}`)) as Float32Array
      test(`${c.name}: softmax within ${SOFTMAX_ULP} ulp, the row adding to 1`, () => {
        expect(x.length).toBe(c.n)
        const y = softmax(x)
        const exact = readNpy(fixturePath(`conformance/${c.softmax_f64}`))
        expect(exact.length).toBe(c.n)
        expect(worstUlp(y, exact)).toBeLessThanOrEqual(SOFTMAX_ULP)
        expect(Math.abs(compensatedSum(y) - 1)).toBeLessThanOrEqual(1e-6)
      })
      test(`${c.name}: log-softmax of the maximum within 5 ulp`, () => {
        const y = logSoftmax(x)
        const at = x.indexOf(x.reduce((a, b) => Math.max(a, b)))
        // the file's difference is formed in 80 bits, and off by up to 2^-64 of its terms: too much where it is tiny
        const inexact = Math.abs(c.max_minus_logsumexp_f64) < 1e-8
        const exact = inexact ? toNumber(referenceRow(x).logProbabilities[at]) : c.max_minus_logsumexp_f64
        expect(Math.abs(exact - c.max_minus_logsumexp_f64)).toBeLessThanOrEqual(2 ** -63 * Math.abs(x[at]) + 1e-15)
        expect(worstUlp([y[at]], [exact])).toBeLessThanOrEqual(5)
      })
      test(`${c.name}: log-sum-exp within 3 ulp`, () => {
        const bound = 3 * ulp32(Math.max(maxAbs([x.reduce((a, b) => Math.max(a, b))]), Math.abs(c.logsumexp_f64)))
        expect(Math.abs(logSumExp(x) - c.logsumexp_f64)).toBeLessThanOrEqual(bound)
      })
    }
  })
})
