import { describe, expect, test } from 'vitest'
import { Layers } from '../../src/classifier/layers.ts'
import type { ActivationName } from '../../src/kernels/js/elementwise.ts'
import { JsNetwork } from '../../src/kernels/js/network.ts'
import type { Network } from '../../src/kernels/network.ts'
import { openNetwork } from '../../src/kernels/training.ts'
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

/** A network with a batch in it, weights and features of float32, so that both precisions see the same numbers. */
function filled(network: Network, sizes: number[], rows: number, activation: ActivationName) {
  const net = new Layers(network, sizes, rows, activation)
  const x = Float32Array.from(normals(1, rows * sizes[0]))
  const { columns, inputs } = net.layers[0]
  for (let r = 0; r < rows; r++) {
    for (let j = 0; j < inputs; j++) net.input[((r >> 3) * columns + j) * 8 + (r % 8)] = x[r * inputs + j]
  }
  net.layers.forEach(({ weights, units, inputs: from, columns: stride }, i) => {
    const values = Float32Array.from(normals(10 + i, units * (from + 1), 0.7))
    for (let u = 0; u < units; u++) for (let j = 0; j <= from; j++) weights[u * stride + j] = values[u * (from + 1) + j]
  })
  const groups = Math.ceil(rows / 8)
  /** Σ over rows of (1 + row / 10) · cross-entropy, half of one row's mass off its label. */
  const loss = () => {
    net.pack()
    for (let r = 0; r < groups * 8; r++) {
      const mass = r < rows ? Math.fround(1 + r / 10) : 0
      network.aim(r, r < rows ? (r * 3) % sizes[sizes.length - 1] : 0, mass, mass)
    }
    return network.softmax(net.forward(groups), groups, sizes[sizes.length - 1])
  }
  return { net, loss, groups }
}

describe('gradients of layers in float64 are finite differences', () => {
  for (const activation of ACTIVATIONS) {
    test(activation, () => {
      for (const sizes of [
        [3, 5, 4],
        [2, 3, 6, 3],
        [4, 2],
      ]) {
        const { net, loss, groups } = filled(new JsNetwork(11), sizes, 11, activation)
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
      const exact = filled(new JsNetwork(rows), sizes, rows, 'tanh')
      const network = openNetwork('test', rows)
      const own = filled(network, sizes, rows, 'tanh')
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
      network.release()
    }
  }
})

test(`steps of Adam on ${kernels} are those of algorithm 1 of Kingma and Ba`, () => {
  const network = openNetwork('test', 8)
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
      expect(weights[i]).toBeCloseTo(w[i], 12)
    }
  }
  network.release()
})
