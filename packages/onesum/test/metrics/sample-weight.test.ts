import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  brierScore,
  Evaluation,
  evaluate,
  expectedCalibrationError,
  type Metrics,
  reliabilityBins,
} from '../../src/metrics/index.ts'
import { KEPT_CONFIDENCES } from '../../src/metrics/ranking.ts'
import { expectClose } from '../support/compare.ts'
import { holds } from '../support/property.ts'
import { seeded } from '../support/random.ts'
import { type Labelled, labelled } from './arbitraries.ts'
import { expectErrors, wrong } from './wrong-calls.ts'

const from = 'logits'

/** Rows, and a whole number for each. */
const repeated = labelled(true).chain((data) =>
  fc.record({
    data: fc.constant(data),
    times: fc
      .array(fc.integer({ min: 0, max: 3 }), { minLength: data.rows.length, maxLength: data.rows.length })
      .map((times) => (times.every((n) => n === 0) ? times.map(() => 2) : times)),
  }),
)

function measured({ rows, labels, classes }: Labelled, sampleWeight?: readonly number[], more = {}): Metrics {
  const shape = [rows.length, classes]
  return evaluate(rows.flat(), labels, {
    shape,
    from,
    ...(sampleWeight && { sampleWeight: [...sampleWeight] }),
    ...more,
  })
}

/** Each row as many times as is said. */
function repeat({ rows, labels, classes }: Labelled, times: readonly number[]): Labelled {
  const all = <T>(list: readonly T[]) => list.flatMap((one, i) => new Array<T>(times[i]).fill(one))
  return { rows: all(rows), labels: all(labels), classes }
}

/** Every number of an object, in its order; of roots of differences, where 1e-17 becomes 3e-9, the square or nothing. */
function numbersOf(value: unknown): number[] {
  const found: number[] = []
  JSON.stringify(value, (name, item) => {
    if (name === 'calibratedEce') return undefined
    const root = name === 'debiasedEce'
    if (typeof item === 'number') found.push(root ? item * item : item)
    return root && Array.isArray(item) ? item.map((one: number) => one * one) : item
  })
  return found
}

/** What chance gives: a sum of roots of c (1 − c), each off by up to the root of 2^-53 where c is about 1. */
function expectSameChance(got: Metrics, want: Metrics): void {
  const told = ({ calibratedEce: { mean, deviation } }: Metrics) => [mean, deviation]
  expectClose(told(got), told(want), 1e-12, 2 ** -26)
}

