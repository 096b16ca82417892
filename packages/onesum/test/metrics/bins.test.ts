import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { binEdges, binOf } from '../../src/metrics/bins.ts'
import { evaluate } from '../../src/metrics/index.ts'
import { holds } from '../support/property.ts'

/** numpy.linspace(0, 1, n + 1), as numpy 2.4.6 prints it. */
const linspace = {
  3: [0.0, 0.3333333333333333, 0.6666666666666666, 1.0],
  // 5 · (1/7) is one unit below 5/7
  7: [
    0.0, 0.14285714285714285, 0.2857142857142857, 0.42857142857142855, 0.5714285714285714, 0.7142857142857142,
    0.8571428571428571, 1.0,
  ],
  // 3, 6 and 7 · (1/10) are one unit above 0.3, 0.6 and 0.7
  10: [0.0, 0.1, 0.2, 0.30000000000000004, 0.4, 0.5, 0.6000000000000001, 0.7000000000000001, 0.8, 0.9, 1.0],
  15: [
    0.0, 0.06666666666666667, 0.13333333333333333, 0.2, 0.26666666666666666, 0.3333333333333333, 0.4,
    0.4666666666666667, 0.5333333333333333, 0.6, 0.6666666666666666, 0.7333333333333333, 0.8, 0.8666666666666667,
    0.9333333333333333, 1.0,
  ],
}

/** The neighbour of a positive double: `up` is 1 or −1. */
function neighbour(value: number, up: 1 | -1): number {
  const bits = new BigInt64Array(new Float64Array([value]).buffer)
  bits[0] += BigInt(up)
  return new Float64Array(bits.buffer)[0]
}

/** The one filled bin for a row of 20 classes whose largest probability is `confidence`, at least 1/20. */
function filledBin(confidence: number, bins: number): number {
  const others = Array.from({ length: 19 }, () => (1 - confidence) / 19)
  const result = evaluate([confidence, ...others], [0], { from: 'probabilities', bins })
  const filled = result.bins.flatMap(({ count }, b) => (count > 0 ? [b] : []))
  expect(filled.length).toBe(1)
  expect(result.bins[filled[0]].confidence).toBe(confidence)
  return filled[0]
}

describe('confidence bins', () => {
  for (const [name, edges] of Object.entries(linspace)) {
    const n = Number(name)
    test(`the edges of ${n} bins are those of numpy.linspace to the bit`, () => {
      expect(Array.from(binEdges(n))).toEqual(edges)
      const { bins } = evaluate([2, 0], [0], { bins: n })
      expect(bins.map(({ lower }) => lower)).toEqual(edges.slice(0, -1))
      expect(bins.map(({ upper }) => upper)).toEqual(edges.slice(1))
    })

    test(`of ${n} bins, a confidence on an edge falls in the lower one, and its neighbours where they belong`, () => {
      for (let i = 1; i < n; i++) {
        expect(filledBin(edges[i], n)).toBe(i - 1)
        expect(filledBin(neighbour(edges[i], -1), n)).toBe(i - 1)
        expect(filledBin(neighbour(edges[i], 1), n)).toBe(i)
      }
    })

    test(`of ${n} bins, a confidence of exactly 1 falls in the last`, () => {
      expect(filledBin(1, n)).toBe(n - 1)
      expect(filledBin(neighbour(1, -1), n)).toBe(n - 1)
    })
  }

  test('the last edge is exactly 1, and edges grow, for any number of bins', () => {
    holds([fc.integer({ min: 1, max: 2000 })], (n) => {
      const edges = binEdges(n)
      expect(edges.length).toBe(n + 1)
      expect([edges[0], edges[n]]).toEqual([0, 1])
      expect(edges.every((edge, i) => i === 0 || edges[i - 1] < edge)).toBe(true)
    })
  })

  test('a confidence lies in its bin, open on the left and closed on the right', () => {
    const confidence = fc.double({ min: 0, max: 1, minExcluded: true, noNaN: true })
    holds([fc.integer({ min: 1, max: 2000 }), confidence], (n, c) => {
      const edges = binEdges(n)
      const bin = binOf(edges, c)
      expect(edges[bin] < c && c <= edges[bin + 1]).toBe(true)
    })
  })

  test('0 falls in the first bin', () => {
    expect(binOf(binEdges(15), 0)).toBe(0)
    expect(binOf(binEdges(15), Number.MIN_VALUE)).toBe(0)
  })

  test('a single class is certain: the last bin', () => {
    const { bins, meanConfidence, accuracy } = evaluate([3, -2], [0, 0], { shape: [2, 1] })
    expect(bins.map(({ count }) => count)).toEqual([...Array(14).fill(0), 2])
    expect([meanConfidence, accuracy]).toEqual([1, 1])
  })

  test('an empty bin shows 0 and adds nothing to ECE and MCE', () => {
    // two rows of confidence 3/4, one right: the gap is 1/4 in the only bin that is filled
    const { bins, ece, mce } = evaluate([0.75, 0.25, 0.75, 0.25], [0, 1], {
      shape: [2, 2],
      from: 'probabilities',
      bins: 4,
    })
    expect(bins).toEqual([
      { lower: 0, upper: 0.25, count: 0, correct: 0, accuracy: 0, confidence: 0 },
      { lower: 0.25, upper: 0.5, count: 0, correct: 0, accuracy: 0, confidence: 0 },
      { lower: 0.5, upper: 0.75, count: 2, correct: 1, accuracy: 0.5, confidence: 0.75 },
      { lower: 0.75, upper: 1, count: 0, correct: 0, accuracy: 0, confidence: 0 },
    ])
    expect([ece, mce]).toEqual([0.25, 0.25])
  })

  test('more bins than a call can have arguments work', () => {
    const { bins, mce } = evaluate([0.75, 0.25], [0], { from: 'probabilities', bins: 200_000 })
    expect(bins.length).toBe(200_000)
    expect(mce).toBe(0.25)
  })
})
