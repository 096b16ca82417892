import { describe, expect, test } from 'vitest'
import { Layers } from '../../src/classifier/network/layers.ts'
import type { ActivationName } from '../../src/kernels/js/elementwise.ts'
import { JsNetwork } from '../../src/kernels/js/network.ts'
import type { Features, Targets } from '../../src/kernels/linear.ts'
import type { Network } from '../../src/kernels/network.ts'
import { openNetwork } from '../../src/kernels/training.ts'
import { readFixture } from '../support/cases.ts'
import { kernels } from '../support/kernels.ts'
import { normals } from '../support/random.ts'

const ACTIVATIONS: ActivationName[] = [
  'relu',
  'identity',
  'leakyRelu',
  'elu',
  'gelu',
  'silu',
  'softplus',
  'sigmoid',
  'tanh',
]

/** What opens a network: one of the two implementations. */
type Open = (features: Features, targets: Targets, rows: number) => Network

const exactly: Open = (features, targets, rows) => new JsNetwork(features, targets, rows)
const openBest: Open = (features, targets, rows) => openNetwork('test', features, targets, rows)

/** Features that layers see as they are. */
const plain = (elements: Features['elements'], columns: number): Features => ({
  elements,
  rows: elements.length / columns,
  columns,
  taken: Int32Array.from({ length: columns }, (_, j) => j),
  centre: new Float64Array(columns),
  factor: new Float64Array(columns).fill(1),
})

/** Rows 1, 3, 5 …: a batch is rows from anywhere. */
const odd = (rows: number) => Int32Array.from({ length: rows }, (_, r) => 2 * r + 1)

/** A network with a batch in it, weights and features of float32, so that both precisions see the same numbers. */
function filled(open: Open, sizes: number[], rows: number, activation: ActivationName) {
  const all = 2 * rows + 1
  const features = plain(Float32Array.from(normals(1, all * sizes[0])), sizes[0])
  const classes = sizes[sizes.length - 1]
  const mass = Float64Array.from({ length: all }, (_, row) => Math.fround(1 + row / 20))
  const targets = { labels: Int32Array.from({ length: all }, (_, row) => (row * 3) % classes), mass, own: mass }
  const network = open(features, targets, rows)
  const net = new Layers(network, sizes, rows, activation)
  net.layers.forEach(({ weights, units, inputs: from, columns: stride }, i) => {
    const values = Float32Array.from(normals(10 + i, units * (from + 1), 0.7))
    for (let u = 0; u < units; u++) for (let j = 0; j <= from; j++) weights[u * stride + j] = values[u * (from + 1) + j]
  })
  const groups = Math.ceil(rows / 8)
  /** Σ over rows of (1 + row / 20) · cross-entropy. */
  const loss = () => {
    net.pack()
    network.take(odd(rows), 1, net.input)
    return network.softmax(net.forward(groups), groups, net.layers[net.layers.length - 1].outputs, classes)
  }
  return { network, net, loss, groups }
}

describe('gradients of layers in float64 are finite differences', () => {
  for (const activation of ACTIVATIONS) {
    test(activation, () => {
      for (const sizes of [
        [3, 5, 4],
        [2, 3, 6, 3],
        [4, 2],
      ]) {
        const { net, loss, groups } = filled(exactly, sizes, 11, activation)
        loss()
        net.backward(groups)
        for (const { weights, gradient, units, columns, inputs } of net.layers) {
          const exact = Float64Array.from(gradient)
          for (let u = 0; u < units; u++) {
            for (let j = 0; j <= inputs; j++) {
              const at = u * columns + j
              const own = weights[at]
              const h = 1e-6
              weights[at] = own + h
              const above = loss()
              weights[at] = own - h
              const below = loss()
              weights[at] = own
              // truncation h² · f''' and rounding f · 2^-52 / h are both below 1e-8 of sums of this size
              expect(Math.abs((above - below) / (2 * h) - exact[at])).toBeLessThan(1e-6)
            }
          }
        }
      }
    })
  }
})

interface Recorded {
  activation: ActivationName
  sizes: number[]
  labels: number[]
  features: number[]
  layers: { weights: number[]; bias: number[]; weightsGradient: number[]; biasGradient: number[] }[]
  loss: number
}

const recorded = readFixture<{ cases: Recorded[] }>('layers/layers.json').cases