describe('rows with weights', () => {
  test('count as often as a whole number says, in everything that is a mean over rows or over pairs', () => {
    holds([repeated], ({ data, times }) => {
      const got = measured(data, times)
      const want = measured(repeat(data, times))
      expect([got.weight, want.weight]).toEqual([want.rows, undefined])
      expect(got.rows).toBe(times.filter((n) => n > 0).length)
      expect(got.skipped).toBe(times.filter((n) => n === 0).length)
      // what depends on how many rows there are, and on their order, is tested below
      const means = ({
        riskCoverage,
        equalMass,
        calibratedEce,
        debiasedEce,
        worst,
        rows,
        weight,
        skipped,
        ...rest
      }: Metrics) => numbersOf({ ...rest, perClass: rest.perClass.map((one) => ({ ...one, auc: one.auc?.value })) })
      expectClose(means(got), means(want), 1e-12, 1e-12)
    })
  })

  test('of one size change nothing', () => {
    holds([labelled(true), fc.constantFrom(2, 0.25, 0.1, 7e5)], (data, size) => {
      const got = measured(
        data,
        data.rows.map(() => size),
        { bootstrap: 4, seed: 2 },
      )
      const want = measured(data, undefined, { bootstrap: 4, seed: 2 })
      // counts are sums of weights: in units of the size they are the rows
      const counted = ({ count, correct, accuracy, confidence }: Metrics['bins'][number], unit: number) => [
        count / unit,
        correct / unit,
        accuracy,
        confidence,
      ]
      const told = (m: Metrics, unit: number) => [
        ...[m.accuracy, m.nll, m.brier, m.meanConfidence, m.ece, m.eceL2, m.mce, m.overconfidence, m.underconfidence],
        ...[m.debiasedEce ** 2, m.macroF1, m.balancedAccuracy],
        ...[m.equalMass.ece, m.riskCoverage.aurc, m.macroAuc ?? 0, m.classwiseEce ?? 0],
        ...m.bins.flatMap((bin) => counted(bin, unit)),
        ...m.equalMass.bins.flatMap((bin) => counted(bin, unit)),
        ...numbersOf(m.riskCoverage.curve),
        ...numbersOf({ ...m.intervals }),
      ]
      expectClose(told(got, size), told(want, 1), 1e-12, 1e-12)
      expectSameChance(got, want)
    })
  })

  test('chance gives as much as the variance of their weighted means', () => {
    // one bin: the formulas written out, with Σw = 6 and Σw² = 14
    const p = [0.9, 0.1, 0.8, 0.2, 0.7, 0.3]
    const got = evaluate(p, [0, 1, 0], { shape: [3, 2], from: 'probabilities', bins: 1, sampleWeight: [1, 2, 3] })
    const [confidence, accuracy] = [(0.9 + 1.6 + 2.1) / 6, 4 / 6]
    const deviation = Math.sqrt(confidence * (1 - confidence) * 14) / 6
    expectClose([got.calibratedEce.mean], [Math.sqrt(2 / Math.PI) * deviation], 1e-14, 0)
    const square = (confidence - accuracy) ** 2 - (accuracy * (1 - accuracy) * 14) / (36 - 14)
    expectClose([got.debiasedEce], [Math.sqrt(Math.max(0, square))], 1e-14, 0)
  })
})

type Row = { confidence: number; right: boolean; weight: number }
const row = fc.record({
  confidence: fc.double({ min: 0.5, max: 1, minExcluded: true, noNaN: true }),
  right: fc.boolean(),
  weight: fc.double({ min: 0.01, max: 50, noNaN: true }),
})
const distinct = fc.uniqueArray(row, { minLength: 1, maxLength: 60, selector: ({ confidence }) => confidence })

function ranked(rows: readonly Row[], bins = 15): Metrics {
  const p = rows.flatMap(({ confidence }) => [confidence, 1 - confidence])
  const sampleWeight = rows.map(({ weight }) => weight)
  const labels = rows.map(({ right }) => (right ? 0 : 1))
  return evaluate(p, labels, { shape: [rows.length, 2], from: 'probabilities', bins, sampleWeight })
}

/** Σ w_i (weight of the wrong among the first i) / (weight of these), over all weight. */
function naiveArea(rows: readonly Row[]): number {
  let [seen, wrong, total] = [0, 0, 0]
  for (const { right, weight } of [...rows].sort((a, b) => b.confidence - a.confidence)) {
    seen += weight
    if (!right) wrong += weight
    total += (weight * wrong) / seen
  }
  return total / seen
}

/** The part of all pairs' weight that is in order, ties as half. */
function naiveWeightedAuc(rows: readonly Row[]): number {
  let [wins, all] = [0, 0]
  for (const a of rows.filter(({ right }) => right)) {
    for (const b of rows.filter(({ right }) => !right)) {
      const pair = a.weight * b.weight
      all += pair
      wins += pair * (a.confidence > b.confidence ? 1 : a.confidence === b.confidence ? 0.5 : 0)
    }
  }
  return wins / all
}

