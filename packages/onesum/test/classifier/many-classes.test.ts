import { describe, expect, test } from 'vitest'
import { classifierFromJSON, fitClassifier } from '../../src/classifier/index.ts'
import { normals, seeded } from '../support/random.ts'

const [rows, columns, classes] = [2000, 10, 60]

/** Labels drawn from the softmax of a linear rule, the last class with one row alone. */
function draw(seed: number) {
  const x = normals(seed, rows * columns)
  const rule = normals(seed + 1, classes * columns)
  const uniform = seeded(seed + 2)
  const labels = Int32Array.from({ length: rows }, (_, row) => {
    const z = Array.from({ length: classes - 1 }, (_, c) => {
      let sum = -Math.log(-Math.log(uniform()))
      for (let j = 0; j < columns; j++) sum += rule[c * columns + j] * x[row * columns + j]
      return sum
    })
    return z.indexOf(Math.max(...z))
  })
  labels[7] = classes - 1
  return { x, labels }
}

/** The largest entry of the objective's gradient, by its definition in float64. */
function steepest(fit: ReturnType<typeof fitClassifier>, x: Float64Array, labels: Int32Array, l2: number): number {
  const p = fit.predictProbabilities(x, { shape: [rows, columns] })
  const gradient = fit.weights.map((weight) => l2 * weight)
  for (let row = 0; row < rows; row++) {
    for (let c = 0; c < classes; c++) {
      const slope = p[row * classes + c] - (labels[row] === c ? 1 : 0)
      for (let j = 0; j < columns; j++) gradient[c * columns + j] += slope * x[row * columns + j]
    }
  }
  return gradient.reduce((most, each) => Math.max(most, Math.abs(each)), 0)
}

describe('many classes, whose curvature is their own', () => {
  const { x, labels } = draw(31)
  const options = { shape: [rows, columns], classes, l2: 0.5 }

  test('the fit ends where the gradient is nothing, in fewer passes than one matrix for all classes needs', () => {
    const fit = fitClassifier(x, labels, { ...options, tolerance: 1e-9 })
    expect(['tolerance', 'precision']).toContain(fit.reason)
    // of some 2000 terms of size 1 in float32, and the rounding of weights
    expect(steepest(fit, x, labels, 0.5)).toBeLessThan(0.02)
    // one matrix for all classes takes 82
    expect(fitClassifier(x, labels, options).evaluations).toBeLessThan(35)
  })

  test('rows sorted by class have the same optimum', () => {
    const order = Array.from({ length: rows }, (_, row) => row).sort((a, b) => labels[a] - labels[b])
    const sorted = Float64Array.from(
      { length: rows * columns },
      (_, i) => x[order[Math.floor(i / columns)] * columns + (i % columns)],
    )
    const fit = fitClassifier(
      sorted,
      Int32Array.from(order, (row) => labels[row]),
      options,
    )
    // the tolerance leaves 1e-6 of the objective, on either side
    expect(Math.abs(fit.objective / fitClassifier(x, labels, options).objective - 1)).toBeLessThan(1e-6)
  })

  test('a warm start whose classes share a shift ends at the same optimum', () => {
    const fit = fitClassifier(x, labels, options)
    const saved = JSON.parse(JSON.stringify(fit))
    const shifted = classifierFromJSON({
      ...saved,
      weights: Array.from(fit.weights, (weight, i) => weight + 1 + (i % columns)),
      bias: Array.from(fit.bias, (each) => each + 5),
    })
    const again = fitClassifier(x, labels, { ...options, warmStart: shifted })
    expect(again.iterations).toBeLessThan(fit.iterations / 2)
    expect(Math.abs(again.objective / fit.objective - 1)).toBeLessThan(1e-6)
  })

  test('without a penalty, and with weights of which some are 0, every number is finite', () => {
    const sampleWeight = Float64Array.from({ length: rows }, (_, row) => row % 3)
    const fit = fitClassifier(x, labels, { ...options, l2: 0, sampleWeight, labelSmoothing: 0.1 })
    expect([...fit.weights, ...fit.bias, fit.objective].every(Number.isFinite)).toBe(true)
    expect(fit.converged).toBe(true)
  })
})
