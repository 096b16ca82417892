import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeFloat16, softmax } from '../../src/index.ts'
import { looksLikeProbabilities } from '../../src/metrics/index.ts'
import { holds, row } from '../support/property.ts'

describe('looksLikeProbabilities', () => {
  test('says yes to what softmax gives, in every precision', () => {
    holds([row(40)], (x) => {
      expect(looksLikeProbabilities(softmax(x))).toBe(true)
      expect(looksLikeProbabilities(softmax(Float32Array.from(x)))).toBe(true)
      // three halves below 1 are each off by at most 2^-12, 7.4e-4 in all
      const halves = softmax(x.slice(0, 3), { dtype: 'float16' })
      expect(looksLikeProbabilities(halves, { dtype: 'float16' })).toBe(true)
    })
  })

  test('says no to a row with an entry outside [0, 1], wherever it stands', () => {
    holds([row(20), fc.nat(), fc.constantFrom(-1e-9, 1.002, -1, 2, NaN, Infinity, -Infinity)], (x, at, bad) => {
      const p = softmax(x)
      p[at % p.length] = bad
      expect(looksLikeProbabilities(p)).toBe(false)
    })
  })

  test('sums may miss 1 by 1e-3', () => {
    expect(looksLikeProbabilities([0.5, 0.5009])).toBe(true)
    expect(looksLikeProbabilities([0.5, 0.4991])).toBe(true)
    expect(looksLikeProbabilities([0.5, 0.5011])).toBe(false)
    expect(looksLikeProbabilities([0.5, 0.4989])).toBe(false)
  })

  test('one row of logits among rows of probabilities is enough for a no', () => {
    expect(looksLikeProbabilities([0.2, 0.8, 0.6, 0.4, 1, 0], { shape: [3, 2] })).toBe(true)
    expect(looksLikeProbabilities([0.2, 0.8, 0.6, 0.4, 1, 1], { shape: [3, 2] })).toBe(false)
  })

  test('rows run along the axis', () => {
    const p = [0.2, 0.6, 0.8, 0.4]
    expect(looksLikeProbabilities(p, { shape: [2, 2], axis: 0 })).toBe(true)
    expect(looksLikeProbabilities(p, { shape: [2, 2] })).toBe(false)
  })

  test('takes tensors and float16 bits', () => {
    expect(looksLikeProbabilities({ data: Float32Array.of(0.25, 0.75), dims: [1, 2], type: 'float32' })).toBe(true)
    expect(looksLikeProbabilities({ data: Float32Array.of(0.25, 0.25), shape: [1, 2] })).toBe(false)
    expect(looksLikeProbabilities({ dataSync: () => Float32Array.of(1, 1), shape: [2, 1] })).toBe(true)
    expect(looksLikeProbabilities(encodeFloat16([0.25, 0.75]), { dtype: 'float16' })).toBe(true)
  })

  test('no row looks like anything', () => {
    expect(looksLikeProbabilities([], { shape: [0, 3] })).toBe(false)
    expect(looksLikeProbabilities([], { shape: [3, 0] })).toBe(false)
  })

  test('refuses what is not numbers, and options that are not its own', () => {
    expect(() => looksLikeProbabilities([[0.5, 0.5]] as unknown as number[])).toThrow(
      'looksLikeProbabilities: "scores" expected numbers, got an array of 2 at index 0',
    )
    expect(() => looksLikeProbabilities([1], { out: [1] } as object)).toThrow(
      'looksLikeProbabilities: "out" expected one of the options shape, axis, dtype, got an unknown option',
    )
  })
})