describe('order statistics of rows with weights', () => {
  test('the area under the risk–coverage curve weighs each error rate by its row', () => {
    holds([distinct], (rows) => {
      const { aurc, curve, exact, error } = ranked(rows).riskCoverage
      // 60 terms, each right to a few 2^-53
      expectClose([aurc], [naiveArea(rows)], 1e-13, 1e-14)
      expect([exact, error]).toEqual([true, 0])
      expect(curve[curve.length - 1].coverage).toBe(1)
      expect(curve.every(({ coverage }, i) => i === 0 || coverage > curve[i - 1].coverage)).toBe(true)
    })
  })

  test('the area under the ROC curve counts pairs by the product of their weights', () => {
    const tied = fc.array(
      fc.record({
        confidence: fc.constantFrom(0.6, 0.75, 0.9),
        right: fc.boolean(),
        weight: row.map(({ weight }) => weight),
      }),
      { minLength: 2, maxLength: 25 },
    )
    holds([fc.oneof(distinct, tied)], (rows) => {
      const { auc } = ranked(rows).perClass[0]
      const several = new Set(rows.map(({ right }) => right)).size === 2
      expect(auc !== undefined).toBe(several)
      if (auc) expectClose([auc.value], [naiveWeightedAuc(rows)], 1e-12, 0)
    })
  })

  test('bins of equal mass hold equal weight', () => {
    // as many rows as a multiple of the bins, and as much weight: rows that stand for several are those rows
    const times = [1, 3, 2, 2, 4, 1, 1, 2, 2]
    const rows = times.map((weight, i) => ({ confidence: 0.55 + 0.05 * i, right: i % 3 > 0, weight }))
    const alone = rows.flatMap((one) => new Array<Row>(one.weight).fill({ ...one, weight: 1 }))
    const [got, want] = [ranked(rows, 3).equalMass, ranked(alone, 3).equalMass]
    expectClose(numbersOf(got.bins), numbersOf(want.bins), 1e-14, 1e-14)
    expect(got.bins.map(({ count }) => count)).toEqual([6, 6, 6])
    expectClose([got.ece], [want.ece], 1e-14, 0)
  })

  test('more rows than are kept are as near as is said, and merge', () => {
    const uniform = seeded(11)
    const rows = Array.from({ length: KEPT_CONFIDENCES + 5000 }, () => {
      const confidence = 1 - 0.5 * uniform() ** 3
      return { confidence, right: uniform() < confidence - 0.05, weight: 3 * uniform() ** 4 }
    })
    const got = ranked(rows)
    const { riskCoverage, perClass } = got
    expect([riskCoverage.exact, perClass[0].auc?.exact, got.equalMass.exact]).toEqual([false, false, false])
    expect(Math.abs(riskCoverage.aurc - naiveArea(rows))).toBeLessThanOrEqual(riskCoverage.error)
    // a bin holds less than 1 % of the rows
    expect(riskCoverage.error).toBeLessThan(0.02)
    // the wins of each right row: the weight of the wrong ones below it; confidences differ
    let [below, wins, inside] = [0, 0, 0]
    for (const { right, weight } of [...rows].sort((a, b) => a.confidence - b.confidence)) {
      if (right) [wins, inside] = [wins + weight * below, inside + weight]
      else below += weight
    }
    const { value, error } = perClass[0].auc ?? { value: NaN, error: NaN }
    expect(Math.abs(value - wins / (inside * below))).toBeLessThanOrEqual(error)
    const part = (from: number, to: number) => {
      const own = rows.slice(from, to)
      const p = own.flatMap(({ confidence }) => [confidence, 1 - confidence])
      const sampleWeight = own.map(({ weight }) => weight)
      const labels = own.map(({ right }) => (right ? 0 : 1))
      return new Evaluation({ from: 'probabilities' }).add(p, labels, {
        shape: [to - from, 2],
        firstRow: from,
        sampleWeight,
      })
    }
    const parts = [part(0, 1000), part(1000, KEPT_CONFIDENCES + 1500), part(KEPT_CONFIDENCES + 1500, rows.length)]
    const [a, b, c] = parts.map((one) => Evaluation.fromJSON(JSON.parse(JSON.stringify(one))))
    // plain sums of 136,000 weights: 136,000 · 2^-53, 1.5e-11, at the very worst
    expectClose(numbersOf(c.merge(a).merge(b).result()), numbersOf(got), 1e-10, 1e-10)
  })
})

