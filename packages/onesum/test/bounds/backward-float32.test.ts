import { describe, expect, test } from 'vitest'
import { logSoftmax, logSoftmaxBackward, logSumExpBackward, softmax, softmaxBackward } from '../../src/index.ts'
import { expectWithin, maxAbs, ulp32 } from '../support/compare.ts'
import * as dd from '../support/double-double.ts'
import { normals } from '../support/random.ts'
import { referenceRow } from '../support/softmax-reference.ts'

const single = (seed: number, length: number, scale: number) => Float32Array.from(normals(seed, length, scale))
const wide = (values: ArrayLike<number>) => Array.from(values, (v): dd.DoubleDouble => [v, 0])

/** Rows, gradients and temperatures over the lengths where a vector of lanes begins and ends. */
const cases = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 33, 100, 1000].flatMap((length, i) =>
  [1, 0.1, 0.7, 8].flatMap((temperature) =>
    [1e-3, 1, 1e4].map((size) => ({
      x: single(i + 1, length, 4),
      gy: single(i + 100, length, size),
      temperature,
    })),
  ),
)

/** Past the largest float32 the promised result is an infinity. */
const rounded = (exact: number[]) =>
  exact.map((v) => (Math.abs(v) > 3.4028235677973366e38 ? Math.sign(v) * Infinity : v))

describe('backward in float32, as a function of the given y and gy', () => {
  test('softmax: within 4·2^-23·y_j (|gy_j| + max|gy|) / T + 2^-149', () => {
    for (const { x, gy, temperature } of cases) {
      const y = softmax(x, { temperature })
      const inner = wide(y).reduce((sum, p, j) => dd.add(sum, dd.multiply(p, [gy[j], 0])), dd.zero)
      const want = wide(y).map((p, j) =>
        dd.toNumber(dd.divide(dd.multiply(p, dd.subtract([gy[j], 0], inner)), [temperature, 0])),
      )
      expectWithin(
        softmaxBackward(y, gy, { temperature }),
        want,
        (j) => (4 * 2 ** -23 * y[j] * (Math.abs(gy[j]) + maxAbs(gy))) / temperature + 2 ** -149,
      )
    }
  })

  test('softmax: also for a y that adds to 2, or to nothing like 1', () => {
    const y = Float32Array.of(0.9, 0.6, 0.5)
    const gy = Float32Array.of(1, -2, 3)
    const inner = y[0] - 2 * y[1] + 3 * y[2]
    expectWithin(
      softmaxBackward(y, gy),
      Array.from(y, (p, j) => p * (gy[j] - inner)),
      (j) => 4 * 2 ** -23 * y[j] * (Math.abs(gy[j]) + 3),
    )
  })

  test('log-softmax: within 4·2^-23 (|gy_j| + exp(logY_j) Σ|gy|) / T + 2^-149', () => {
    for (const { x, gy, temperature } of cases) {
      const logY = logSoftmax(x, { temperature })
      const total = wide(gy).reduce(dd.add, dd.zero)
      const absolute = gy.reduce((sum, g) => sum + Math.abs(g), 0)
      const want = wide(logY).map((l, j) =>
        dd.toNumber(dd.divide(dd.subtract([gy[j], 0], dd.multiply(dd.exp(l), total)), [temperature, 0])),
      )
      expectWithin(
        logSoftmaxBackward(logY, gy, { temperature }),
        want,
        (j) => (4 * 2 ** -23 * (Math.abs(gy[j]) + Math.exp(logY[j]) * absolute)) / temperature + 2 ** -149,
      )
    }
  })

  test('log-sum-exp: 4 ulp, recomputed from x', () => {
    for (const { x, gy } of cases) {
      const g = gy[0]
      const want = referenceRow(x).probabilities.map((p) => dd.toNumber(dd.multiply(p, [g, 0])))
      expectWithin(logSumExpBackward(x, g), want, (_, w) => 4 * ulp32(w))
    }
    // x − lse would be off by half a unit of 1e30 here
    const x = Float32Array.of(1e30, 1e30, -1e30)
    expect(Array.from(logSumExpBackward(x, 2))).toEqual([1, 1, 0])
  })

  test('beyond the range: ±Infinity', () => {
    const y = Float32Array.of(0.5, 0.5)
    const gy = Float32Array.of(3e38, -3e38)
    expect(Array.from(softmaxBackward(y, gy, { temperature: 0.1 }))).toEqual([Infinity, -Infinity])
    expect(Array.from(softmaxBackward(y, gy))).toEqual(rounded([Math.fround(3e38) / 2, -Math.fround(3e38) / 2]))
    const logY = Float32Array.of(-Math.LN2, -Math.LN2)
    expect(Array.from(logSoftmaxBackward(logY, gy, { temperature: 0.5 }))).toEqual([Infinity, -Infinity])
  })

  test('gradients whose dot product passes the float32 range on the way stay finite', () => {
    const y = Float32Array.of(0.25, 0.25, 0.25, 0.25)
    const gy = Float32Array.of(3e38, 3e38, 3e38, -3e38)
    const f = Math.fround(3e38)
    expectWithin(softmaxBackward(y, gy), [f / 8, f / 8, f / 8, (-3 * f) / 8], (_, w) => 4 * ulp32(w))
  })
})
