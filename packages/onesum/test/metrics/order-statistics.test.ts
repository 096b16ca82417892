import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fineBin, fineBins } from '../../src/metrics/fine-bins.ts'
import { Evaluation, evaluate, type Metrics } from '../../src/metrics/index.ts'
import { KEPT_CONFIDENCES } from '../../src/metrics/ranking.ts'
import { harmonic } from '../../src/metrics/risk-coverage.ts'
import { KEPT_PROBABILITIES } from '../../src/metrics/roc-tally.ts'
import { expectClose } from '../support/compare.ts'
import { holds } from '../support/property.ts'
import { seeded } from '../support/random.ts'
import { naiveAurc, naiveEce } from './naive.ts'

type Row = { confidence: number; right: boolean }

/** Two classes: the first has the confidence, which is above ½, and is the true one in right rows. */
function measured(rows: readonly Row[], bins = 15): Metrics {
  const p = rows.flatMap(({ confidence }) => [confidence, 1 - confidence])
  const labels = rows.map(({ right }) => (right ? 0 : 1))
  return evaluate(p, labels, { shape: [rows.length, 2], from: 'probabilities', bins })
}

/** numpy.array_split. */
function split<T>(rows: readonly T[], parts: number): T[][] {
  const size = (b: number) => Math.floor(rows.length / parts) + (b < rows.length % parts ? 1 : 0)
  let at = 0
  return Array.from({ length: parts }, (_, b) => {
    at += size(b)
    return rows.slice(at - size(b), at)
  })
}

const confidence = fc.double({ min: 0.5, max: 1, minExcluded: true, noNaN: true })
const row = fc.record({ confidence, right: fc.boolean() })
const distinct = fc.uniqueArray(row, { minLength: 1, maxLength: 60, selector: ({ confidence }) => confidence })
const tied = fc.array(fc.record({ confidence: fc.constantFrom(0.6, 0.75, 0.9), right: fc.boolean() }), {
  minLength: 1,
  maxLength: 30,
})

describe('risk and coverage', () => {
  test('the area is the mean of the error rates among the i most confident', () => {
    holds([distinct], (rows) => {
      const sorted = [...rows].sort((a, b) => b.confidence - a.confidence)
      const { riskCoverage } = measured(rows)
      // 60 harmonic numbers times at most 60, each right to 2^-53
      expectClose([riskCoverage.aurc], [naiveAurc(sorted.map(({ right }) => right))], 0, 1e-14)
      expect([riskCoverage.exact, riskCoverage.error]).toEqual([true, 0])
      const risks = sorted.map((_, i) => sorted.slice(0, i + 1).filter(({ right }) => !right).length / (i + 1))
      expectClose(
        riskCoverage.curve.map(({ risk }) => risk),
        risks,
        0,
        1e-15,
      )
      expect(riskCoverage.curve.map(({ coverage }) => coverage)).toEqual(sorted.map((_, i) => (i + 1) / rows.length))
      expect(riskCoverage.curve.map(({ confidence }) => confidence)).toEqual(sorted.map(({ confidence }) => confidence))
    })
  })

  test('ties are the mean over their orders', () => {
    // all orders of the tied rows, one by one: areas of a tie of two right and one wrong after one wrong row
    const orders = [
      [false, true, true],
      [true, false, true],
      [true, true, false],
    ]
    const mean = orders.reduce((sum, order) => sum + naiveAurc([false, ...order]), 0) / 3
    const rows = [
      { confidence: 0.9, right: false },
      ...[true, false, true].map((right) => ({ confidence: 0.7, right })),
    ]
    expectClose([measured(rows).riskCoverage.aurc], [mean], 1e-15, 0)
  })

  test('the curve has at most 100 points, ends at all rows, and grows', () => {
    holds([fc.integer({ min: 1, max: 1500 })], (n) => {
      const rows = Array.from({ length: n }, (_, i) => ({ confidence: 0.5 + (i + 1) / (2 * n + 2), right: i % 3 > 0 }))
      const { curve } = measured(rows).riskCoverage
      expect(curve.length).toBe(Math.min(n, 100))
      expect(curve[curve.length - 1].coverage).toBe(1)
      expect(curve.every(({ coverage }, i) => i === 0 || coverage > curve[i - 1].coverage)).toBe(true)
    })
  })

  test('differences of harmonic numbers are sums of reciprocals', () => {
    holds([fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 0, max: 3000 })], (from, more) => {
      let sum = 0
      for (let i = from + more; i > from; i--) sum += 1 / i
      // the plain sum itself is off by up to 3000 · 2^-53
      expectClose([harmonic(from, more)], [sum], 4e-13, 0)
    })
    // H(10^6) to 16 digits (mpmath)
    expectClose([harmonic(0, 1e6)], [14.392726722865723], 1e-15, 0)
  })
})

