import { describe, expect, test } from 'vitest'
import { fitClassifier } from '../../src/classifier/index.ts'
import { describeOurs, fixturePath, type TensorJson, tensor } from '../support/cases.ts'
import { readNpy } from '../support/npy.ts'

type RegressionCase = {
  name: string
  files: { X: string; y: string }
  train_index: number[]
  test_index: number[]
  scaling: { kind: 'divide'; by: number } | { kind: 'standardize'; mean: number[]; std: number[] }
  C: number
  classes: number
  coef: TensorJson
  intercept_mean_zero: TensorJson
  /** C · Σ NLL + ½ Σ W², at a minimum found by Newton's method in float64. */
  objective: number
  train: { accuracy: number }
  test: { accuracy: number; n_correct: number }
}

/** Some rows of a data set, scaled as the case says. */
function rowsOf(c: RegressionCase, index: readonly number[]) {
  const all = readNpy(fixturePath(`conformance/${c.files.X}`))
  const y = readNpy(fixturePath(`conformance/${c.files.y}`))
  const columns = all.length / y.length
  const { scaling } = c
  const features = Float64Array.from({ length: index.length * columns }, (_, i) => {
    const j = i % columns
    const value = all[index[Math.floor(i / columns)] * columns + j]
    return scaling.kind === 'divide' ? value / scaling.by : (value - scaling.mean[j]) / scaling.std[j]
  })
  return { features, labels: Int32Array.from(index, (row) => y[row]), shape: [index.length, columns] }
}

describeOurs<RegressionCase>('softmax-regression.json', 8, (cases) => {
  for (const c of cases) {
    describe(c.name, () => {
      const train = rowsOf(c, c.train_index)
      const held = rowsOf(c, c.test_index)
      const options = { shape: train.shape, classes: c.classes, l2: 1 / c.C }

      for (const kind of [Float32Array, Float64Array]) {
        test(`${kind.name}: the objective is the minimum to 1e-6, and the test accuracy as stated`, () => {
          const fit = fitClassifier(kind.from(train.features), train.labels, options)
          expect(fit.converged).toBe(true)
          // it can only be higher, but for float32 sums, whose noise is 2e-7 at most
          expect(fit.objective * c.C).toBeGreaterThan(c.objective * (1 - 3e-7))
          expect(fit.objective * c.C).toBeLessThan(c.objective * (1 + 1e-6))
          const predicted = fit.predict(kind.from(held.features), { shape: held.shape })
          // every test margin of these cases is beyond 1e-3, so none may flip
          expect(predicted.filter((label, row) => label === held.labels[row]).length).toBe(c.test.n_correct)
        })

        test(`${kind.name}: the coefficients are the optimum's to 1e-3 at tolerance 1e-10`, () => {
          const fit = fitClassifier(kind.from(train.features), train.labels, { ...options, tolerance: 1e-10 })
          const within = (got: ArrayLike<number>, want: Float64Array) =>
            want.every((value, i) => Math.abs(got[i] - value) <= 1e-3 + 1e-3 * Math.abs(value))
          expect(within(fit.weights, tensor(c.coef).values)).toBe(true)
          expect(within(fit.bias, tensor(c.intercept_mean_zero).values)).toBe(true)
        })
      }
    })
  }
})
