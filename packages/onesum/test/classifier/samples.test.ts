import { describe, expect, test } from 'vitest'
import { Samples } from '../../src/classifier/samples.ts'
import { seeded } from '../support/random.ts'

/** Weights over six orders of magnitude, as probabilities have. */
function weights(rows: number, seed: number): Float64Array {
  const uniform = seeded(seed)
  return Float64Array.from({ length: rows }, () => 10 ** (-6 * uniform()))
}

const sum = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0)

function sampled(all: Float64Array, most: number): Samples {
  const samples = new Samples(1, most, 1e-9)
  for (let row = 0; row < all.length; row++) samples.add(row, all.subarray(row, row + 1))
  return samples
}

describe('a sample of rows', () => {
  test('holds all rows with their weights where there is room', () => {
    const all = weights(50, 1)
    const { rows, factors } = sampled(all, 50)
    expect(rows[0]).toEqual(Array.from({ length: 50 }, (_, row) => row))
    expect(factors[0]).toEqual([...all])
  })

  test('never holds more rows than it may, nor much fewer, and its factors add up to all weights', () => {
    for (const most of [20, 100, 1000]) {
      const all = weights(20_000, most)
      const { rows, factors } = sampled(all, most)
      expect(rows[0].length).toBeLessThanOrEqual(most)
      expect(rows[0].length).toBeGreaterThan(most / 2)
      // each of some thirty thinnings can lose or win one threshold, which is at most the whole over the rows held
      const threshold = Math.min(...factors[0])
      expect(Math.abs(sum(factors[0]) - sum(all))).toBeLessThan(10 * threshold)
      // rows in order, those above the threshold with the weights they have
      expect(rows[0]).toEqual([...rows[0]].sort((a, b) => a - b))
      rows[0].forEach((row, i) => {
        expect(factors[0][i]).toBe(Math.max(all[row], threshold))
      })
    }
  })

  test('rows of weight 0 are never in it, and classes do not meddle', () => {
    const samples = new Samples(2, 10, 1e-3)
    for (let row = 0; row < 100; row++) samples.add(row, Float64Array.of(row % 2, 1))
    expect(samples.rows[0].every((row) => row % 2 === 1)).toBe(true)
    expect(sum(samples.factors[1])).toBeGreaterThan(80)
  })
})
