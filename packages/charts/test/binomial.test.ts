import { describe, expect, it } from 'vitest'
import { binomialRange } from '../src/binomial.ts'

/** Every weight, by the formula: n over k · c^k · (1 − c)^(n − k), from logarithms of factorials. */
function weights(trials: number, chance: number): number[] {
  const logs = [0]
  for (let i = 1; i <= trials; i++) logs.push(logs[i - 1] + Math.log(i))
  return Array.from({ length: trials + 1 }, (_, k) =>
    Math.exp(logs[trials] - logs[k] - logs[trials - k] + k * Math.log(chance) + (trials - k) * Math.log1p(-chance)),
  )
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

describe('the central range of a share of hits', () => {
  it.each([
    [1, 0.5],
    [7, 0.3],
    [40, 0.45],
    [5, 0.99],
    [1000, 0.001],
    [3000, 0.87],
  ])('of %d trials at %d leaves out at most a fortieth on each side, and one hit less would leave out more', (n, c) => {
    const all = weights(n, c)
    const { lower, upper } = binomialRange(n, c)
    const [low, high] = [Math.round(lower * n), Math.round(upper * n)]
    expect(sum(all.slice(0, low))).toBeLessThanOrEqual(0.025)
    expect(sum(all.slice(0, low + 1))).toBeGreaterThan(0.025)
    expect(sum(all.slice(high + 1))).toBeLessThanOrEqual(0.025)
    expect(sum(all.slice(high))).toBeGreaterThan(0.025)
  })

  it('of a million trials is the normal one, but for a hit', () => {
    const { lower, upper } = binomialRange(1e6, 0.5)
    // 1.959964 deviations of 500 hits
    expect(Math.abs(lower * 1e6 - (5e5 - 979.98))).toBeLessThan(1)
    expect(Math.abs(upper * 1e6 - (5e5 + 979.98))).toBeLessThan(1)
  })

  it('is one point where nothing is left to chance, and everything without trials', () => {
    expect(binomialRange(10, 1)).toEqual({ lower: 1, upper: 1 })
    expect(binomialRange(10, 0)).toEqual({ lower: 0, upper: 0 })
    expect(binomialRange(0, 0.5)).toEqual({ lower: 0, upper: 1 })
  })
})
