import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fitHistogramBinning, fitIsotonic } from '../../src/calibration/index.ts'
import { risingCurve } from '../../src/calibration/isotonic.ts'
import { groupsOf } from '../../src/calibration/one-vs-rest.ts'
import { holds } from '../support/property.ts'
import { drawn, probabilitiesOf } from './data.ts'

/** Binary outcomes at probabilities, ties among them. */
const outcomes = fc.array(fc.record({ p: fc.integer({ min: 0, max: 12 }).map((i) => i / 12), hit: fc.boolean() }), {
  minLength: 1,
  maxLength: 40,
})

function curveOf(list: { p: number; hit: boolean }[]) {
  const all = Float64Array.from(list, ({ p }) => p).sort()
  const own = Float64Array.from(
    list.filter(({ hit }) => hit),
    ({ p }) => p,
  ).sort()
  return risingCurve(groupsOf(all, own))
}

/** The minimax formula of isotonic regression (Barlow et al., 1972): max over a <= i of min over b >= i of the mean. */
function byMinimax(list: { p: number; hit: boolean }[], p: number): number {
  const at = [...new Set(list.map((entry) => entry.p))].sort((a, b) => a - b)
  const i = at.indexOf(p)
  let best = -Infinity
  for (let a = 0; a <= i; a++) {
    let least = Infinity
    for (let b = i; b < at.length; b++) {
      const between = list.filter((entry) => entry.p >= at[a] && entry.p <= at[b])
      least = Math.min(least, between.filter(({ hit }) => hit).length / between.length)
    }
    best = Math.max(best, least)
  }
  return best
}

describe('isotonic regression', () => {
  test('is that of the minimax formula at every probability that occurs', () => {
    holds([outcomes], (list) => {
      const curve = curveOf(list)
      // both are quotients of the same whole numbers
      for (const { p } of list) expect(curve.at(p)).toBe(byMinimax(list, p))
    })
  })

  test('never falls, and stays in [0, 1], anywhere', () => {
    const places = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 30 })
    holds([outcomes, places], (list, at) => {
      const curve = curveOf(list)
      const values = [...at].sort((a, b) => a - b).map((p) => curve.at(p))
      for (let i = 0; i < values.length; i++) {
        expect(values[i] >= 0 && values[i] <= 1).toBe(true)
        if (i > 0) expect(values[i]).toBeGreaterThanOrEqual(values[i - 1])
      }
    })
  })

  test('is straight between knots and level outside', () => {
    const curve = curveOf([
      { p: 0.25, hit: false },
      { p: 0.5, hit: false },
      { p: 0.75, hit: true },
    ])
    expect([0, 0.25, 0.5, 0.625, 0.75, 1].map((p) => curve.at(p))).toEqual([0, 0, 0, 0.5, 1, 1])
    expect(Array.from(curve.x)).toEqual([0.25, 0.5, 0.75])
    expect(curve.at(NaN)).toBeNaN()
  })

  test('of two classes has one curve, rising in the log-odds, and the probabilities sum to 1', () => {
    const { logits, labels, shape } = drawn(1, 300, 2, 3)
    const calibrator = fitIsotonic(logits, labels, { shape })
    expect(calibrator.curves.length).toBe(1)
    const p = calibrator.transform(logits, { shape })
    const order = Array.from(labels.keys()).sort(
      (a, b) => logits[2 * a + 1] - logits[2 * a] - (logits[2 * b + 1] - logits[2 * b]),
    )
    for (let i = 0; i < 300; i++) {
      expect(p[2 * order[i]] + p[2 * order[i] + 1]).toBe(1)
      if (i > 0) expect(p[2 * order[i] + 1]).toBeGreaterThanOrEqual(p[2 * order[i - 1] + 1])
    }
  })

  test('of several classes gives each its frequency on the rows that were fitted, before rows are divided by their sums', () => {
    const { logits, labels, shape } = drawn(2, 400, 3, 2)
    const { curves } = fitIsotonic(logits, labels, { shape })
    for (let k = 0; k < 3; k++) {
      let total = 0
      for (let row = 0; row < 400; row++)
        total += curves[k].at(probabilitiesOf(logits.subarray(3 * row, 3 * row + 3))[k])
      // pooling keeps sums; these probabilities and those of the fit differ by rounding, and so do their places between knots
      expect(Math.abs(total - labels.filter((label) => label === k).length)).toBeLessThan(1e-6)
    }
  })

  test('leaves a row uniform where every class says 0', () => {
    // each class came true where it had the probability 0.5 or 0.8, never at 0 or 0.1
    const p = [0.5, 0.5, 0, 0, 0.5, 0.5, 0.5, 0, 0.5, 0.8, 0.1, 0.1, 0.1, 0.8, 0.1, 0.1, 0.1, 0.8]
    const calibrator = fitIsotonic(p, [0, 1, 2, 0, 1, 2], { shape: [6, 3], from: 'probabilities' })
    expect(calibrator.curves.map((curve) => curve.at(0.1))).toEqual([0, 0, 0])
    expect(calibrator.transform([0.1, 0.1, 0.1])).toEqual([1 / 3, 1 / 3, 1 / 3])
    expect(calibrator.transform([1, 0, 0])).toEqual([1, 0, 0])
  })
})

