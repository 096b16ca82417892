import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { evaluate } from '../../src/metrics/index.ts'
import { expectClose } from '../support/compare.ts'
import { holds } from '../support/property.ts'
import { labelled } from './arbitraries.ts'
import { naiveScores, naiveSoftmax, naiveTopK } from './naive.ts'

describe('scores of rows', () => {
  test('NLL and Brier are those of a double loop', () => {
    holds([labelled()], ({ rows, labels, classes }) => {
      const got = evaluate(rows.flat(), labels, { shape: [rows.length, classes], from: 'logits' })
      const want = naiveScores(rows, labels)
      // the double loop takes −log of a rounded p: off by a few 2^-53 for each row, whatever the result
      expectClose([got.nll, got.brier], [want.nll, want.brier], 1e-13, 1e-14)
    })
  })

  test('probabilities score as the logits they came from', () => {
    holds([labelled()], ({ rows, labels, classes }) => {
      const p = rows.map(naiveSoftmax)
      const shape = [rows.length, classes]
      const got = evaluate(p.flat(), labels, { shape, from: 'probabilities' })
      const want = naiveScores(rows, labels)
      expectClose([got.nll, got.brier], [want.nll, want.brier], 1e-13, 1e-14)
      const confidence = p.reduce((sum, row) => sum + Math.max(...row), 0) / rows.length
      expectClose([got.meanConfidence], [confidence], 1e-14, 0)
    })
  })

  test('top-k counts are those of a full sort, ties to the lowest class', () => {
    holds([labelled()], ({ rows, labels, classes }) => {
      const topK = Array.from({ length: classes + 1 }, (_, i) => i + 1)
      const options = { shape: [rows.length, classes], from: 'logits', topK } as const
      const got = evaluate(rows.flat(), labels, options)
      for (const k of topK) expect(got.topKAccuracy[k]).toBe(naiveTopK(rows, labels, k))
      expect(got.accuracy).toBe(naiveTopK(rows, labels, 1))
      expect(got.topKAccuracy[classes]).toBe(1)
    })
  })

  test('mean confidence, accuracy, ECE and MCE follow from the bins', () => {
    holds([labelled(), fc.integer({ min: 1, max: 30 })], ({ rows, labels, classes }, bins) => {
      const got = evaluate(rows.flat(), labels, { shape: [rows.length, classes], from: 'logits', bins })
      const n = rows.length
      const over = (value: (bin: (typeof got.bins)[number]) => number) =>
        got.bins.reduce((sum, bin) => sum + (bin.count / n) * value(bin), 0)
      expect(got.bins.reduce((sum, { count }) => sum + count, 0)).toBe(n)
      // sums of at most 30 terms that add up to at most 1
      const want = [
        over((b) => b.accuracy),
        over((b) => b.confidence),
        over((b) => Math.abs(b.accuracy - b.confidence)),
      ]
      expectClose([got.accuracy, got.meanConfidence, got.ece], want, 0, 1e-14)
      const gaps = got.bins.map((b) => Math.abs(b.accuracy - b.confidence))
      expect(got.mce).toBe(gaps.reduce((a, b) => Math.max(a, b)))
    })
  })

  test('ties go to the lowest class', () => {
    const three = { shape: [3, 3], topK: [1, 2, 3] }
    const tied = evaluate([5, 5, 5, 5, 5, 5, 5, 5, 5], [0, 1, 2], three)
    expect(tied.accuracy).toBe(1 / 3)
    expect(tied.topKAccuracy).toEqual({ 1: 1 / 3, 2: 2 / 3, 3: 1 })
    // zeros of either sign are one logit
    expect(evaluate([-0, 0], [0]).accuracy).toBe(1)
    expect(evaluate([-0, 0], [1]).accuracy).toBe(0)
    expect(evaluate([0, -0], [1]).accuracy).toBe(0)
  })

  test('top 1, 3 and 5 are given where none is asked for', () => {
    expect(evaluate([3, 1, 2], [1]).topKAccuracy).toEqual({ 1: 0, 3: 1, 5: 1 })
    expect(evaluate([3, 1, 2], [1], { topK: [] }).topKAccuracy).toEqual({})
  })
})