describe('bins of as many rows each', () => {
  test('are those of a sort and a split', () => {
    holds([distinct, fc.integer({ min: 1, max: 20 })], (rows, bins) => {
      const { equalMass } = measured(rows, bins)
      const parts = split(
        [...rows].sort((a, b) => a.confidence - b.confidence),
        bins,
      ).filter((part) => part.length > 0)
      expectClose([equalMass.ece], [naiveEce(parts)], 0, 1e-14)
      expect(equalMass.bins.map(({ count, correct, lower, upper }) => [count, correct, lower, upper])).toEqual(
        parts.map((part) => [
          part.length,
          part.filter(({ right }) => right).length,
          part[0].confidence,
          part[part.length - 1].confidence,
        ]),
      )
      expect([equalMass.exact, equalMass.error]).toEqual([true, 0])
    })
  })

  test('rows of one confidence are split in proportion, whatever their order', () => {
    holds([tied, fc.integer({ min: 1, max: 9 })], (rows, bins) => {
      const { equalMass } = measured(rows, bins)
      const turned = measured([...rows].reverse(), bins).equalMass
      expect(turned).toEqual(equalMass)
      const right = equalMass.bins.reduce((sum, bin) => sum + bin.correct, 0)
      expectClose([right], [rows.filter(({ right }) => right).length], 1e-14, 0)
    })
  })
})

describe('fine bins', () => {
  test('never decrease with the probability, and fit their number', () => {
    const p = fc.double({ min: 0, max: 1, noNaN: true })
    holds([p, p, fc.integer({ min: 0, max: 8 })], (a, b, precision) => {
      const [low, high] = [fineBin(Math.min(a, b), 16, precision), fineBin(Math.max(a, b), 16, precision)]
      expect(low >= 0 && low <= high && high < fineBins(16, precision)).toBe(true)
    })
    expect([fineBin(0, 16, 8), fineBin(0.5, 16, 8), fineBin(1, 16, 8)]).toEqual([0, 4096, 8192])
  })
})

describe('more rows than are kept', () => {
  const uniform = seeded(7)
  // sharply confident and doubtful rows, with right ones a little rarer than claimed
  const rows = Array.from({ length: KEPT_CONFIDENCES + 5000 }, () => {
    const confidence = 1 - 0.5 * uniform() ** 3
    return { confidence, right: uniform() < confidence - 0.05 }
  })
  const got = measured(rows)
  const sorted = [...rows].sort((a, b) => a.confidence - b.confidence)

  test('are said to be approximated', () => {
    expect(rows.length * 2).toBeGreaterThan(KEPT_PROBABILITIES)
    const all = [got.equalMass, got.riskCoverage, got.perClass[0].auc, got.perClass[1].auc]
    expect(all.map((one) => one?.exact)).toEqual([false, false, false, false])
  })

  test('the area under the risk–coverage curve is as near as is said, and near', () => {
    const { aurc, error } = got.riskCoverage
    const exact = naiveAurc([...sorted].reverse().map(({ right }) => right))
    expect(Math.abs(aurc - exact)).toBeLessThanOrEqual(error)
    // a bin holds less than 1 % of the rows
    expect(error).toBeLessThan(0.01)
  })

  test('the equal-mass error is as near as is said, and near', () => {
    const { ece, error } = got.equalMass
    expect(Math.abs(ece - naiveEce(split(sorted, 15)))).toBeLessThanOrEqual(error)
    expect(error).toBeLessThan(0.05)
  })

  test('the area under the ROC curve is as near as is said, and near', () => {
    // by ranks: wins = Σ rank of the right rows − n (n + 1) / 2
    const ranks = sorted.reduce((sum, { right }, i) => sum + (right ? i + 1 : 0), 0)
    const inside = sorted.filter(({ right }) => right).length
    const exact = (ranks - (inside * (inside + 1)) / 2) / (inside * (rows.length - inside))
    for (const k of [0, 1]) {
      const { value, error } = got.perClass[k].auc ?? { value: NaN, error: NaN }
      expect(Math.abs(value - exact)).toBeLessThanOrEqual(error)
      expect(error).toBeLessThan(0.01)
    }
  })

  test('merge to what one pass gives, and come back from JSON', () => {
    const part = (from: number, to: number) =>
      new Evaluation({ from: 'probabilities' }).add(
        rows.slice(from, to).flatMap(({ confidence }) => [confidence, 1 - confidence]),
        rows.slice(from, to).map(({ right }) => (right ? 0 : 1)),
        { shape: [to - from, 2], firstRow: from },
      )
    // few rows, more than are kept for AUC, and as many again: kept and counted ones meet in both orders
    const parts = [part(0, 1000), part(1000, KEPT_CONFIDENCES + 1500), part(KEPT_CONFIDENCES + 1500, rows.length)]
    for (const [a, b, c] of [
      [0, 1, 2],
      [1, 2, 0],
    ]) {
      const back = (i: number) => Evaluation.fromJSON(JSON.parse(JSON.stringify(parts[i])))
      const merged = back(a).merge(back(b)).merge(back(c)).result()
      expect(merged.perClass.map(({ auc }) => auc)).toEqual(got.perClass.map(({ auc }) => auc))
      expect(merged.worst).toEqual(got.worst)
      const numbers = ({ riskCoverage: r, equalMass: e }: Metrics) => [r.aurc, r.error, e.ece, e.error]
      expectClose(numbers(merged), numbers(got), 1e-12, 1e-12)
    }
  })
})
