import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { argmax, hardmax, logSoftmax, softmax } from '../../src/index.ts'
import { expectClose, expectWithin, ulp32 } from '../support/compare.ts'
import { holds, logit, row } from '../support/property.ts'
import { compensatedSum } from '../support/softmax-reference.ts'

// multiples of 2^-10 below 2^7: adding whole numbers to them is exact, so x and x + c have the same softmax
const exactLogit = fc.integer({ min: -(2 ** 15), max: 2 ** 15 }).map((n) => n / 1024)
const exactRow = fc.array(exactLogit, { minLength: 1, maxLength: 40 })

describe('softmax of any row', () => {
  test('does not change when every logit is shifted by the same amount', () => {
    holds([exactRow, fc.integer({ min: -1000, max: 1000 })], (x, c) => {
      const shifted = x.map((v) => v + c)
      // each side may be off by its bound of 1e-13
      expectClose(softmax(shifted), softmax(x), 2e-13, 0)
      const single = softmax(Float32Array.from(x))
      expectWithin(softmax(Float32Array.from(shifted)), single, (_, want) => 2 * ulp32(want))
    })
  })

  test('follows a permutation of the logits', () => {
    const shuffled = row().chain((x) =>
      fc.record({
        x: fc.constant(x),
        order: fc.shuffledSubarray([...x.keys()], { minLength: x.length, maxLength: x.length }),
      }),
    )
    holds([shuffled], ({ x, order }) => {
      const y = softmax(x)
      const permuted = order.map((from) => x[from])
      expectClose(
        softmax(permuted),
        order.map((from) => y[from]),
        2e-13,
        0,
      )
      const logY = logSoftmax(x)
      expectClose(
        logSoftmax(permuted),
        order.map((from) => logY[from]),
        2e-13,
        0,
      )
    })
  })

  test('gives equal logits equal bits, wherever they stand', () => {
    const ties = fc.array(fc.constantFrom(-3.7, 0, 0.1, 2.5), { minLength: 1, maxLength: 70 })
    holds([ties], (x) => {
      for (const input of [x, Float32Array.from(x)]) {
        const y = softmax(input as number[])
        for (const [i, v] of x.entries()) expect(Object.is(y[i], y[x.indexOf(v)])).toBe(true)
      }
    })
  })

  test('lies between 0 and 1 and adds to 1', () => {
    holds([row(200, 300)], (x) => {
      for (const [input, tolerance] of [
        // Σ 1e-13 y_j in float64; one unit of float32 at most, 2^-23, of each y_j
        [Float64Array.from(x), 1e-13],
        [Float32Array.from(x), 2 ** -23],
      ] as const) {
        const y = softmax(input as Float64Array)
        expect(y.every((p) => p >= 0 && p <= 1)).toBe(true)
        expect(Math.abs(compensatedSum(y) - 1)).toBeLessThanOrEqual(tolerance)
      }
    })
  })

  test('never inverts the order of the logits, and argmax points at the largest output', () => {
    // neighbours in float32 and float64 are the hardest case: their outputs may round to the same number
    const close = logit(4).chain((base) =>
      fc.array(
        fc.integer({ min: -5, max: 5 }).map((n) => base * (1 + n * 2 ** -22)),
        { minLength: 2, maxLength: 40 },
      ),
    )
    holds([fc.oneof(row(40, 200), close)], (x) => {
      for (const input of [x, Float32Array.from(x)]) {
        const logits = input as number[]
        const sorted = [...logits.keys()].sort((a, b) => logits[a] - logits[b])
        for (const y of [softmax(logits), logSoftmax(logits)]) {
          for (let k = 1; k < sorted.length; k++) expect(y[sorted[k]]).toBeGreaterThanOrEqual(y[sorted[k - 1]])
          expect(y[argmax(logits)]).toBe(y.reduce((a, b) => Math.max(a, b)))
        }
      }
    })
  })

  test('has log-softmax as its logarithm', () => {
    holds([row()], (x) => {
      const y = softmax(x)
      // an error of 1e-13 in y moves its logarithm by 1e-13; log-softmax adds its own 1e-13
      expectWithin(
        logSoftmax(x),
        y.map((p) => Math.log(p)),
        (_, want) => 1.1e-13 + 1.1e-13 * Math.abs(want),
      )
    })
  })

  test('becomes hardmax as the temperature falls, where there is one maximum', () => {
    holds([fc.uniqueArray(exactLogit, { minLength: 1, maxLength: 40 })], (x) => {
      // distinct logits are 2^-10 apart; at T = 2^-20 the runner-up has e^-1024 = 0
      expect(softmax(x, { temperature: 2 ** -20 })).toEqual(hardmax(x))
      expect(softmax(x, { temperature: 0 })).toEqual(hardmax(x))
    })
  })
})

describe('temperature', () => {
  test('is the same as dividing the logits', () => {
    holds([row(), fc.double({ min: 0.05, max: 50, noNaN: true })], (x, temperature) => {
      const divided = x.map((v) => v / temperature)
      // dividing rounds x / T by up to 2^-53 of itself, twice in a difference: that much relative change in y
      const largest = Math.max(...divided.map(Math.abs))
      const bound = 2e-13 + 4 * 2 ** -53 * largest
      expectClose(softmax(x, { temperature }), softmax(divided), bound, 2 ** -1022)
      expectWithin(
        logSoftmax(x, { temperature }),
        logSoftmax(divided),
        (_, want) => 2e-13 * Math.abs(want) + 4 * 2 ** -53 * largest,
      )
    })
  })

  test('of a power of two is exactly a scale', () => {
    holds([exactRow, fc.integer({ min: -20, max: 20 })], (x, k) => {
      const y = softmax(x, { temperature: 2 ** k })
      expectClose(y, softmax(x.map((v) => v / 2 ** k)), 2e-13, 2 ** -1022)
    })
  })
})

describe('a mask', () => {
  const masked = row().chain((x) =>
    fc.record({ x: fc.constant(x), mask: fc.array(fc.boolean(), { minLength: x.length, maxLength: x.length }) }),
  )

  test('gives the kept entries what the row without the others would give', () => {
    holds([masked, fc.double({ min: 0.1, max: 10, noNaN: true })], ({ x, mask }, temperature) => {
      const compressed = x.filter((_, i) => mask[i])
      for (const f of [softmax, logSoftmax]) {
        const y = f(x, { mask, temperature })
        const kept = y.filter((_, i) => mask[i])
        expectClose(kept, f(compressed, { temperature }), 2e-13, 2 ** -1022)
        const left = f === softmax ? 0 : -Infinity
        for (const [i, keep] of mask.entries()) if (!keep) expect(y[i]).toBe(left)
      }
    })
  })

  test('lets a masked value influence nothing, whatever it is', () => {
    const anything = fc.constantFrom(NaN, Infinity, -Infinity, 1e308, -1e308)
    holds([masked, anything], ({ x, mask }, value) => {
      const poisoned = x.map((v, i) => (mask[i] ? v : value))
      expect(softmax(poisoned, { mask })).toEqual(softmax(x, { mask }))
      expect(logSoftmax(poisoned, { mask })).toEqual(logSoftmax(x, { mask }))
    })
  })
})
