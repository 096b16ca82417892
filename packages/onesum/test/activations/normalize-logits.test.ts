import { describe, expect, test } from 'vitest'
import { normalizeLogits, normalizeLogitsBackward } from '../../src/index.ts'
import { expectClose } from '../support/compare.ts'
import { normals } from '../support/random.ts'
import { expectError } from '../support/wrong.ts'

const methods = ['l2', 'standardize'] as const

describe('normalizeLogits', () => {
  test('gives rows of norm 1, or of mean 0 and deviation 1, divided by the temperature', () => {
    const x = Array.from(normals(3, 50, 4))
    const l2 = normalizeLogits(x, { temperature: 0.04 })
    // the epsilon takes 1e-7 of a norm of about 28
    expect(Math.hypot(...l2) * 0.04).toBeCloseTo(1, 7)
    const z = normalizeLogits(x, { method: 'standardize' })
    const mean = z.reduce((a, b) => a + b, 0) / 50
    expect(Math.abs(mean)).toBeLessThan(1e-15)
    expect(z.reduce((a, b) => a + (b - mean) ** 2, 0) / 50).toBeCloseTo(1, 6)
  })

  test('is the same at any scale where epsilon is nothing, and never overflows or vanishes', () => {
    const x = [3, -4, 1, 0.5]
    for (const method of methods) {
      const want = normalizeLogits(x, { method, epsilon: 1e-322 })
      const gx = normalizeLogitsBackward(x, [1, 2, -1, 0], { method, epsilon: 1e-322 })
      for (const scale of [2 ** -1000, 2 ** -600, 2 ** -300, 2 ** 300, 2 ** 600, 2 ** 1021]) {
        const scaled = x.map((v) => v * scale)
        // powers of two change no digit but those that a subnormal epsilon has
        expectClose(normalizeLogits(scaled, { method, epsilon: 1e-322 }), want, 1e-15, 0)
        const back = normalizeLogitsBackward(scaled, [1, 2, -1, 0], { method, epsilon: 1e-322 })
        // times the scale in two steps: the inverse of 2^1021 times a gradient is subnormal, to 2^-52 of it
        expectClose(
          back.map((v) => v * scale),
          gx,
          1e-14,
          2 ** -50,
        )
      }
    }
  })

  test('keeps the digits of small differences beside a large common part', () => {
    const z = normalizeLogits([1e15, 1e15 + 1, 1e15 + 2], { method: 'standardize', epsilon: 1e-300 })
    const third = Math.sqrt(1.5)
    expectClose(z, [-third, 0, third], 1e-15, 1e-15)
  })

  test('of rows that are all equal, or 0, is 0', () => {
    for (const value of [0, 0.1, 1e300, -1e-310]) {
      expect(normalizeLogits([value, value, value], { method: 'standardize' })).toEqual([0, 0, 0])
    }
    expect(normalizeLogits([0, 0])).toEqual([0, 0])
    // there the gradient is gy / (T ε), less its mean where the rows are centred
    expectClose(normalizeLogitsBackward([0, 0], [1, -2], { epsilon: 0.5, temperature: 2 }), [1, -2], 1e-15, 0)
    const centred = { method: 'standardize', epsilon: 0.5 } as const
    expectClose(normalizeLogitsBackward([7, 7], [1, -2], centred), [3, -3], 1e-15, 0)
  })

  test('takes -Infinity for an impossible class: it stays and counts for nothing', () => {
    for (const method of methods) {
      const [a, b] = normalizeLogits([3, 4], { method })
      expect(normalizeLogits([3, -Infinity, 4], { method })).toEqual([a, -Infinity, b])
      expect(normalizeLogits([3, NaN, 4], { method, mask: [1, 0, 1] })).toEqual([a, -Infinity, b])
      const [ga, gb] = normalizeLogitsBackward([3, 4], [1, 2], { method })
      expect(normalizeLogitsBackward([3, -Infinity, 4], [1, 9, 2], { method })).toEqual([ga, 0, gb])
      expect(normalizeLogitsBackward([3, NaN, 4], [1, NaN, 2], { method, mask: [1, 0, 1] })).toEqual([ga, 0, gb])
      expect(normalizeLogits([-Infinity, -Infinity], { method })).toEqual([-Infinity, -Infinity])
    }
  })

  test('of a row that holds NaN or +Infinity is NaN, masked places aside', () => {
    for (const method of methods) {
      for (const bad of [NaN, Infinity]) {
        expect(normalizeLogits([1, bad, 2], { method })).toEqual([NaN, NaN, NaN])
        expect(normalizeLogitsBackward([1, bad, 2], [1, 1, 1], { method })).toEqual([NaN, NaN, NaN])
        const kept = { method, mask: [1, 1, 0] }
        expect(normalizeLogits([1, bad, 2], kept)).toEqual([NaN, NaN, -Infinity])
        expect(normalizeLogitsBackward([1, bad, 2], [1, 1, 1], kept)).toEqual([NaN, NaN, 0])
      }
    }
  })

  test('of nothing is nothing; at temperature Infinity all is 0', () => {
    expect(normalizeLogits([], { shape: [2, 0] })).toEqual([])
    expect(normalizeLogits([1, -2], { temperature: Infinity }).map(Math.abs)).toEqual([0, 0])
    expect(normalizeLogitsBackward([1, -2], [1, 1], { temperature: Infinity }).map(Math.abs)).toEqual([0, 0])
  })

  test('refuses temperature 0, and a method or an epsilon that is none', () => {
    for (const [f, name] of [
      [(o: object) => normalizeLogits([1], o), 'normalizeLogits'],
      [(o: object) => normalizeLogitsBackward([1], [1], o), 'normalizeLogitsBackward'],
    ] as const) {
      expectError(() => f({ temperature: 0 }), RangeError, name, 'temperature', /> 0/)
      expectError(() => f({ method: 'l1' }), RangeError, name, 'method', /'l2' or 'standardize'/)
      expectError(() => f({ method: 2 }), TypeError, name, 'method')
      for (const epsilon of [0, -1, NaN, Infinity])
        expectError(() => f({ epsilon }), RangeError, name, 'epsilon', /> 0/)
      expectError(() => f({ epsilon: '1' }), TypeError, name, 'epsilon')
    }
  })
})
