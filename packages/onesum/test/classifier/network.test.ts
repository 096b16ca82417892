import { describe, expect, test } from 'vitest'
import { classifierFromJSON, createTrainer, fitClassifier, fitClassifierAsync } from '../../src/classifier/index.ts'
import { evaluate } from '../../src/metrics/index.ts'
import { fixturePath } from '../support/cases.ts'
import { readNpy } from '../support/npy.ts'
import { normals } from '../support/random.ts'
import { expectError } from '../support/wrong.ts'

const digits = readNpy(fixturePath('conformance/regression/digits.X.npy'))
const labels = readNpy(fixturePath('conformance/regression/digits.y.npy')) as Int32Array
const x = Float32Array.from(digits, (value) => value / 16)
const train = { x: x.subarray(0, 64 * 1200), y: labels.subarray(0, 1200), shape: [1200, 64] }
const held = { x: x.subarray(64 * 1200), y: labels.subarray(1200), shape: [597, 64] }

/** Points in two interleaved rings, which no line divides. */
function rings(rows: number) {
  const noise = normals(5, 2 * rows, 0.1)
  const points = Float64Array.from({ length: 2 * rows }, (_, i) => {
    const row = Math.floor(i / 2)
    const angle = row * 2.4
    return (1 + (row % 2)) * (i % 2 === 0 ? Math.cos(angle) : Math.sin(angle)) + noise[i]
  })
  return { points, labels: Int32Array.from({ length: rows }, (_, row) => row % 2), shape: [rows, 2] }
}

const right = (predicted: Int32Array, truth: ArrayLike<number>) =>
  predicted.reduce((count, label, row) => count + (label === truth[row] ? 1 : 0), 0) / predicted.length

