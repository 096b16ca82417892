import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ConformalOptions, evaluateSets, fitConformal } from '../../src/calibration/index.ts'
import { holds } from '../support/property.ts'
import { expectError } from '../support/wrong.ts'
import { drawn, probabilitiesOf, type Source } from './data.ts'

const kinds: [string, ConformalOptions][] = [
  ['lac', { score: 'lac' }],
  ['aps', { score: 'aps' }],
  ['raps', { score: 'raps', lambda: 0.05, freeRanks: 2 }],
  ['randomized aps', { score: 'aps', randomize: true }],
  ['randomized raps', { score: 'raps', randomize: true, lambda: 0.05, freeRanks: 1 }],
]

/** Scores of all classes, from the formulas, unrandomized. */
function scoresOf(p: number[], { score, lambda = 0.01, freeRanks = 5 }: ConformalOptions): number[] {
  if (score === 'lac') return p.map((value) => 1 - value)
  const order = [...p.keys()].sort((a, b) => p[b] - p[a] || a - b)
  const scores: number[] = []
  let mass = 0
  for (const [i, k] of order.entries()) {
    scores[k] = mass + p[k] + (score === 'raps' ? lambda * Math.max(0, i + 1 - freeRanks) : 0)
    mass += p[k]
  }
  return scores
}

const rowsOf = ({ logits, shape: [rows, classes] }: Source) =>
  Array.from({ length: rows }, (_, row) => probabilitiesOf(logits.subarray(row * classes, (row + 1) * classes)))

describe('the threshold', () => {
  test.each(kinds.slice(0, 3))('of %s is the ⌈(n + 1)(1 − alpha)⌉-th smallest score', (_, options) => {
    const source = drawn(1, 99, 6, 1.5)
    const scores = rowsOf(source).map((p, row) => scoresOf(p, options)[source.labels[row]])
    scores.sort((a, b) => a - b)
    for (const [alpha, rank] of [
      [0.1, 90],
      [0.29, 71],
      [0.01, 99],
      [0.5, 50],
      [0.999, 1],
    ]) {
      const { thresholds } = fitConformal(source.logits, source.labels, { ...options, shape: source.shape, alpha })
      expect(thresholds.length).toBe(1)
      expect(thresholds[0]).toBeCloseTo(scores[rank - 1], 13)
    }
  })

  test('lets everything in where rows are too few for alpha, and says so', () => {
    const { logits, labels, shape } = drawn(2, 8, 3)
    const conformal = fitConformal(logits, labels, { shape, alpha: 0.1 })
    // 9 rows are the fewest: ⌈10 · 0.9⌉ = 9
    expect(conformal.thresholds[0]).toBe(Infinity)
    expect(conformal.alwaysIncluded).toEqual([0, 1, 2])
    expect(Array.from(conformal.predictSets([9, 0, 0]).sizes)).toEqual([3])
    const nine = drawn(2, 9, 3)
    expect(fitConformal(nine.logits, nine.labels, { shape: nine.shape, alpha: 0.1 }).alwaysIncluded).toEqual([])
  })

  test('of each class rests on its own rows, and a rare class is in every set', () => {
    const source = drawn(3, 300, 4)
    const labels = source.labels.map((label, row) => (label === 3 && row > 12 ? 0 : label))
    const conformal = fitConformal(source.logits, labels, { shape: source.shape, classConditional: true })
    const p = rowsOf(source)
    for (let k = 0; k < 4; k++) {
      const own = p.flatMap((row, i) => (labels[i] === k ? [1 - row[k]] : [])).sort((a, b) => a - b)
      expect(conformal.rows[k]).toBe(own.length)
      const rank = Math.ceil((own.length + 1) * 0.9 - 1e-9)
      if (rank > own.length) expect(conformal.thresholds[k]).toBe(Infinity)
      else expect(conformal.thresholds[k]).toBeCloseTo(own[rank - 1], 13)
    }
    expect(conformal.alwaysIncluded).toEqual([3])
    const { mask } = conformal.predictSets(source.logits, { shape: source.shape })
    for (let row = 0; row < 300; row++) expect(mask[4 * row + 3]).toBe(1)
  })
})

