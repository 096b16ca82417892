import { describe, expect, test } from 'vitest'
import { permutation, philox, uniform } from '../src/random.ts'

// Random123 1.14, tests/kat_vectors: "philox4x32 10", counter, key, and the bits they give.
const published: [counter: number[], key: [number, number], bits: number[]][] = [
  [
    [0, 0, 0, 0],
    [0, 0],
    [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  ],
  [
    [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    [0xffffffff, 0xffffffff],
    [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  ],
  [
    [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    [0xa4093822, 0x299f31d0],
    [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  ],
]

describe('philox', () => {
  test.each(published)('gives the published bits of counter %j', (counter, key, bits) => {
    const words = Uint32Array.from(counter)
    philox(words, ...key)
    expect([...words]).toEqual(bits)
  })
})

describe('uniform', () => {
  test('is the 52 leading bits of the block, between 0 and 1', () => {
    const k = 0x6627e8d5n * 0x100000n + (0xe169c58dn >> 12n)
    expect(uniform(0, 0)).toBe(Number(2n * k + 1n) / 2 ** 53)
  })

  test('tells seeds, indices and streams apart, in their upper halves too', () => {
    const seen = new Set<number>()
    for (const seed of [0, 1, 2 ** 32, 2 ** 53 - 1]) {
      for (const index of [0, 1, 2 ** 32, 2 ** 53 - 1])
        for (const stream of [0, 1]) seen.add(uniform(seed, index, stream))
    }
    expect(seen.size).toBe(4 * 4 * 2)
  })

  test('has the mean, variance and neighbour correlation of a uniform distribution', () => {
    const n = 100_000
    const draws = Float64Array.from({ length: n }, (_, i) => uniform(7, i) - 0.5)
    const mean = draws.reduce((sum, u) => sum + u, 0) / n
    const variance = draws.reduce((sum, u) => sum + u * u, 0) / n
    const neighbours = draws.reduce((sum, u, i) => sum + (i ? u * draws[i - 1] : 0), 0) / n
    // Five standard errors each: of u, of u² (variance 1/180) and of the product of two (variance 1/144).
    expect(Math.abs(mean)).toBeLessThan(5 * Math.sqrt(1 / 12 / n))
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(5 * Math.sqrt(1 / 180 / n))
    expect(Math.abs(neighbours)).toBeLessThan(5 * Math.sqrt(1 / 144 / n))
  })
})

describe('permutation', () => {
  test('holds every index once, and depends on seed and stream', () => {
    const order = permutation(1000, 3)
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i))
    expect(permutation(1000, 3)).toEqual(order)
    expect(permutation(1000, 4)).not.toEqual(order)
    expect(permutation(1000, 3, 1)).not.toEqual(order)
  })

  test('gives each of the six orders of three equally often', () => {
    const counts = new Map<string, number>()
    const n = 6000
    for (let seed = 0; seed < n; seed++) {
      const key = permutation(3, seed).join()
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
    expect(counts.size).toBe(6)
    // Five standard deviations of a binomial count with p = 1/6.
    for (const count of counts.values()) expect(Math.abs(count - n / 6)).toBeLessThan(5 * Math.sqrt((n * 5) / 36))
  })

  test('of nothing is nothing', () => {
    expect(permutation(0, 1)).toHaveLength(0)
  })
})