describe('hidden layers', () => {
  test('draw a boundary that no linear classifier can, with every activation but the identity', () => {
    const { points, labels: truth, shape } = rings(400)
    expect(right(fitClassifier(points, truth, { shape }).predict(points, { shape }), truth)).toBeLessThan(0.7)
    for (const activation of ['relu', 'leakyRelu', 'elu', 'gelu', 'silu', 'softplus', 'sigmoid', 'tanh'] as const) {
      const fit = fitClassifier(points, truth, { shape, hidden: [16], activation, learningRate: 0.03, epochs: 100 })
      expect(right(fit.predict(points, { shape }), truth), activation).toBeGreaterThan(0.95)
    }
    const linear = fitClassifier(points, truth, { shape, hidden: [16], activation: 'identity', epochs: 50 })
    expect(right(linear.predict(points, { shape }), truth)).toBeLessThan(0.7)
  })

  test('stop when the held-out loss gets no better, and keep the best epoch', () => {
    const trainer = createTrainer(train.x, train.y, {
      shape: train.shape,
      hidden: [32, 32],
      learningRate: 0.01,
      patience: 3,
    })
    let { state } = trainer
    const losses: number[] = []
    while (!state.reason) {
      state = trainer.epoch()
      losses.push(state.heldOutLoss ?? Number.NaN)
    }
    expect(state.reason).toBe('heldOut')
    expect(state.best?.loss).toBe(Math.min(...losses))
    expect(state.best?.epoch).toBe(losses.indexOf(Math.min(...losses)) + 1)
    expect(state.epoch - (state.best?.epoch ?? 0)).toBe(3)
    const fit = trainer.classifier()
    trainer.release()
    // linear softmax regression reaches 0.92 on these last, differently written rows
    expect(right(fit.predict(held.x, { shape: held.shape }), held.y)).toBeGreaterThan(0.9)
    expect(fit.converged).toBe(true)
  })

  test('the loss of the trainer is that of its classifier', () => {
    const { points, labels: truth, shape } = rings(100)
    const trainer = createTrainer(points, truth, { shape, hidden: [8], heldOut: 0.5, epochs: 1 })
    const { heldOutLoss } = trainer.epoch()
    const fit = trainer.classifier()
    trainer.release()
    const z = fit.logits(points, { shape })
    const all = evaluate(z, truth, { shape }).nll
    const copy = createTrainer(points, truth, { shape, hidden: [8], heldOut: 0.5, epochs: 1 })
    expect(copy.epoch().heldOutLoss).toBe(heldOutLoss)
    copy.release()
    // half of the rows against all of them
    expect(Math.abs((heldOutLoss ?? 0) - all)).toBeLessThan(0.1)
  })

  test('weights of rows and classes, smoothing and distributions count as in softmax regression', () => {
    const { points, labels: truth, shape } = rings(60)
    const common = { shape, hidden: [4], epochs: 3, heldOut: 0, activation: 'tanh' as const }
    const hot = Float64Array.from({ length: 120 }, (_, i) => 0.9 * Number(truth[i >> 1] === i % 2) + 0.05)
    const smooth = fitClassifier(points, truth, { ...common, labelSmoothing: 0.1 })
    const soft = fitClassifier(points, hot, common)
    // the same targets by two paths, float32 apart
    smooth.weights.forEach((weight, i) => {
      expect(soft.weights[i]).toBeCloseTo(weight, 4)
    })
    const none = fitClassifier(points, truth, {
      ...common,
      epochs: 100,
      learningRate: 0.05,
      sampleWeight: Float64Array.from(truth, (label) => label),
    })
    expect(new Set(none.predict(points, { shape }))).toEqual(new Set([1]))
  })

  test('the same seed gives the same bits, another seed others', () => {
    const { points, labels: truth, shape } = rings(80)
    const fit = (seed: number) =>
      fitClassifier(points, truth, { shape, hidden: [8, 4], epochs: 4, dropout: 0.2, weightDecay: 0.01, seed })
    expect(fit(1).toJSON()).toEqual(fit(1).toJSON())
    expect(fit(1).weights).not.toEqual(fit(2).weights)
  })

  test('dropout and weight decay change the way, and leave numbers finite', () => {
    const { points, labels: truth, shape } = rings(80)
    const common = { shape, hidden: [16], epochs: 30, heldOut: 0, learningRate: 0.02 }
    const plain = fitClassifier(points, truth, common)
    const size = (weights: Float64Array) => Math.sqrt(weights.reduce((sum, w) => sum + w * w, 0))
    const decayed = fitClassifier(points, truth, { ...common, weightDecay: 2 })
    expect(size(decayed.weights)).toBeLessThan(0.8 * size(plain.weights))
    const dropped = fitClassifier(points, truth, { ...common, dropout: 0.5 })
    expect(dropped.weights.every(Number.isFinite)).toBe(true)
    expect(dropped.weights).not.toEqual(plain.weights)
  })
})

