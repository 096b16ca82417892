import { describe, expect, test } from 'vitest'
import { fitClassifier, type SoftmaxClassifier } from '../../src/classifier/index.ts'
import { crossEntropy } from '../../src/index.ts'
import { normals, seeded } from '../support/random.ts'
import { expectError } from '../support/wrong.ts'

const finite = ({ weights, bias, objective, gradientNorm }: SoftmaxClassifier) =>
  [...weights, ...bias, objective, gradientNorm].every(Number.isFinite)

/** Σ cross-entropy + l2 / 2 · Σ w² in float64, by the library's own loss. */
function objectiveOf(c: SoftmaxClassifier, x: Float64Array, labels: Int32Array, l2: number): number {
  const shape = [labels.length, c.features]
  const logits = c.logits(x, { shape })
  const loss = crossEntropy(logits, labels, { shape: [labels.length, c.classes], reduction: 'sum' })
  return loss + (l2 / 2) * c.weights.reduce((sum, w) => sum + w * w, 0)
}

/** Rows of normal features, and labels drawn near a linear rule. */
function sample(seed: number, rows: number, columns: number, classes: number) {
  const x = normals(seed, rows * columns)
  const rule = normals(seed + 1, classes * columns)
  const noise = normals(seed + 2, rows * classes, 2)
  const labels = Int32Array.from({ length: rows }, (_, row) => {
    const z = Array.from({ length: classes }, (_, c) => {
      let sum = noise[row * classes + c]
      for (let j = 0; j < columns; j++) sum += rule[c * columns + j] * x[row * columns + j]
      return sum
    })
    return z.indexOf(Math.max(...z))
  })
  return { x, labels, shape: [rows, columns] }
}