describe('prediction sets', () => {
  test.each(kinds.slice(0, 3))('of %s are the classes whose score is at most the threshold', (_, options) => {
    const source = drawn(4, 200, 7, 1.5)
    const conformal = fitConformal(source.logits, source.labels, { ...options, shape: source.shape, alpha: 0.15 })
    const fresh = drawn(5, 100, 7, 1.5)
    const { mask, sizes, rows, classes } = conformal.predictSets(fresh.logits, { shape: fresh.shape })
    expect([rows, classes]).toEqual([100, 7])
    for (const [row, p] of rowsOf(fresh).entries()) {
      const scores = scoresOf(p, options)
      const largest = p.indexOf(Math.max(...p))
      const want = scores.map((s, k) =>
        s <= conformal.thresholds[0] || (options.score !== 'lac' && k === largest) ? 1 : 0,
      )
      expect(Array.from(mask.subarray(7 * row, 7 * row + 7))).toEqual(want)
      expect(sizes[row]).toBe(want.reduce((a: number, b) => a + b, 0))
    }
  })

  test.each(kinds)(
    'of %s nest: what is in at a larger alpha is in at a smaller',
    (_, options) => {
      const alphas = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }))
      const source = drawn(6, 60, 5, 1.5)
      for (const classConditional of [false, true]) {
        holds([alphas, fc.integer({ min: 0, max: 99 })], ([a, b], seed) => {
          const at = (alpha: number) =>
            fitConformal(source.logits, source.labels, {
              ...options,
              shape: source.shape,
              alpha,
              seed,
              classConditional,
            }).predictSets(source.logits, { shape: source.shape }).mask
          const [larger, smaller] = [at(Math.min(a, b)), at(Math.max(a, b))]
          expect(smaller.every((inside, i) => inside <= larger[i])).toBe(true)
        })
      }
    },
    120_000,
  )

  test('of probabilities are those of their logits', () => {
    const source = drawn(7, 80, 4)
    const p = Float64Array.from(rowsOf(source).flat())
    for (const [, options] of kinds) {
      const one = fitConformal(source.logits, source.labels, { ...options, shape: source.shape })
      const two = fitConformal(p, source.labels, { ...options, shape: source.shape, from: 'probabilities' })
      expect(two.thresholds[0]).toBeCloseTo(one.thresholds[0], 12)
      expect(two.predictSets(p.slice(0, 4)).mask.length).toBe(4)
    }
  })

  test('of rows that come in batches draw as those of one', () => {
    const source = drawn(8, 60, 5)
    const conformal = fitConformal(source.logits, source.labels, { shape: source.shape, score: 'aps', randomize: true })
    const whole = conformal.predictSets(source.logits, { shape: source.shape })
    const rest = conformal.predictSets(source.logits.slice(100), { shape: [40, 5], firstRow: 20 })
    expect(rest.mask).toEqual(whole.mask.slice(100))
  })

  test('refuse rows without a softmax, and another number of classes', () => {
    const source = drawn(9, 30, 3)
    const conformal = fitConformal(source.logits, source.labels, { shape: source.shape })
    const where = 'conformal.predictSets'
    const x = [1, 2, 3, 1, NaN, 3]
    expectError(() => conformal.predictSets(x, { shape: [2, 3] }), RangeError, where, 'scores', /class 1 in row 1/)
    expectError(() => conformal.predictSets([1, 2]), RangeError, where, 'scores', /3 classes, as fitted, got 2/)
    expectError(() => conformal.predictSets([1, 2, 3], { firstRow: -1 }), RangeError, where, 'firstRow')
  })
})