test.each(recorded)(`$activation on ${kernels}: loss and gradients are those of TensorFlow.js`, (given) => {
  const { activation, sizes, labels, features, layers } = given
  const mass = new Float64Array(labels.length).fill(1)
  const targets = { labels: Int32Array.from(labels), mass, own: mass }
  const network = openBest(plain(features, sizes[0]), targets, labels.length)
  const net = new Layers(network, sizes, labels.length, activation)
  const every = Int32Array.from(labels, (_, row) => row)
  network.take(every, 1, net.input)
  net.layers.forEach(({ weights, units, inputs: from, columns: stride }, i) => {
    for (let u = 0; u < units; u++) {
      weights.set(layers[i].weights.slice(u * from, (u + 1) * from), u * stride)
      weights[u * stride + from] = layers[i].bias[u]
    }
  })
  net.pack()
  const groups = Math.ceil(labels.length / 8)
  const { outputs, units: classes } = net.layers[net.layers.length - 1]
  const loss = network.softmax(net.forward(groups), groups, outputs, classes)
  net.backward(groups)
  // both sides add some hundred float32 products in orders of their own: 2^-24 each, relative to the largest
  expect(Math.abs(loss / given.loss - 1)).toBeLessThan(1e-5)
  net.layers.forEach(({ gradient, units, inputs: from, columns: stride }, i) => {
    const { weightsGradient, biasGradient } = layers[i]
    const largest = Math.max(...weightsGradient.map(Math.abs), ...biasGradient.map(Math.abs))
    for (let u = 0; u < units; u++) {
      const want = [...weightsGradient.slice(u * from, (u + 1) * from), biasGradient[u]]
      want.forEach((value, j) => {
        expect(Math.abs(gradient[u * stride + j] - value)).toBeLessThan(1e-5 * largest)
      })
    }
  })
  network.release()
})

test(`losses and gradients on ${kernels} are those of float64, at every remainder of tiles and groups`, () => {
  for (const sizes of [
    [1, 1, 2],
    [3, 5, 4],
    [2, 3, 6, 3],
    [7, 8, 10],
    [64, 32, 10],
    [5, 12, 11, 13, 7],
  ]) {
    for (const rows of [1, 7, 8, 9, 32]) {
      const exact = filled(exactly, sizes, rows, 'tanh')
      const own = filled(openBest, sizes, rows, 'tanh')
      expect(own.loss() / exact.loss()).toBeCloseTo(1, 5)
      exact.net.backward(exact.groups)
      own.net.backward(own.groups)
      own.net.layers.forEach(({ gradient }, i) => {
        const want = exact.net.layers[i].gradient
        const size = Math.sqrt(want.reduce((sum, g) => sum + g * g, 0))
        const miss = Math.sqrt(want.reduce((sum, g, k) => sum + (g - gradient[k]) ** 2, 0))
        // float32 passes through up to four layers of sums of some dozens
        expect(miss).toBeLessThan(1e-5 * size)
      })
      own.network.release()
    }
  }
})

test(`steps of Adam on ${kernels} are those of algorithm 1 of Kingma and Ba`, () => {
  const none = { labels: new Int32Array(1), mass: new Float64Array(1), own: new Float64Array(1) }
  const network = openBest(plain([0], 1), none, 8)
  const length = 12
  const [weights, gradient, first, second] = [1, 2, 3, 4].map(() => network.doubles(length))
  weights.set(normals(1, length))
  const [w, m, v] = [Float64Array.from(weights), new Float64Array(length), new Float64Array(length)]
  for (let t = 1; t <= 5; t++) {
    gradient.set(normals(t + 1, length))
    network.move(weights, gradient, { first, second }, 0.01 / (1 - 0.9 ** t), 1 / Math.sqrt(1 - 0.999 ** t))
    for (let i = 0; i < length; i++) {
      m[i] = 0.9 * m[i] + 0.1 * gradient[i]
      v[i] = 0.999 * v[i] + 0.001 * gradient[i] ** 2
      w[i] -= (0.01 * (m[i] / (1 - 0.9 ** t))) / (Math.sqrt(v[i] / (1 - 0.999 ** t)) + 1e-8)
      // a step of 0.01 at most, in up to five roundings to float32 of 6e-8 each; five steps
      expect(Math.abs(weights[i] - w[i])).toBeLessThan(5 * 0.01 * 3.5e-7)
      expect(first[i]).toBeCloseTo(m[i], 14)
      expect(second[i]).toBeCloseTo(v[i], 14)
    }
  }
  network.release()
})