describe('histogram binning', () => {
  const options = { shape: [6, 2], from: 'probabilities' } as const
  const ofClass1 = (p: number[]) => p.flatMap((value) => [1 - value, value])

  test('of equal width gives each bin its frequency, and an empty one its middle', () => {
    const p = ofClass1([0.1, 0.2, 0.25, 0.3, 0.9, 1])
    const { curves } = fitHistogramBinning(p, [0, 0, 1, 1, 1, 0], { ...options, bins: 4, strategy: 'width' })
    expect(Array.from(curves[0].edges)).toEqual([0, 0.25, 0.5, 0.75, 1])
    // (0, 0.25] holds three rows, one of them a hit
    expect(Array.from(curves[0].values)).toEqual([1 / 3, 1, 0.625, 0.5])
    expect([0, 0.25, 0.26, 1].map((at) => curves[0].at(at))).toEqual([1 / 3, 1 / 3, 1, 0.5])
  })

  test('of equal mass holds equally many rows in each bin, equal probabilities together', () => {
    const p = ofClass1([0.125, 0.25, 0.25, 0.25, 0.5, 0.75])
    const { curves } = fitHistogramBinning(p, [0, 0, 1, 1, 1, 0], { ...options, bins: 3 })
    expect(Array.from(curves[0].edges)).toEqual([0, 0.375, 1])
    expect(Array.from(curves[0].values)).toEqual([0.5, 0.5])
    const apart = fitHistogramBinning(ofClass1([0, 0.125, 0.25, 0.5, 0.75, 1]), [0, 0, 1, 0, 1, 1], {
      ...options,
      bins: 3,
    })
    expect(Array.from(apart.curves[0].edges)).toEqual([0, 0.1875, 0.625, 1])
    expect(Array.from(apart.curves[0].values)).toEqual([0, 0.5, 1])
  })

  test('keeps neighbouring numbers in bins of their own, and edges that rise', () => {
    const [below, next] = [1 - 2 ** -53, 1]
    const p = [1, 0, 0.5, 0.5, 1 - below, below, 0, next]
    const { curves } = fitHistogramBinning(p, [0, 1, 0, 1], { shape: [4, 2], from: 'probabilities', bins: 4 })
    expect(Array.from(curves[0].edges)).toEqual([0, 0.25, 0.75, below, 1])
    expect([below, next].map((at) => curves[0].at(at))).toEqual([0, 1])
  })

  test('gives what counting by hand gives, for each class', () => {
    const { logits, labels, shape } = drawn(3, 500, 4, 2)
    const calibrator = fitHistogramBinning(logits, labels, { shape, bins: 7, strategy: 'width' })
    const p = Array.from({ length: 500 }, (_, row) => probabilitiesOf(logits.subarray(4 * row, 4 * row + 4)))
    for (let k = 0; k < 4; k++) {
      for (let bin = 0; bin < 7; bin++) {
        const rows = p.flatMap((row, i) => (row[k] > bin / 7 && row[k] <= (bin + 1) / 7 ? [i] : []))
        if (rows.length === 0) continue
        const share = rows.filter((i) => labels[i] === k).length / rows.length
        expect(calibrator.curves[k].values[bin]).toBe(share)
      }
    }
    const q = calibrator.transform(logits.slice(0, 4))
    const raw = p[0].map((value, k) => calibrator.curves[k].at(value))
    const total = raw.reduce((a, b) => a + b)
    for (let k = 0; k < 4; k++) expect(q[k]).toBeCloseTo(raw[k] / total, 14)
  })
})