describe('coverage', () => {
  /** Whether fresh rows are covered, over many draws of the rows that are fitted. */
  function covered(options: ConformalOptions, draws: number, n: number, alpha: number) {
    let [hits, rows] = [0, 0]
    for (let i = 0; i < draws; i++) {
      // a model that is far from calibrated: coverage must not depend on it
      const source = drawn(1000 + i, n + 1, 5, 3, 2)
      const fit = { logits: source.logits.slice(0, 5 * n), labels: source.labels.slice(0, n) }
      if (new Set(fit.labels).size < 2) continue
      const conformal = fitConformal(fit.logits, fit.labels, { ...options, shape: [n, 5], alpha, seed: i })
      const sets = conformal.predictSets(source.logits.slice(5 * n), { firstRow: i })
      hits += evaluateSets(sets, source.labels.slice(n)).coverage
      rows++
    }
    return { hits, rows }
  }

  // one fresh row a draw makes draws independent: hits are binomial; four standard deviations, one in 16,000
  const band = (rows: number, p: number) => 4 * Math.sqrt(rows * p * (1 - p))

  test.each(kinds)('of %s is at least 1 − alpha, and where scores do not tie hardly more', (name, options) => {
    const [n, alpha] = [39, 0.2]
    const { hits, rows } = covered(options, 1500, n, alpha)
    // ⌈40 · 0.8⌉ = 32 of 40 places: exactly 0.8 where scores do not tie
    expect(hits).toBeGreaterThan(rows * 0.8 - band(rows, 0.8))
    // keeping the most probable class in every set can only add to the coverage
    if (name === 'lac' || name.startsWith('randomized')) expect(hits).toBeLessThan(rows * 0.8 + band(rows, 0.8))
  })

  test('of each class is at least 1 − alpha with a threshold for each, where one for all fails a class', () => {
    const draws = 60
    const [own, one] = [new Float64Array(2), new Float64Array(2)]
    const rows = new Float64Array(2)
    for (let i = 0; i < draws; i++) {
      // class 1 is rare, and its rows look like those of class 0
      const source = drawn(5000 + i, 800, 2, 1, 1)
      const skewed = source.logits.map((x, at) => (at % 2 === 0 ? x + 2 : x))
      const labels = source.labels
      const [fit, fresh] = [skewed.slice(0, 800), skewed.slice(800)]
      for (const [hits, classConditional] of [
        [own, true],
        [one, false],
      ] as const) {
        const conformal = fitConformal(fit, labels.slice(0, 400), { shape: [400, 2], classConditional, alpha: 0.2 })
        const report = evaluateSets(conformal.predictSets(fresh, { shape: [400, 2] }), labels.slice(400))
        for (const k of [0, 1]) {
          hits[k] += report.perClass[k].coverage * report.perClass[k].rows
          if (classConditional) rows[k] += report.perClass[k].rows
        }
      }
    }
    for (const k of [0, 1]) {
      // rows of one draw share a threshold on about 200 rows, which moves coverage by sqrt(0.16 / 200) = 0.03 a draw
      expect(own[k] / rows[k]).toBeGreaterThan(0.8 - (4 * 0.035) / Math.sqrt(draws))
    }
    expect(Math.min(one[0] / rows[0], one[1] / rows[1])).toBeLessThan(0.75)
  })
})

describe('a report of sets', () => {
  test('counts coverage, sizes and classes', () => {
    const mask = Uint8Array.of(1, 0, 0, 1, 1, 0, 0, 0, 0, 1, 1, 1)
    const sets = { mask, sizes: Int32Array.of(1, 2, 0, 3), rows: 4, classes: 3 }
    const report = evaluateSets(sets, [0, 2, 1, 0])
    expect(report).toEqual({
      rows: 4,
      coverage: 0.5,
      meanSize: 1.5,
      sizes: [1, 1, 1, 1],
      perClass: [
        { rows: 2, coverage: 1, meanSize: 2 },
        { rows: 1, coverage: 0, meanSize: 0 },
        { rows: 1, coverage: 0, meanSize: 2 },
      ],
    })
    expectError(() => evaluateSets(sets, [0, 1]), RangeError, 'evaluateSets', 'labels')
    for (const other of [null, undefined, {}, 3, { ...sets, mask: new Uint8Array(2) }]) {
      expectError(() => evaluateSets(other as never, [0, 1]), TypeError, 'evaluateSets', 'sets')
    }
    expectError(() => evaluateSets(sets, [0, 1, 2, 3]), RangeError, 'evaluateSets', 'labels', /row 3/)
  })
})