/** Exact scores (Python's decimal, 80 digits, rounded to float64). */
const confident = [
  { x: [40, 0], label: 0, nll: 4.248354255291589e-18, brier: 3.60970277569083e-35 },
  { x: [40, 0, -1], label: 0, nll: 5.811236444626578e-18, brier: 5.426158363155082e-35 },
  { x: [40, 0, -1], label: 1, nll: 40, brier: 2 },
  { x: [80, 0], label: 0, nll: 1.8048513878454153e-35, brier: 6.514977064415042e-70 },
  { x: [80, 0, 3], label: 0, nll: 3.8056260579281007e-34, brier: 2.765701126175246e-67 },
  { x: [80, 0, 3], label: 2, nll: 77, brier: 2 },
  { x: [0, 40, 39.5], label: 1, nll: 0.4740769841801067, brier: 0.2850739131931019 },
  { x: [-40, 0.25, 0], label: 1, nll: 0.5759394198788436, brier: 0.3833788327532071 },
]

describe('confident rows keep their digits', () => {
  for (const { x, label, nll, brier } of confident) {
    test(`[${x}] with label ${label}`, () => {
      const got = evaluate(x, [label])
      // exp within 1 ulp, squares twice that, and a few roundings: under 10 · 2^-53
      expectClose([got.nll, got.brier], [nll, brier], 2e-15, 0)
    })

    test(`[${x}] with label ${label}, far from zero`, () => {
      // adding 2^20 is exact for these: the scores must not move
      const shifted = x.map((value) => value + 2 ** 20)
      const { nll, brier, meanConfidence } = evaluate(x, [label])
      expect(evaluate(shifted, [label])).toMatchObject({ nll, brier, meanConfidence })
    })
  }

  test('in the mean of many rows too', () => {
    const shape = [1000, 2]
    const got = evaluate(
      Array.from({ length: 2000 }, (_, i) => (i % 2 === 0 ? 40 : 0)),
      new Uint8Array(1000),
      { shape },
    )
    expectClose([got.nll, got.brier], [4.248354255291589e-18, 3.60970277569083e-35], 2e-15, 0)
  })
})

describe('impossible classes', () => {
  test('a label of probability 0 gives an infinite NLL and the full Brier score, nothing clipped', () => {
    const logits = evaluate([0, -Infinity], [1])
    expect([logits.nll, logits.brier, logits.meanConfidence, logits.ece]).toEqual([Infinity, 2, 1, 1])
    const given = evaluate([1, 0], [1], { from: 'probabilities' })
    expect([given.nll, given.brier, given.meanConfidence, given.ece]).toEqual([Infinity, 2, 1, 1])
  })

  test('one such row makes the mean NLL infinite and leaves the rest finite', () => {
    const got = evaluate([2, 1, 0, -Infinity, 2, 1], [0, 1, 0], { shape: [3, 2] })
    expect(got.nll).toBe(Infinity)
    const others = evaluate([2, 1], [0]).brier * 2
    // 2 + two equal numbers, over 3
    expectClose([got.brier], [(2 + others) / 3], 1e-15, 0)
  })

  test('other classes at -Infinity count as exactly 0', () => {
    const got = evaluate([2, -Infinity, 1], [2])
    const want = evaluate([2, 1], [1])
    expect([got.nll, got.brier, got.meanConfidence]).toEqual([want.nll, want.brier, want.meanConfidence])
  })

  test('logits near the largest double do not overflow', () => {
    const got = evaluate([1.7e308, -1.7e308, 1.7e308], [2])
    expectClose([got.nll, got.brier, got.meanConfidence], [Math.log(2), 0.5, 0.5], 1e-15, 0)
  })
})
