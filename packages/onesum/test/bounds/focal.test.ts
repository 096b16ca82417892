import { describe, expect, test } from 'vitest'
import { crossEntropyWithGrad, focalLoss, focalLossWithGrad, softmax } from '../../src/index.ts'
import { expectClose, expectWithin } from '../support/compare.ts'
import * as dd from '../support/double-double.ts'
import { normals } from '../support/random.ts'
import { referenceRow } from '../support/softmax-reference.ts'

/** Loss and gradient at a label from the definition, 1 − p_y from the sum of the other terms in double-double. */
function reference(x: ArrayLike<number>, label: number, gamma: number, factor: number) {
  const { probabilities, logProbabilities } = referenceRow(x)
  const p = dd.toNumber(probabilities[label])
  const o = dd.toNumber(probabilities.reduce((sum, each, j) => (j === label ? sum : dd.add(sum, each)), dd.zero))
  const l = -dd.toNumber(logProbabilities[label])
  // of each 16 digits are right, o near 0 included
  const k = factor * (o ** gamma + gamma * o ** (gamma - 1) * p * l)
  const grad = probabilities.map((each, j) => (j === label ? -k * o : k * dd.toNumber(each)))
  return { loss: factor * o ** gamma * l, grad }
}

/** A row whose label stands `margin` above the rest; negative margins are confident mistakes. */
function confident(seed: number, classes: number, label: number, margin: number): Float32Array {
  const x = Float32Array.from(normals(seed, classes))
  x[label] = x.reduce((a, b, j) => (j === label ? a : Math.max(a, b)), -Infinity) + margin
  return x
}

const lengths = [2, 3, 10, 100]
const gammas = [0.25, 0.5, 1, 2, 3.7]

describe('focal loss at margins', () => {
  for (const margin of [-80, -3, 0, 5, 20, 40, 80]) {
    test(`${margin}: loss and gradient relative 1e-6 in float32, 1e-11 in float64, with weights and alphas`, () => {
      for (const [seed, classes] of lengths.entries()) {
        const label = (seed * 7) % classes
        const x = confident(seed + 1, classes, label, margin)
        const weight = Float64Array.from({ length: classes }, (_, j) => 0.5 + (j % 3))
        const alpha = Float64Array.from({ length: classes }, (_, j) => 0.25 * (1 + (j % 4)))
        for (const gamma of gammas) {
          const want = reference(x, label, gamma, weight[label] * alpha[label])
          const options = { gamma, weight, alpha, shape: [1, classes], reduction: 'none' as const }
          const single = focalLossWithGrad(x, [label], options)
          const near = (_: number, w: number) => Math.max(1e-6 * Math.abs(w), 2 ** -126)
          expectWithin(single.loss, [want.loss], near)
          expectWithin(single.grad, want.grad, near)
          const double = focalLossWithGrad(Float64Array.from(x), [label], options)
          const close = (_: number, w: number) => Math.max(1e-11 * Math.abs(w), 2 ** -1022)
          expectWithin(double.loss, [want.loss], close)
          expectWithin(double.grad, want.grad, close)
          expectWithin(focalLoss(Float64Array.from(x), [label], options), [want.loss], close)
        }
      }
    })
  }

  test('as p → 1 a fractional gamma stays finite, and the loss is never negative', () => {
    for (const gamma of [0.1, 0.5, 0.9, 1, 1e6]) {
      for (const margin of [30, 300, 700, 800, 1e5]) {
        const { loss, grad } = focalLossWithGrad([margin, 0], [0], { gamma })
        expect(loss).toBeGreaterThanOrEqual(0)
        expect(grad.every(Number.isFinite)).toBe(true)
        expect(Math.abs(grad[0] + grad[1])).toBeLessThanOrEqual(1e-15 * Math.abs(grad[0]))
      }
    }
    expect(focalLossWithGrad([1e5, 0], [0], { gamma: 0.5 })).toEqual({ loss: 0, grad: [-0, 0] })
  })
})

describe('focal loss', () => {
  test('at gamma 0 is cross-entropy to the bit, with weights, for labels and distributions', () => {
    const x = normals(4, 300, 4)
    const weight = [1, 0.5, 2]
    const options = { shape: [100, 3], weight }
    const labels = Int32Array.from({ length: 100 }, (_, r) => (r % 9 === 4 ? -100 : r % 3))
    const distributions = softmax(normals(5, 300), { shape: [100, 3] })
    for (const target of [labels, distributions]) {
      for (const logits of [x, Float32Array.from(x)]) {
        expect(focalLossWithGrad(logits, target, { ...options, gamma: 0 })).toEqual(
          crossEntropyWithGrad(logits, target, options),
        )
      }
    }
  })

  test('alpha is a factor that the mean does not divide by, weight one that it does', () => {
    const x = [1, 0, 0, 2]
    const options = { shape: [2, 2] }
    const plain = focalLoss(x, [0, 0], { ...options, reduction: 'none' })
    const factors = [3, 7]
    expectClose([focalLoss(x, [0, 0], { ...options, alpha: factors })], [(3 * (plain[0] + plain[1])) / 2], 1e-15, 0)
    expectClose([focalLoss(x, [0, 0], { ...options, weight: factors })], [(plain[0] + plain[1]) / 2], 1e-15, 0)
    const both = focalLoss(x, [0, 0], { ...options, weight: factors, alpha: factors, reduction: 'sum' })
    expectClose([both], [9 * (plain[0] + plain[1])], 1e-15, 0)
  })

  test('of a one-hot distribution is that of its label; of others it is Σ t_j (1 − p_j)^γ (−log p_j), with its gradient', () => {
    const x = [0.3, -1.2, 2]
    const label = focalLossWithGrad(x, [2])
    const hot = focalLossWithGrad(x, [0, 0, 1])
    expectClose([hot.loss], [label.loss], 1e-15, 0)
    expectClose(hot.grad, label.grad, 1e-14, 1e-16)
    const t = [0.2, 0.3, 0.5]
    for (const gamma of [0.5, 2]) {
      const f = (at: number[]) => softmax(at).reduce((sum, p, j) => sum - t[j] * (1 - p) ** gamma * Math.log(p), 0)
      const { loss, grad } = focalLossWithGrad(x, t, { gamma })
      expectClose([loss], [f(x)], 1e-14, 0)
      const h = 2 ** -17
      const numeric = x.map((_, i) => {
        const moved = (d: number) => f(x.map((v, j) => (i === j ? v + d : v)))
        return (moved(h) - moved(-h)) / (2 * h)
      })
      // h² / 6 times a third derivative of a few units, and 1e-16 / h
      expectClose(grad, numeric, 0, 1e-9)
    }
  })
})