describe('fitClassifier on hard data', () => {
  test('separable classes without a penalty: it stops, says so, and every number is finite', () => {
    const x = Float64Array.from({ length: 40 }, (_, i) => (i < 20 ? i / 20 : 5 + i / 20))
    const labels = Int32Array.from({ length: 40 }, (_, i) => (i < 20 ? 0 : 1))
    const fit = fitClassifier(x, labels, { shape: [40, 1], l2: 0 })
    expect(fit.reason).toBe('separable')
    expect(fit.converged).toBe(false)
    expect(finite(fit)).toBe(true)
    expect([...fit.predict(x, { shape: [40, 1] })]).toEqual([...labels])
  })

  test('classes that overlap have an optimum without a penalty', () => {
    const { x, labels, shape } = sample(3, 400, 3, 3)
    const fit = fitClassifier(x, labels, { shape, l2: 0 })
    expect(fit.reason).toBe('tolerance')
    // the gradient of an optimum: each class's expected count is its count
    const p = fit.predictProbabilities(x, { shape })
    for (let c = 0; c < 3; c++) {
      const expected = p.reduce((sum, each, i) => sum + (i % 3 === c ? each : 0), 0)
      expect(expected).toBeCloseTo(labels.filter((label) => label === c).length, 1)
    }
  })

  test('duplicate features share the weight equally, constant ones get none', () => {
    const { x, labels } = sample(5, 300, 2, 3)
    const wide = Float64Array.from({ length: 300 * 4 }, (_, i) => {
      const row = Math.floor(i / 4)
      return [x[2 * row], x[2 * row], 7, x[2 * row + 1]][i % 4]
    })
    const fit = fitClassifier(wide, labels, { shape: [300, 4], l2: 0.5, tolerance: 1e-10 })
    expect(fit.converged).toBe(true)
    for (let c = 0; c < 3; c++) {
      // by symmetry and strict convexity; both stand in float32 sums
      expect(fit.weights[4 * c]).toBeCloseTo(fit.weights[4 * c + 1], 5)
      expect(fit.weights[4 * c + 2]).toBe(0)
    }
    expect(finite(fitClassifier(wide, labels, { shape: [300, 4], l2: 0 }))).toBe(true)
  })

  test('one class only: probability 1', () => {
    const fit = fitClassifier([1, 2, 3], [0, 0, 0], { shape: [3, 1] })
    expect(fit.classes).toBe(1)
    expect(fit.predictProbabilities([5])).toEqual([1])
  })

  test('rows of one class among several: it stops, says so, and predicts that class', () => {
    const fit = fitClassifier([1, 2, 3], [1, 1, 1], { shape: [3, 1], classes: 3 })
    expect(fit.reason).toBe('separable')
    expect(finite(fit)).toBe(true)
    expect([...fit.predict([1, 2, 9], { shape: [3, 1] })]).toEqual([1, 1, 1])
  })

  test('a class with one row', () => {
    const { x, labels, shape } = sample(7, 200, 4, 3)
    labels.forEach((label, row) => {
      labels[row] = label === 2 ? 0 : label
    })
    labels[17] = 2
    const fit = fitClassifier(x, labels, { shape })
    expect(fit.converged).toBe(true)
    expect(finite(fit)).toBe(true)
  })

  test('10,000 classes of 50 features', () => {
    const classes = 10000
    const centres = normals(11, classes * 50)
    const x = Float32Array.from(centres, (value, i) => 3 * value + 0.1 * Math.sin(i))
    const labels = Int32Array.from({ length: classes }, (_, row) => row)
    const fit = fitClassifier(x, labels, { shape: [classes, 50], classes, l2: 1e-3, maxIterations: 3 })
    expect(finite(fit)).toBe(true)
    expect(fit.objective).toBeLessThan(classes * Math.log(classes))
  }, 240_000)

  test('scales of 1e-6 and 1e6, and an offset a thousand times the spread: the optimum is that of comparable features', () => {
    const { x, labels, shape } = sample(13, 500, 3, 3)
    const scales = [1e-6, 1, 1e6]
    const offsets = [0, 1000, 0]
    const scaled = x.map((value, i) => value * scales[i % 3] + offsets[i % 3])
    const options = { shape, l2: 0, tolerance: 1e-10 }
    const plain = fitClassifier(x, labels, options)
    const fit = fitClassifier(scaled, labels, options)
    expect(fit.converged).toBe(true)
    expect(fit.objective / plain.objective).toBeCloseTo(1, 6)
    plain.weights.forEach((weight, i) => {
      expect(Math.abs(fit.weights[i] * scales[i % 3] - weight)).toBeLessThan(1e-3 + 1e-3 * Math.abs(weight))
    })
  })

  test('features near the end of float64: with standardize as in other units, or refused; else a weight of 0', () => {
    const { x, labels, shape } = sample(23, 200, 2, 3)
    const tiny = (unit: number) => x.map((value, i) => (i % 2 === 0 ? value * unit : value))
    const plain = fitClassifier(x, labels, { shape, standardize: true })
    // powers of two, so that the numbers that are trained on are the same bits
    for (const unit of [2 ** -400, 2 ** -500]) {
      const fit = fitClassifier(tiny(unit), labels, { shape, standardize: true })
      expect(fit.weights.map((weight, i) => (i % 2 === 0 ? weight * unit : weight))).toEqual(plain.weights)
    }
    const other = x.filter((_, i) => i % 2 === 1)
    for (const unit of [1e-153, 1e-155, 1e-160, 1e-300]) {
      for (const l2 of [1, 1e10, 'auto'] as const) {
        const fit = fitClassifier(tiny(unit), labels, { shape, l2 })
        const alone = fitClassifier(other, labels, { shape: [200, 1], l2 })
        expect(finite(fit)).toBe(true)
        expect([0, 2, 4].map((i) => fit.weights[i] * unit)).toEqual([0, 0, 0])
        // both stop within 2e-8 of the optimum's objective
        expect(Math.abs(fit.objective / alone.objective - 1)).toBeLessThan(1e-7)
      }
      expect(finite(fitClassifier(tiny(unit), labels, { shape, l2: 0 }))).toBe(true)
    }
    for (const unit of [1e-155, 1e-300]) {
      const refused = () => fitClassifier(tiny(unit), labels, { shape, standardize: true })
      expectError(refused, RangeError, 'fitClassifier', 'features', /smaller ones in column 0; multiply the column/)
    }
    // a constant column stays one, however small
    const constant = x.map((value, i) => (i % 2 === 0 ? 1e-300 : value))
    expect(fitClassifier(constant, labels, { shape, standardize: true }).weights[0]).toBe(0)
  })

  test('rows of nothing but zeros: the class frequencies', () => {
    const labels = [0, 0, 0, 1, 1, 2]
    const fit = fitClassifier(new Float32Array(12), labels, { shape: [6, 2] })
    const p = fit.predictProbabilities([0, 0])
    expect(fit.converged).toBe(true)
    ;[1 / 2, 1 / 3, 1 / 6].forEach((share, c) => {
      // a gap of 2e-8 · 10 leaves probabilities within its square root
      expect(p[c]).toBeCloseTo(share, 3)
    })
  })

  test('fewer rows than features', () => {
    const { x, labels, shape } = sample(17, 20, 100, 3)
    const fit = fitClassifier(x, labels, { shape, l2: 0.1 })
    expect(fit.converged).toBe(true)
    expect([...fit.predict(x, { shape })]).toEqual([...labels])
  })

  test('the objective that is reported is that of the weights that come back', () => {
    for (const [rows, columns, classes] of [
      [100, 5, 4],
      [33, 40, 2],
      [500, 3, 12],
    ]) {
      const { x, labels, shape } = sample(rows, rows, columns, classes)
      const fit = fitClassifier(x, labels, { shape, classes, l2: 0.3 })
      // float32 features and sums: 3e-7 as in the conformance tests
      expect(Math.abs(objectiveOf(fit, x, labels, 0.3) / fit.objective - 1)).toBeLessThan(3e-7)
    }
  })

  test('random labels with every other option at once stay finite', () => {
    const uniform = seeded(1)
    const { x, shape } = sample(19, 120, 6, 5)
    const labels = Int32Array.from({ length: 120 }, () => Math.floor(uniform() * 5))
    const sampleWeight = Float64Array.from({ length: 120 }, () => (uniform() < 0.2 ? 0 : uniform() * 10))
    const fit = fitClassifier(x, labels, {
      shape,
      classes: 6,
      l2: 0.01,
      standardize: true,
      classWeight: 'balanced',
      sampleWeight,
      labelSmoothing: 0.2,
    })
    expect(fit.converged).toBe(true)
    expect(finite(fit)).toBe(true)
  })
})
