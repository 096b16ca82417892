import { describe, expect, test } from 'vitest'
import {
  logSoftmax,
  logSoftmaxBackward,
  logSoftmaxHvp,
  logSoftmaxJvp,
  softmax,
  softmaxBackward,
  softmaxHvp,
  softmaxJacobian,
  softmaxJvp,
} from '../../src/index.ts'
import { expectWithin } from '../support/compare.ts'
import { toNumber } from '../support/double-double.ts'
import { logSoftmax32, logSoftmax64, softmax32, softmax64 } from '../support/promises.ts'
import { normals, seeded } from '../support/random.ts'
import { compensatedSum, referenceRow } from '../support/softmax-reference.ts'

/** Holds one row at one temperature against its definition, in the precision of its array. */
function expectExact(x: Float64Array | Float32Array, temperature: number): void {
  const { probabilities, logProbabilities } = referenceRow(x, temperature)
  const exact = probabilities.map(toNumber)
  const y = softmax(x, { temperature })
  const logY = logSoftmax(x, { temperature })
  if (x instanceof Float32Array) {
    expectWithin(y, exact, softmax32)
    expectWithin(logY, logProbabilities.map(toNumber).map(Math.fround), logSoftmax32)
    expect(Math.abs(compensatedSum(y) - 1)).toBeLessThanOrEqual(1e-6)
  } else {
    expectWithin(y, exact, softmax64)
    expectWithin(logY, logProbabilities.map(toNumber), logSoftmax64)
    expect(Math.abs(compensatedSum(y) - 1)).toBeLessThanOrEqual(1.01e-13)
  }
  expect(y.every((p) => p >= 0 && p <= 1)).toBe(true)
}

/** The nearest float32, kept within its range: every finite input is one that is promised. */
function single(values: Float64Array): Float32Array {
  const limit = 3.4028234663852886e38
  return Float32Array.from(values, (v) => Math.min(limit, Math.max(-limit, v)))
}

const sweep = process.env.ONESUM_TEST_ALL === '1' ? 2000 : 150

describe('any temperature > 0', () => {
  for (const temperature of [0.1, 0.7, 0.8, 1.3, 1e-310, 1e308, 5e-324, Number.MAX_VALUE]) {
    test(`${temperature}, for logits of ordinary size and for logits scaled alike`, () => {
      for (const [seed, length] of [1, 2, 3, 7, 33, 257].entries()) {
        for (const spread of [0.01, 1, 30, 300]) {
          const x = normals(seed + 1, length, spread)
          expectExact(x, temperature)
          expectExact(single(x), temperature)
          const scaled = x.map((v) => Math.min(1.7e308, Math.max(-1.7e308, v * temperature)))
          expectExact(scaled, temperature)
          expectExact(single(scaled), temperature)
        }
      }
    })
  }

  test('log-uniform in [1e-45, 1e45], with logits scaled alike', () => {
    const uniform = seeded(5)
    for (let i = 0; i < sweep; i++) {
      const temperature = 10 ** (90 * uniform() - 45)
      const x = normals(i, 1 + Math.floor(40 * uniform()), 10 ** (3 * uniform() - 1)).map((v) => v * temperature)
      expectExact(x, temperature)
      expectExact(single(x), temperature)
    }
  })

  test('where x - max overflows and (x - max) / T does not', () => {
    for (const temperature of [1e308, 1e306, 1.7e308, 3e305]) {
      expectExact(Float64Array.of(1.7e308, -1.7e308), temperature)
      expectExact(Float64Array.of(-1.7e308, 1.7e308, 0, 1e308, -1e308), temperature)
      expectExact(
        normals(9, 64, 1).map((v) => Math.max(-1.7e308, Math.min(1.7e308, v * 1e308))),
        temperature,
      )
    }
    const largest = 3.4028234663852886e38
    for (const temperature of [1e38, 3e36, 1e39]) {
      expectExact(Float32Array.of(largest, -largest), temperature)
      expectExact(Float32Array.of(-largest, largest, 0, 1e38, -1e38), temperature)
    }
  })

  test('at the far ends of the range with temperature 1', () => {
    expectExact(Float64Array.of(1.7e308, -1.7e308), 1)
    expectExact(Float64Array.of(Number.MAX_VALUE, -Number.MAX_VALUE, Number.MAX_VALUE), 1)
    expectExact(Float64Array.of(5e-324, -5e-324, 0), 1)
    expectExact(Float64Array.of(-1.7e308, -1.7e308), 1)
  })
})

describe('temperature 0', () => {
  test('is the limit: all mass on the maximum, shared equally by ties', () => {
    expect(softmax([1, 3, 2], { temperature: 0 })).toEqual([0, 1, 0])
    expect(softmax([3, 1, 3, 3, -Infinity], { temperature: 0 })).toEqual([1 / 3, 0, 1 / 3, 1 / 3, 0])
    const logY = logSoftmax([3, 1, 3], { temperature: 0 })
    expect(logY).toEqual([-Math.LN2, -Infinity, -Math.LN2])
    expect(Math.abs(logSoftmax([1, 3], { temperature: 0 })[1])).toBe(0)
    expect(softmax(Float32Array.of(-0, 0), { temperature: 0 })).toEqual(Float32Array.of(0.5, 0.5))
  })

  test('NaN and +Infinity win over it', () => {
    for (const temperature of [0, Infinity]) {
      expect(softmax([1, NaN], { temperature })).toEqual([NaN, NaN])
      expect(softmax([1, Infinity], { temperature })).toEqual([NaN, NaN])
      expect(logSoftmax([1, Infinity], { temperature })).toEqual([NaN, NaN])
      expect(softmax([-Infinity, -Infinity], { temperature })).toEqual([NaN, NaN])
    }
  })
})

describe('temperature Infinity', () => {
  test('is uniform over the entries above -Infinity', () => {
    expect(softmax([1, -5, -Infinity, 1e308], { temperature: Infinity })).toEqual([1 / 3, 1 / 3, 0, 1 / 3])
    expect(softmax([1, 7, 9], { temperature: Infinity, mask: [1, 0, 1] })).toEqual([0.5, 0, 0.5])
    expect(logSoftmax([1, 7, -Infinity], { temperature: Infinity })).toEqual([-Math.LN2, -Math.LN2, -Infinity])
  })
})

describe('derivatives at both limits', () => {
  test('are 0', () => {
    for (const temperature of [0, Infinity]) {
      const x = [1, 3, 3, -Infinity]
      const y = softmax(x, { temperature })
      const logY = logSoftmax(x, { temperature })
      const gy = [0.5, -1, 2, 4]
      for (const g of [
        softmaxBackward(y, gy, { temperature }),
        softmaxJvp(y, gy, { temperature }),
        softmaxHvp(y, gy, gy, { temperature }),
        logSoftmaxBackward(logY, gy, { temperature }),
        logSoftmaxJvp(logY, gy, { temperature }),
        logSoftmaxHvp(logY, gy, gy, { temperature }),
      ]) {
        expect(g.map(Math.abs)).toEqual([0, 0, 0, 0])
      }
      expect(softmaxJacobian(y, { temperature }).every((d) => d === 0)).toBe(true)
    }
  })
})
