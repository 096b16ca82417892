import { describe, expect, test } from 'vitest'
import { splitOf } from '../../src/classifier/calibrate.ts'
import { classifierFromJSON, fitClassifier } from '../../src/classifier/index.ts'
import { crossEntropy } from '../../src/index.ts'
import { normals, seeded } from '../support/random.ts'
import { expectError } from '../support/wrong.ts'

// few rows of many features, a third of the labels wrong: too sure of itself without calibration
const [rows, columns] = [200, 40]
const shape = [rows, columns]
const x = normals(1, rows * columns)
const uniform = seeded(2)
const labels = Int32Array.from({ length: rows }, (_, row) => (uniform() < 0.33 ? 2 : x[row * columns] > 0 ? 1 : 0))
const options = { shape, l2: 1e-3, calibrate: 'temperature', heldOut: 0.3 } as const

describe("calibrate: 'temperature'", () => {
  const fit = fitClassifier(x, labels, options)
  const { training, held } = splitOf(rows, 0.3, 0)
  const rowsOf = (index: Int32Array) =>
    Float64Array.from(
      { length: index.length * columns },
      (_, i) => x[index[Math.floor(i / columns)] * columns + (i % columns)],
    )
  const heldLabels = Int32Array.from(held, (row) => labels[row])
  const z = fit.logits(rowsOf(held), { shape: [held.length, columns] })
  const loss = (temperature: number) =>
    crossEntropy(
      z.map((value) => value / temperature),
      heldLabels,
      { shape: [held.length, 3] },
    )

  test('finds the temperature of the least loss on rows that were not trained on', () => {
    expect(fit.temperature).toBeGreaterThan(1.5)
    for (const factor of [0.9, 0.99, 1.01, 1.1]) {
      expect(loss(fit.temperature * factor)).toBeGreaterThan(loss(fit.temperature))
    }
  })

  test('trains on the other rows alone', () => {
    const own = Int32Array.from(training, (row) => labels[row])
    const plain = fitClassifier(rowsOf(training), own, {
      shape: [training.length, columns],
      l2: 1,
      tolerance: 1e-10,
    })
    const same = fitClassifier(x, labels, { ...options, l2: 1, tolerance: 1e-10 })
    same.weights.forEach((weight, i) => {
      expect(Math.abs(weight - plain.weights[i])).toBeLessThan(2e-3 * (1 + Math.abs(weight)))
    })
  })

  test('divides the logits of probabilities, not those of logits, and is saved', () => {
    const loaded = classifierFromJSON(JSON.parse(JSON.stringify(fit)))
    expect(loaded.temperature).toBe(fit.temperature)
    const p = loaded.predictProbabilities(x, { shape })
    expect(p).toEqual(fit.predictProbabilities(x, { shape }))
    const logits = fit.logits(x, { shape })
    expect(Math.log(p[0] / p[1])).toBeCloseTo((logits[0] - logits[1]) / fit.temperature, 10)
  })

  test('goes with a prior: the odds move by the prior’s, whatever the temperature', () => {
    const prior = [0.6, 0.3, 0.1]
    const moved = fitClassifier(x, labels, { ...options, prior })
    const counts = [0, 1, 2].map((c) => labels.filter((label) => label === c).length / rows)
    const [p, q] = [fit, moved].map((each) => each.predictProbabilities(x, { shape }))
    const ratio = Math.log(q[0] / q[1]) - Math.log(p[0] / p[1])
    expect(ratio).toBeCloseTo(Math.log(prior[0] / counts[0]) - Math.log(prior[1] / counts[1]), 8)
  })

  test('goes with hidden layers and with l2 auto', () => {
    const hidden = fitClassifier(x, labels, {
      shape,
      hidden: [32],
      epochs: 60,
      patience: 60,
      learningRate: 0.01,
      ...{ calibrate: 'temperature' as const, heldOut: 0.3 },
    })
    expect(hidden.temperature).toBeGreaterThan(0)
    expect(hidden.temperature).not.toBe(1)
    expect(fitClassifier(x, labels, { ...options, l2: 'auto' }).temperature).not.toBe(1)
  })

  test('refuses distributions, held-out rows of one class, and a held-out part with no use', () => {
    const soft = Float64Array.from({ length: rows * 3 }, () => 1 / 3)
    const fails =
      (given: object, target: Int32Array | Float64Array = labels) =>
      () =>
        fitClassifier(x, target, { ...options, ...given })
    expectError(fails({}, soft), TypeError, 'fitClassifier', 'calibrate')
    expectError(fails({ heldOut: 0 }), RangeError, 'fitClassifier', 'heldOut')
    expectError(fails({ calibrate: undefined }), TypeError, 'fitClassifier', 'heldOut')
    expectError(fails({ calibrate: 'isotonic' }), RangeError, 'fitClassifier', 'calibrate')
  })
})
