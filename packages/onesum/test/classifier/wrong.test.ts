import { describe, expect, test } from 'vitest'
import { classifierFromJSON, fitClassifier } from '../../src/classifier/index.ts'
import { expectError } from '../support/wrong.ts'

const x = [0, 1, 2, 3, 4, 5]
const y = [0, 1, 1]
const shape = [3, 2]
const fit = (features: unknown, labels: unknown, options: object) => () =>
  fitClassifier(features as number[], labels as number[], options)
const where = 'fitClassifier'

describe('fitClassifier refuses', () => {
  test('features that are not finite, by row and column', () => {
    for (const bad of [Number.NaN, Infinity, -Infinity]) {
      for (const kind of [
        (a: number[]) => Float32Array.from(a),
        (a: number[]) => Float64Array.from(a),
        (a: number[]) => a,
      ]) {
        const features = kind([0, 1, 2, bad, 4, 5])
        expectError(fit(features, y, { shape }), RangeError, where, 'features', /row 1, column 1/)
      }
    }
  })

  test('shapes that do not multiply, or have no rows', () => {
    expectError(fit(x, y, { shape: [3, 3] }), RangeError, where, 'shape')
    expectError(fit(x, y, {}), RangeError, where, 'shape', /\[rows, features\]/)
    expectError(fit([], [], { shape: [0, 2] }), RangeError, where, 'shape', /at least one row/)
    expectError(
      fit(
        [
          [0, 1],
          [2, 3],
        ],
        y,
        { shape },
      ),
      TypeError,
      where,
      'features',
      /flat/,
    )
  })

  test('labels that are no class, by row', () => {
    expectError(fit(x, [0, 1, 2], { shape, classes: 2 }), RangeError, where, 'labels', /2 in row 2/)
    expectError(fit(x, [0, -1, 1], { shape }), RangeError, where, 'labels', /-1 in row 1/)
    expectError(fit(x, [0, 0.5, 1], { shape }), RangeError, where, 'labels', /0.5 in row 1/)
    expectError(fit(x, Int32Array.of(0, 1), { shape }), RangeError, where, 'labels', /2 entries/)
    expectError(fit(x, ['a', 'b', 'x'], { shape, classNames: ['a', 'b'] }), RangeError, where, 'labels', /"x" in row 2/)
    expectError(fit(x, ['a', 'b', 1], { shape }), TypeError, where, 'labels', /row 2/)
    expectError(fit(x, ['a', 'b'], { shape }), RangeError, where, 'labels')
    expectError(fit(x, undefined, { shape }), TypeError, where, 'labels')
    // numbers that are no class indices, as those of database rows, would ask for a class up to each
    expectError(fit(x, [0, 1, 500_000_000], { shape }), RangeError, where, 'labels', /500000000 in row 2/)
  })

  test('distributions that are none, by row', () => {
    expectError(fit(x, [0.5, 0.5, 1, 1, 0, 1], { shape }), RangeError, where, 'labels', /row 1/)
    expectError(fit(x, [0.5, 0.5, -1, 2, 0, 1], { shape }), RangeError, where, 'labels', /class 0 in row 1/)
  })

  test('weights that are negative, too few, or all zero', () => {
    expectError(fit(x, y, { shape, sampleWeight: [1, -1, 1] }), RangeError, where, 'sampleWeight', /-1 in row 1/)
    expectError(fit(x, y, { shape, sampleWeight: [1, Number.NaN, 1] }), RangeError, where, 'sampleWeight', /row 1/)
    expectError(fit(x, y, { shape, sampleWeight: [1] }), RangeError, where, 'sampleWeight')
    expectError(fit(x, y, { shape, sampleWeight: [0, 0, 0] }), RangeError, where, 'sampleWeight', /positive/)
    expectError(fit(x, y, { shape, classWeight: [1, -2] }), RangeError, where, 'classWeight', /class 1/)
    expectError(fit(x, y, { shape, classWeight: 'even' }), RangeError, where, 'classWeight', /balanced/)
  })

  test('weights that float32 cannot hold', () => {
    for (const hidden of [undefined, [2]]) {
      for (const weight of [1e308, 1e40, 1e-40, 5e-324]) {
        const sampleWeight = [weight, weight, 0]
        expectError(fit(x, y, { shape, sampleWeight, hidden }), RangeError, where, 'sampleWeight', /1e-30 to 1e\+30/)
        const classWeight = [weight, weight]
        expectError(fit(x, y, { shape, classWeight, hidden }), RangeError, where, 'classWeight', /divide them/)
      }
    }
  })

  test('options out of range or of another kind', () => {
    for (const l2 of [-1, Number.NaN, Infinity]) expectError(fit(x, y, { shape, l2 }), RangeError, where, 'l2')
    expectError(fit(x, y, { shape, l2: 'best' }), RangeError, where, 'l2', /auto/)
    expectError(fit(x, y, { shape, labelSmoothing: 2 }), RangeError, where, 'labelSmoothing')
    expectError(fit(x, y, { shape, tolerance: -1 }), RangeError, where, 'tolerance')
    expectError(fit(x, y, { shape, maxIterations: 0.5 }), RangeError, where, 'maxIterations')
    expectError(fit(x, y, { shape, standardize: 1 }), TypeError, where, 'standardize')
    expectError(fit(x, y, { shape, seed: -1 }), RangeError, where, 'seed')
    expectError(fit(x, y, { shape, lambda: 1 }), TypeError, where, 'lambda', /l2/)
    expectError(fit(x, y, { shape, classes: 0 }), RangeError, where, 'classes')
  })

  test('names that are too few, twice, or none', () => {
    expectError(fit(x, y, { shape, featureNames: ['a'] }), RangeError, where, 'featureNames')
    expectError(fit(x, y, { shape, featureNames: ['a', 'a'] }), RangeError, where, 'featureNames', /twice/)
    expectError(fit(x, y, { shape, classNames: ['a', 1] }), TypeError, where, 'classNames', /index 1/)
    expectError(fit(x, y, { shape, classNames: ['a'] }), RangeError, where, /labels|classNames/)
  })

  test('priors that are none, or of a class without rows', () => {
    expectError(fit(x, y, { shape, prior: [0.5, 0.6] }), RangeError, where, 'prior')
    expectError(fit(x, y, { shape, prior: [0, 1] }), RangeError, where, 'prior', /class 0/)
    expectError(fit(x, y, { shape, classes: 3, prior: [0.5, 0.3, 0.2] }), RangeError, where, 'prior', /class 2/)
  })

  test('a warm start that does not fit', () => {
    const other = fitClassifier([0, 1, 2], [0, 1, 1], { shape: [3, 1] })
    expectError(fit(x, y, { shape, warmStart: other }), RangeError, where, 'warmStart')
    expectError(fit(x, y, { shape, warmStart: {} }), TypeError, where, 'warmStart')
  })
})

