import { describe, expect, test } from 'vitest'
import { fitClassifier, type RegressionOptions } from '../../src/classifier/index.ts'
import { normals, seeded } from '../support/random.ts'

const rows = 150
const columns = 4
const classes = 3
const shape = [rows, columns]
const x = normals(1, rows * columns).map((value, i) => value * (1 + (i % columns)) + (i % columns))
const uniform = seeded(2)
const labels = Int32Array.from({ length: rows }, (_, row) => (uniform() < 0.7 ? (x[row * columns] > 0 ? 1 : 0) : 2))
const fit = (options: RegressionOptions, target: Parameters<typeof fitClassifier>[1] = labels) =>
  fitClassifier(x, target, { shape, classes, tolerance: 1e-10, ...options })

/** Weights agree to what float32 sums and a tolerance of 1e-10 leave. */
function expectSame(a: ReturnType<typeof fit>, b: ReturnType<typeof fit>): void {
  a.weights.forEach((weight, i) => {
    expect(Math.abs(weight - b.weights[i])).toBeLessThan(1e-3 + 1e-3 * Math.abs(weight))
  })
  a.bias.forEach((bias, c) => {
    expect(Math.abs(bias - b.bias[c])).toBeLessThan(1e-3 + 1e-3 * Math.abs(bias))
  })
}

/** The data with each row as often as `times` says. */
function repeated(times: (row: number) => number) {
  const index = [...labels.keys()].flatMap((row) => new Array<number>(times(row)).fill(row))
  return {
    features: Float64Array.from(
      { length: index.length * columns },
      (_, i) => x[index[Math.floor(i / columns)] * columns + (i % columns)],
    ),
    labels: Int32Array.from(index, (row) => labels[row]),
    shape: [index.length, columns],
  }
}