describe('evaluations of rows with weights', () => {
  const options = { from, bootstrap: 3, seed: 5 } as const
  const parts = repeated.chain(({ data, times }) =>
    fc.record({
      data: fc.constant(data),
      weights: fc.constant(times.map((n, i) => n * (0.3 + (i % 7)))),
      part: fc.array(fc.nat(2), { minLength: times.length, maxLength: times.length }),
    }),
  )

  test('merge to what one pass gives, and come back from JSON to the bit', () => {
    holds([parts], ({ data, weights, part }) => {
      const { rows, labels, classes } = data
      const evaluations = [0, 1, 2].map((p) => {
        const evaluation = new Evaluation(options)
        for (const [r, x] of rows.entries()) {
          if (part[r] !== p) continue
          evaluation.add(x, [labels[r]], { shape: [1, classes], firstRow: r, sampleWeight: [weights[r]] })
        }
        return evaluation
      })
      const restored = evaluations.map((one) => Evaluation.fromJSON(JSON.parse(JSON.stringify(one))))
      const merged = ([a, b, c]: Evaluation[]) => a.merge(b).merge(c)
      const back = merged(restored).result()
      expect(back).toEqual(merged(evaluations).result())
      const whole = measured(data, weights, options)
      expectClose(numbersOf(back), numbersOf(whole), 1e-11, 1e-11)
      expectSameChance(back, whole)
    })
  })

  test('a damaged one is refused', () => {
    const json = () =>
      JSON.parse(JSON.stringify(new Evaluation().add([3, 1, 0, 2], [0, 1], { shape: [2, 2], sampleWeight: [0.5, 2] })))
    const damaged = (damage: (tally: Record<string, unknown>) => void) => {
      const one = json()
      damage(one.tally)
      return () => Evaluation.fromJSON(one)
    }
    expect(Evaluation.fromJSON(json()).result().weight).toBe(2.5)
    expect(
      damaged((tally) => {
        tally.weight = 3
      }),
    ).toThrow('Evaluation.fromJSON: "bins" expected 3 in all, as "weight" says, got 2.5')
    expect(
      damaged((tally) => {
        tally.weight = undefined
      }),
    ).toThrow(TypeError)
    expect(
      damaged((tally) => {
        tally.hits = [-1, 0, 0]
      }),
    ).toThrow('Evaluation.fromJSON: "hits" expected a number from 0')
    expect(
      damaged((tally) => {
        tally.squares = [1]
      }),
    ).toThrow('"squares" expected 15 numbers')
    expect(
      damaged((tally) => {
        tally.ranking = { kept: [0.9, 0.8] }
      }),
    ).toThrow('"ranking.weights" expected an array')
  })
})

