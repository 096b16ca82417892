import { describe, expect, test } from 'vitest'
import { classifierFromJSON, fitClassifier } from '../../src/classifier/index.ts'
import { softmax } from '../../src/index.ts'
import { normals } from '../support/random.ts'

const shape = [60, 3]
const x = normals(4, 180)
const labels = Int32Array.from({ length: 60 }, (_, row) =>
  x[3 * row] + x[3 * row + 1] > 0 ? 1 : x[3 * row + 2] > 0 ? 2 : 0,
)
const names = { classNames: ['a', 'b', 'c'], featureNames: ['width', 'height', 'depth'] }
const classifier = fitClassifier(x, labels, { shape, ...names })

describe('a SoftmaxClassifier', () => {
  test('has logits W x + b', () => {
    const z = classifier.logits(x, { shape })
    for (let row = 0; row < 60; row++) {
      for (let c = 0; c < 3; c++) {
        let sum = classifier.bias[c]
        for (let j = 0; j < 3; j++) sum += classifier.weights[3 * c + j] * x[3 * row + j]
        expect(z[3 * row + c]).toBeCloseTo(sum, 12)
      }
    }
  })

  test('has the softmax of its logits for probabilities, and their largest for prediction', () => {
    const p = classifier.predictProbabilities(x, { shape })
    expect([...p]).toEqual([...softmax(classifier.logits(x, { shape }), { shape: [60, 3] })])
    classifier.predict(x, { shape }).forEach((label, row) => {
      expect(p[3 * row + label]).toBe(Math.max(...p.subarray(3 * row, 3 * row + 3)))
    })
  })

  test('answers in the kind that was asked', () => {
    expect(classifier.logits([1, 2, 3])).toBeInstanceOf(Array)
    expect(classifier.logits(Float32Array.of(1, 2, 3))).toBeInstanceOf(Float32Array)
    const tensor = { data: Float32Array.of(1, 2, 3, 4, 5, 6), dims: [2, 3], type: 'float32' }
    const answer = classifier.predictProbabilities(tensor) as unknown as typeof tensor
    expect(answer.dims).toEqual([2, 3])
    expect(answer.data).toBeInstanceOf(Float32Array)
  })

  test('says the same bits after it was saved and loaded', () => {
    const loaded = classifierFromJSON(JSON.parse(JSON.stringify(classifier)))
    expect(loaded.predictProbabilities(x, { shape })).toEqual(classifier.predictProbabilities(x, { shape }))
    expect(loaded.toJSON()).toEqual(classifier.toJSON())
    expect([loaded.classNames, loaded.featureNames]).toEqual([names.classNames, names.featureNames])
    expect(loaded.reason).toBe(classifier.reason)
  })

  test('tells which features spoke for a class: with the intercept they sum to the centred logit', () => {
    const row = [0.5, -1, 2]
    const z = classifier.logits(row)
    const mean = (z[0] + z[1] + z[2]) / 3
    for (const c of [0, 1, 2]) {
      const parts = classifier.contributions(row, c)
      const sum = parts.reduce((total, { contribution }) => total + contribution, classifier.bias[c])
      expect(sum).toBeCloseTo(z[c] - mean, 12)
      const sizes = parts.map(({ contribution }) => Math.abs(contribution))
      expect(sizes).toEqual([...sizes].sort((a, b) => b - a))
      expect(parts.map(({ name }) => name).sort()).toEqual([...names.featureNames].sort())
    }
    expect(classifier.contributions(row, 'b')).toEqual(classifier.contributions(row, 1))
  })
})