describe('the options of fitClassifier', () => {
  test('a sample weight counts its row as often as it says', () => {
    const times = (row: number) => row % 3
    const copies = repeated(times)
    const sampleWeight = Float64Array.from(labels, (_, row) => times(row))
    expectSame(
      fit({ sampleWeight }),
      fitClassifier(copies.features, copies.labels, { shape: copies.shape, classes, tolerance: 1e-10 }),
    )
  })

  test('weights as small and as large as they may be give the same optimum as weights of 1', () => {
    const plain = fit({ l2: 1 })
    // times 150 rows they add up to nearly 1e-30 and 1e30
    for (const weight of [1e-32, 6e27]) {
      const scaled = fit({ sampleWeight: new Float64Array(rows).fill(weight), l2: weight })
      expectSame(scaled, plain)
      expect(scaled.objective / weight / plain.objective).toBeCloseTo(1, 6)
    }
  })

  test('a class weight counts the rows of its class as often as it says', () => {
    const classWeight = [1, 2, 3]
    const copies = repeated((row) => classWeight[labels[row]])
    expectSame(
      fit({ classWeight }),
      fitClassifier(copies.features, copies.labels, { shape: copies.shape, classes, tolerance: 1e-10 }),
    )
  })

  test("'balanced' weighs classes inversely to their rows", () => {
    const counts = [0, 1, 2].map((c) => labels.filter((label) => label === c).length)
    expectSame(fit({ classWeight: 'balanced' }), fit({ classWeight: counts.map((count) => rows / (classes * count)) }))
  })

  test('label smoothing is a target of (1 − ε) at the label and ε / k everywhere', () => {
    const smoothing = 0.3
    const targets = Float64Array.from({ length: rows * classes }, (_, i) => {
      return smoothing / classes + (labels[Math.floor(i / classes)] === i % classes ? 1 - smoothing : 0)
    })
    expectSame(fit({ labelSmoothing: smoothing }), fit({}, targets))
  })

  test('a distribution of one and zeros is its label', () => {
    const hot = Float64Array.from({ length: rows * classes }, (_, i) =>
      labels[Math.floor(i / classes)] === i % classes ? 1 : 0,
    )
    expectSame(fit({}), fit({}, hot))
  })

  test('standardize is a fit of standardised features, its weights in units of the features', () => {
    const mean = Array.from(
      { length: columns },
      (_, j) => x.filter((_, i) => i % columns === j).reduce((s, v) => s + v, 0) / rows,
    )
    const deviation = mean.map((m, j) =>
      Math.sqrt(x.filter((_, i) => i % columns === j).reduce((s, v) => s + (v - m) ** 2, 0) / rows),
    )
    const standard = x.map((value, i) => (value - mean[i % columns]) / deviation[i % columns])
    const own = fit({ standardize: true })
    const other = fitClassifier(standard, labels, { shape, classes, tolerance: 1e-10 })
    other.weights.forEach((weight, i) => {
      expect(own.weights[i] * deviation[i % columns]).toBeCloseTo(weight, 3)
    })
    expect(own.objective / other.objective).toBeCloseTo(1, 6)
  })

  test('names of classes are labels, in the order given or the alphabet’s', () => {
    const names = ['zebra', 'ant', 'mole']
    const named = Array.from(labels, (label) => names[label])
    const given = fitClassifier(x, named, { shape, classNames: names })
    expect(given.classNames).toEqual(names)
    expect(given.weights).toEqual(fitClassifier(x, labels, { shape, classes }).weights)
    expect(fitClassifier(x, named, { shape }).classNames).toEqual(['ant', 'mole', 'zebra'])
  })

  test('a prior moves the probabilities by Bayes’ rule', () => {
    const prior = [0.2, 0.7, 0.1]
    const plain = fit({})
    const moved = fit({ prior })
    const counts = [0, 1, 2].map((c) => labels.filter((label) => label === c).length / rows)
    const p = plain.predictProbabilities(x, { shape })
    const q = moved.predictProbabilities(x, { shape })
    for (let row = 0; row < rows; row++) {
      const odds = prior.map((each, c) => (p[row * classes + c] * each) / counts[c])
      const total = odds.reduce((sum, each) => sum + each, 0)
      odds.forEach((each, c) => {
        expect(q[row * classes + c]).toBeCloseTo(each / total, 10)
      })
    }
  })

  test('a warm start at the optimum needs no iteration or two', () => {
    const optimum = fit({ tolerance: 1e-10 })
    const again = fit({ tolerance: 1e-7, warmStart: optimum })
    expect(again.iterations).toBeLessThanOrEqual(2)
    expect(fit({ tolerance: 1e-7 }).iterations).toBeGreaterThan(4)
  })

  test('maxIterations ends a fit, and says so', () => {
    const short = fit({ maxIterations: 2 })
    expect([short.iterations, short.reason, short.converged]).toEqual([2, 'iterations', false])
  })

  test('l2 auto takes the penalty of the least held-out loss, the same for the same seed', () => {
    const auto = fitClassifier(x, labels, { shape, classes, l2: 'auto' })
    const best = auto.l2Path?.reduce((a, b) => (b.nll < a.nll ? b : a))
    expect(auto.l2Path).toHaveLength(13)
    expect(auto.l2).toBe(best?.l2)
    expect(fitClassifier(x, labels, { shape, classes, l2: 'auto' }).l2Path).toEqual(auto.l2Path)
    // a weak rule of one feature: more than no penalty, and less than all
    expect(auto.l2).toBeGreaterThan(1e-4)
    expect(auto.l2).toBeLessThan(1e4)
    expect(auto.weights).toEqual(fitClassifier(x, labels, { shape, classes, l2: auto.l2 }).weights)
  })

  test('the held-out losses of l2 auto are those of fits without the fold', () => {
    const auto = fitClassifier(x, labels, { shape, classes, l2: 'auto', seed: 3 })
    for (const { nll } of auto.l2Path ?? []) expect(nll).toBeLessThan(Math.log(classes) * 1.05)
    const none = auto.l2Path?.[0].nll ?? 0
    // so strong a penalty leaves the class frequencies
    const counts = [0, 1, 2].map((c) => labels.filter((label) => label === c).length / rows)
    expect(none).toBeCloseTo(-counts.reduce((sum, share) => sum + share * Math.log(share), 0), 1)
  })

  test('float16 features are taken for what they are', () => {
    const halves = { data: Uint16Array.of(0, 0x3c00, 0x4400, 0x4500), dims: [4, 1], type: 'float16' }
    const fit16 = fitClassifier(halves, [0, 0, 1, 1])
    const fit64 = fitClassifier([0, 1, 4, 5], [0, 0, 1, 1], { shape: [4, 1] })
    expect([...fit16.weights]).toEqual([...fit64.weights])
  })
})