describe('single metrics of rows with weights', () => {
  const p = [0.9, 0.1, 0.8, 0.2, 0.7, 0.3]
  const given = { shape: [3, 2], from: 'probabilities', sampleWeight: [1, 2, 3] } as const

  test('are those of evaluate', () => {
    const labels = [0, 1, 0]
    const all = evaluate(p, labels, given)
    expect(brierScore(p, labels, given)).toBe(all.brier)
    expect(expectedCalibrationError(p, labels, given)).toBe(all.ece)
    expect(expectedCalibrationError(p, labels, { ...given, strategy: 'quantile' })).toBeCloseTo(all.equalMass.ece, 14)
    const filled = reliabilityBins(p, labels, { ...given, class: 1, bins: 4 }).map(({ count, correct }) => [
      count,
      correct,
    ])
    expect(filled).toEqual([
      [3, 2],
      [3, 0],
      [0, 0],
      [0, 0],
    ])
  })

  expectErrors([
    [
      'fewer weights than rows',
      () => evaluate(p, [0, 1, 0], { ...given, sampleWeight: [1, 2] }),
      RangeError,
      'evaluate: "sampleWeight" expected 3 numbers, one per row, got 2',
    ],
    [
      'a negative weight, by the number of its row in the whole',
      () => new Evaluation().add([1, 2], [0], { sampleWeight: [1] }).add([1, 2], [0], { sampleWeight: [-1] }),
      RangeError,
      'Evaluation.add: "sampleWeight" expected finite numbers >= 0, got -1 in row 1',
    ],
    [
      'a weight that is no number',
      () => brierScore(p, [0, 1, 0], { ...given, sampleWeight: [1, NaN, 1] }),
      RangeError,
      'brierScore: "sampleWeight" expected finite numbers >= 0, got NaN in row 1',
    ],
    [
      'weights as words',
      () => evaluate(p, [0, 1, 0], { ...given, sampleWeight: wrong('balanced') }),
      TypeError,
      'evaluate: "sampleWeight" expected number[], Float32Array, Float64Array, Float16Array, a Uint16Array of float16 bits or a tensor, got "balanced"',
    ],
    [
      'weights beyond squaring',
      () => evaluate(p, [0, 1, 0], { ...given, sampleWeight: [1e200, 1, 1] }),
      RangeError,
      'evaluate: "sampleWeight" expected a sum of weights from 1e-150 to 1e+150, got 1e+200; divide them by their mean',
    ],
    [
      'weights whose sum is beyond the numbers',
      () => new Evaluation().add(p, [0, 1, 0], { shape: [3, 2], sampleWeight: [1e308, 1e308, 1] }),
      RangeError,
      'Evaluation.add: "sampleWeight" expected a sum of weights from 1e-150 to 1e+150, got Infinity; divide them by their mean',
    ],
    [
      'weights whose squares vanish',
      () => brierScore(p, [0, 1, 0], { ...given, sampleWeight: [1e-200, 0, 0] }),
      RangeError,
      'brierScore: "sampleWeight" expected a sum of weights from 1e-150 to 1e+150, got 1e-200; divide them by their mean',
    ],
    [
      'no weight at all',
      () => evaluate(p, [0, 1, 0], { ...given, sampleWeight: [0, 0, 0] }),
      RangeError,
      'evaluate: "scores" expected at least one row, got none but 3 left out',
    ],
    [
      'weights in one batch and none in another',
      () => new Evaluation().add([1, 2], [0], { sampleWeight: [1] }).add([1, 2], [0]),
      TypeError,
      'Evaluation.add: "sampleWeight" expected weights, as in earlier batches, got none for 1 rows; pass sampleWeight with every batch, 1 for a row that counts once, or with none',
    ],
    [
      'a merge of rows with weights and rows without',
      () => new Evaluation().add([1, 2], [0]).merge(new Evaluation().add([1, 2], [0], { sampleWeight: [1] })),
      TypeError,
      'Evaluation.merge: "sampleWeight" expected no weights, as in earlier batches, got some for 1 rows; pass sampleWeight with every batch, 1 for a row that counts once, or with none',
    ],
    [
      'weights beside quantiles',
      () => reliabilityBins(p, [0, 1, 0], { ...given, strategy: 'quantile' }),
      TypeError,
      `reliabilityBins: "sampleWeight" expected no weights beside quantiles, which are of rows, got some; pass strategy: 'uniform', or take equalMass of evaluate`,
    ],
    [
      'a class that is not there',
      () => reliabilityBins(p, [0, 1, 0], { shape: [3, 2], from: 'probabilities', class: 2 }),
      RangeError,
      'reliabilityBins: "class" expected a whole number from 0 to 1, got 2',
    ],
  ])
})
