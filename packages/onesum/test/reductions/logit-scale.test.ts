import { describe, expect, test } from 'vitest'
import { entropy, logitScale, normalizeLogits, softmax } from '../../src/index.ts'
import { normals } from '../support/random.ts'

describe('logitScale', () => {
  test('reports what a plain computation finds', () => {
    const x = Array.from(normals(5, 60, 3))
    const rows = Array.from({ length: 12 }, (_, r) => x.slice(5 * r, 5 * r + 5))
    const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length
    const scale = logitScale(x, { shape: [12, 5] })
    const ranges = rows.map((row) => Math.max(...row) - Math.min(...row))
    const variances = rows.map((row) => mean(row.map((v) => (v - mean(row)) ** 2)))
    const spread = Math.sqrt(mean(variances))
    const want = {
      rows: 12,
      invalid: 0,
      min: Math.min(...x),
      max: Math.max(...x),
      range: mean(ranges),
      maxRange: Math.max(...ranges),
      spread,
      effectiveTemperature: 1 / spread,
      confidence: mean(rows.map((row) => Math.max(...softmax(row)))),
      entropy: mean(rows.map((row) => entropy(row) / Math.log(5))),
      saturated: 0,
      vanished: 0,
    }
    expect(Object.keys(scale)).toEqual(Object.keys(want))
    for (const [name, value] of Object.entries(want)) {
      expect(scale[name as keyof typeof want], name).toBeCloseTo(value, 12)
    }
  })

  test('finds rows whose float32 probability is 1, and probabilities that are 0 there', () => {
    // ln 2^25 = 17.33: from there on 1 / (1 + e^−gap) rounds to 1; ln 2^150 = 103.97: from there on e^−gap rounds to 0
    for (const gap of [17.3, 17.4, 103.9, 104.1]) {
      const [p, q] = softmax(Float32Array.of(gap, 0), { dtype: 'float64' }).map(Math.fround)
      const { saturated, vanished } = logitScale([gap, 0])
      expect(saturated).toBe(p === 1 ? 1 : 0)
      expect(vanished).toBe(q === 0 ? 0.5 : 0)
    }
    expect(logitScale([40, 0, 0, 0], { shape: [2, 2] }).saturated).toBe(0.5)
  })

  test('says 1 / T of standardised logits that are divided by T', () => {
    const z = normalizeLogits(normals(8, 400), { shape: [40, 10], method: 'standardize', epsilon: 1e-300 })
    for (const temperature of [0.05, 1, 30]) {
      const x = z.map((v) => v / temperature)
      expect(logitScale(x, { shape: [40, 10] }).effectiveTemperature / temperature).toBeCloseTo(1, 12)
    }
  })

  test('leaves out rows without a softmax, and entries that are masked or -Infinity', () => {
    const clean = logitScale([1, 4, 0, 2], { shape: [2, 2] })
    const x = [1, NaN, 4, 0, -Infinity, 2, NaN, 7, 1, 5, 6, 7, 1, Infinity, 2, -Infinity, 0, -Infinity]
    const mask = [1, 0, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 1, 1, 1, 1, 0, 1]
    expect(logitScale(x, { shape: [6, 3], mask })).toEqual({ ...clean, rows: 6, invalid: 4 })
    // along the other axis
    const columns = logitScale([1, 0, 4, 2], { shape: [2, 2], axis: 0 })
    expect(columns).toEqual(clean)
  })

  test('of equal logits has no spread, an infinite temperature and all of the entropy', () => {
    const { spread, effectiveTemperature, entropy: h, range } = logitScale([3, 3, 3])
    expect([spread, effectiveTemperature, range]).toEqual([0, Infinity, 0])
    expect(h).toBeCloseTo(1, 14)
  })

  test('of nothing, or nothing but rows without a softmax, is NaN', () => {
    for (const scale of [logitScale([], { shape: [0, 3] }), logitScale([NaN, 1], { shape: [1, 2] })]) {
      const { rows, invalid, ...figures } = scale
      expect(invalid).toBe(rows)
      expect(Object.values(figures)).toEqual(Array(10).fill(NaN))
    }
  })
})