describe('a trainer', () => {
  const { points, labels: truth, shape } = rings(90)
  const options = { shape, hidden: [8], epochs: 6, dropout: 0.1, learningRate: 0.01 }

  test('steps as far as fitClassifier goes, to the same bits', () => {
    const trainer = createTrainer(points, truth, options)
    let steps = 0
    while (!trainer.step().reason) steps++
    expect(trainer.state.steps).toBe(steps + 1)
    expect(trainer.state.steps).toBe(6 * trainer.state.stepsPerEpoch)
    expect(trainer.step().steps).toBe(steps + 1)
    expect(trainer.classifier().toJSON()).toEqual(fitClassifier(points, truth, options).toJSON())
    trainer.release()
  })

  test('goes on from what it saved, in the middle of an epoch, to the same bits', () => {
    const whole = createTrainer(points, truth, options)
    const first = createTrainer(points, truth, options)
    for (let i = 0; i < 4; i++) first.step()
    const resume = JSON.parse(JSON.stringify(first)) as unknown
    first.release()
    const second = createTrainer(points, truth, { ...options, resume })
    while (!whole.step().reason);
    while (!second.step().reason);
    expect(second.toJSON()).toEqual(whole.toJSON())
    expect(second.state).toEqual(whole.state)
    whole.release()
    second.release()
  })

  test('refuses to go on from what another wrote', () => {
    const trainer = createTrainer(points, truth, options)
    const json = trainer.toJSON()
    trainer.release()
    const from =
      (resume: unknown, change: object = {}) =>
      () =>
        createTrainer(points, truth, { ...options, ...change, resume })
    expectError(from({ ...json, version: 2 }), RangeError, 'createTrainer', 'version')
    expectError(from({ ...json, kind: 'x' }), RangeError, 'createTrainer', 'kind')
    expectError(from(json, { hidden: [9] }), RangeError, 'createTrainer', 'hidden', /2 - 8 - 2/)
    expectError(from(json, { hidden: [8, 8] }), RangeError, 'createTrainer', 'hidden')
    expectError(from(json, { seed: 9 }), RangeError, 'createTrainer', 'seed')
    expectError(from({ ...json, layers: undefined }), TypeError, 'createTrainer', 'layers')
  })

  test('refuses options that are none', () => {
    const make = (change: object) => () => createTrainer(points, truth, { ...options, ...change })
    expectError(make({ hidden: 8 }), TypeError, 'createTrainer', 'hidden')
    expectError(make({ hidden: [0] }), RangeError, 'createTrainer', 'hidden')
    expectError(make({ activation: 'swish' }), RangeError, 'createTrainer', 'activation', /silu/)
    expectError(make({ dropout: 1 }), RangeError, 'createTrainer', 'dropout')
    expectError(make({ heldOut: 1 }), RangeError, 'createTrainer', 'heldOut')
    expectError(make({ batchSize: 0 }), RangeError, 'createTrainer', 'batchSize')
    expectError(make({ learningRate: Number.NaN }), RangeError, 'createTrainer', 'learningRate')
    expectError(make({ l2: 1 }), TypeError, 'createTrainer', 'l2', /weightDecay/)
    expectError(
      () => fitClassifier(points, truth, { shape, hidden: [2], l2: 1 } as object),
      TypeError,
      'fitClassifier',
      'l2',
    )
  })
})

describe('a classifier with hidden layers', () => {
  const fit = fitClassifier(train.x, train.y, { shape: train.shape, hidden: [12, 9], activation: 'gelu', epochs: 2 })

  test('says the same bits after it was saved and loaded', () => {
    const loaded = classifierFromJSON(JSON.parse(JSON.stringify(fit)))
    expect(loaded.predictProbabilities(held.x, { shape: held.shape })).toEqual(
      fit.predictProbabilities(held.x, { shape: held.shape }),
    )
    expect(loaded.toJSON()).toEqual(fit.toJSON())
  })

  test('refuses a file of other layers', () => {
    const json = fit.toJSON()
    const hidden = json.hidden as object[]
    const load = (change: object) => () => classifierFromJSON({ ...json, ...change })
    expectError(load({ hidden: hidden.slice(1) }), RangeError, 'classifierFromJSON', 'weights')
    expectError(load({ hidden: undefined }), TypeError, 'classifierFromJSON', 'hidden')
    expectError(load({ activation: 'x' }), RangeError, 'classifierFromJSON', 'activation')
    expectError(load({ hidden: [{}, {}] }), TypeError, 'classifierFromJSON', 'units')
  })

  test('has no contributions of features', () => {
    expectError(
      () => fit.contributions(x.subarray(0, 64), 0),
      TypeError,
      'SoftmaxClassifier.contributions',
      'classifier',
    )
  })

  test('is trained in pieces to the same bits', async () => {
    const options = { shape: train.shape, hidden: [12, 9], activation: 'gelu', epochs: 2 } as const
    expect((await fitClassifierAsync(train.x, train.y, options)).toJSON()).toEqual(fit.toJSON())
  })
})