describe('a classifier refuses', () => {
  const classifier = fitClassifier(x, y, { shape, classNames: ['no', 'yes'] })

  test('rows of another number of features', () => {
    expectError(() => classifier.logits([1, 2, 3]), RangeError, 'SoftmaxClassifier.logits', 'features', /2 features/)
    expectError(() => classifier.predict(x, { shape: [2, 3] }), RangeError, 'SoftmaxClassifier.predict', 'features')
  })

  test('rows without a prediction, and classes that are none', () => {
    expectError(() => classifier.predict([Number.NaN, 1]), RangeError, 'SoftmaxClassifier.predict', 'features', /row 0/)
    const asked = 'SoftmaxClassifier.contributions'
    expectError(() => classifier.contributions([1, 2], 2), RangeError, asked, 'of')
    expectError(() => classifier.contributions([1, 2], 'maybe'), RangeError, asked, 'of')
  })
})

describe('classifierFromJSON refuses', () => {
  const json = () => JSON.parse(JSON.stringify(fitClassifier(x, y, { shape }))) as Record<string, unknown>
  const changed = (change: Record<string, unknown>) => () => classifierFromJSON({ ...json(), ...change })

  test('another version, another kind, and what is no object', () => {
    expectError(changed({ version: 2 }), RangeError, 'classifierFromJSON', 'version')
    expectError(changed({ kind: 'forest' }), RangeError, 'classifierFromJSON', 'kind')
    for (const wrong of [null, 3, 'text', []]) {
      expectError(() => classifierFromJSON(wrong), TypeError, 'classifierFromJSON', 'json')
    }
  })

  test('a file that lost its end: fields missing', () => {
    for (const field of Object.keys(json())) {
      expect(changed({ [field]: undefined }), field).toThrow(/classifierFromJSON: "/)
    }
  })

  test('a network that lost a part, or the word of how a fit ended', () => {
    const network = JSON.parse(JSON.stringify(fitClassifier(x, y, { shape, hidden: [2], epochs: 1 })))
    // two units of two features: the last layer alone would pass for a linear classifier
    expectError(() => classifierFromJSON({ ...network, hidden: undefined }), TypeError, 'classifierFromJSON', 'hidden')
    const { activation: _, ...unsaid } = network
    expectError(() => classifierFromJSON(unsaid), TypeError, 'classifierFromJSON', 'activation', /got nothing/)
    for (const field of Object.keys(network.fit)) {
      const fit = { ...network.fit, [field]: undefined }
      expectError(() => classifierFromJSON({ ...network, fit }), TypeError, 'classifierFromJSON', field)
    }
    expect(classifierFromJSON(network).toJSON()).toEqual(network)
  })

  test('other dimensions than it says', () => {
    expectError(changed({ classes: 3 }), RangeError, 'classifierFromJSON', 'weights')
    expectError(changed({ features: 1 }), RangeError, 'classifierFromJSON', 'weights')
    expectError(changed({ bias: [0] }), RangeError, 'classifierFromJSON', 'bias')
    expectError(changed({ weights: ['1', '2', '3', '4'] }), TypeError, 'classifierFromJSON', 'weights')
  })
})
