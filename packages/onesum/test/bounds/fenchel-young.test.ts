import { describe, expect, test } from 'vitest'
import {
  crossEntropyWithGrad,
  entmax,
  entmaxLoss,
  entmaxLossWithGrad,
  softmax,
  sparsemax,
  sparsemaxLoss,
  sparsemaxLossWithGrad,
} from '../../src/index.ts'
import { expectClose } from '../support/compare.ts'
import { normals, seeded } from '../support/random.ts'

/** ⟨p − q, x⟩ + Ω(q) − Ω(p), the definition. */
function definition(x: ArrayLike<number>, q: ArrayLike<number>, alpha: number): number {
  const p = Array.from(entmax(Float64Array.from(x), { alpha }))
  const omega = (v: ArrayLike<number>) =>
    alpha === 1
      ? Array.from(v).reduce((sum, each) => sum + (each === 0 ? 0 : each * Math.log(each)), 0)
      : (Array.from(v).reduce((sum, each) => sum + each ** alpha, 0) - 1) / (alpha * (alpha - 1))
  return p.reduce((sum, each, j) => sum + (each - q[j]) * x[j], 0) + omega(q) - omega(p)
}

const alphas = [1, 1.001, 1.25, 1.5, 1.8, 2, 3, 8]
const hot = (size: number, at: number) => Array.from({ length: size }, (_, j) => (j === at ? 1 : 0))

describe('the losses of entmax', () => {
  for (const alpha of alphas) {
    test(`alpha ${alpha}: are the definition, and their gradient is p − q, for labels and distributions`, () => {
      for (let seed = 1; seed < 40; seed++) {
        const size = 2 + (seed % 7)
        const x = normals(seed, size, seed % 3 === 0 ? 4 : 1)
        const q = seed % 2 === 0 ? sparsemax(normals(seed + 100, size)) : softmax(normals(seed + 100, size))
        const p = entmax(x, { alpha })
        const label = seed % size
        for (const [target, distribution] of [
          [[label], hot(size, label)],
          [q, q],
        ] as const) {
          const { loss, grad } = entmaxLossWithGrad(x, target, { alpha })
          // the definition loses what its terms, below 20 / (alpha − 1), have beyond 2^-52
          const lost = alpha === 1.001 ? 1e-11 : 1e-13
          expectClose([loss], [definition(x, distribution, alpha)], 1e-12, lost)
          expectClose(
            grad,
            Array.from(p, (v, j) => v - distribution[j]),
            1e-12,
            1e-14,
          )
          expect(entmaxLoss(x, target, { alpha })).toBe(loss)
          if (alpha === 2) {
            expect(sparsemaxLossWithGrad(x, target)).toEqual({ loss, grad })
            expect(sparsemaxLoss(x, target)).toBe(loss)
          }
        }
      }
    })

    test(`alpha ${alpha}: rows together have the losses and gradients that each has alone`, () => {
      const [rows, size] = [40, 5]
      const x = normals(9, rows * size)
      const labels = Array.from({ length: rows }, (_, row) => row % size)
      const together = entmaxLossWithGrad(x, labels, { alpha, shape: [rows, size], reduction: 'none' })
      for (let row = 0; row < rows; row++) {
        const own = x.subarray(row * size, (row + 1) * size)
        const alone = entmaxLossWithGrad(own, [labels[row]], { alpha })
        // the same sums, in other lanes where alpha is 1: as near as both are to the definition
        expectClose([together.loss[row]], [alone.loss], 1e-12, 1e-15)
        expectClose(together.grad.subarray(row * size, (row + 1) * size), alone.grad, 1e-12, 1e-15)
      }
    })

    test(`alpha ${alpha}: the gradient agrees with differences of the loss`, () => {
      const x = [0.4, 0.1, -0.2]
      const h = 2 ** -17
      for (const target of [[1], [0.2, 0.5, 0.3]]) {
        const { grad } = entmaxLossWithGrad(x, target, { alpha, weight: [2, 3, 5], reduction: 'sum' })
        const f = (at: number[]) => entmaxLoss(at, target, { alpha, weight: [2, 3, 5], reduction: 'sum' })
        const numeric = x.map((_, i) => {
          const moved = (d: number) => f(x.map((v, j) => (i === j ? v + d : v)))
          return (moved(h) - moved(-h)) / (2 * h)
        })
        // 1e-15 / h of rounding; a third derivative of at most 100 times h² / 6
        expectClose(grad, numeric, 0, 2e-9)
      }
    })

    test(`alpha ${alpha}: never negative, and near 0 the sum of terms that are not`, () => {
      const uniform = seeded(3)
      for (let i = 0; i < 300; i++) {
        const x = normals(i + 1, 4, 2)
        // from the prediction itself to a hair beside it
        const p = entmax(x, { alpha })
        const off = 10 ** (-16 * uniform())
        const q = p.map((v, j) => Math.max(0, v + off * ((j % 2) - 0.5)))
        const total = q.reduce((a, b) => a + b, 0)
        const loss = entmaxLoss(
          x,
          q.map((v) => v / total),
          { alpha },
        )
        expect(loss).toBeGreaterThanOrEqual(0)
        expect(loss).toBeLessThanOrEqual(4 * (off ** Math.min(2, alpha) + off * off * 1e6 + off * 4) + 1e-15)
      }
    })
  }

  test('are 0 exactly where the target has probability 1', () => {
    for (const alpha of [1.25, 1.5, 2, 3, Infinity]) {
      // a margin of 1 / (alpha − 1) is enough, but a tie has no margin
      for (const margin of [1 / (alpha - 1) || 1e-9, 2 / (alpha - 1) + 1, 100]) {
        for (const make of [(v: number[]) => v, (v: number[]) => Float32Array.from(v)]) {
          const { loss, grad } = entmaxLossWithGrad(make([margin, 0, -1]), [0], { alpha })
          expect(loss).toBe(0)
          expect(Array.from(grad, Math.abs)).toEqual([0, 0, 0])
        }
      }
    }
  })

  test('at alpha 1 are cross-entropy for labels, to the bit, and the divergence from softmax for distributions', () => {
    const x = normals(9, 60, 3)
    const options = { shape: [20, 3], weight: [1, 2, 3] }
    const labels = Int32Array.from({ length: 20 }, (_, r) => r % 3)
    expect(entmaxLossWithGrad(x, labels, { ...options, alpha: 1 })).toEqual(crossEntropyWithGrad(x, labels, options))
    const q = softmax(normals(10, 60), { shape: [20, 3] })
    const entropy = q.reduce((sum, v) => sum - v * Math.log(v), 0)
    const { loss } = crossEntropyWithGrad(x, q, { shape: [20, 3], reduction: 'sum' })
    const divergence = entmaxLoss(x, q, { shape: [20, 3], alpha: 1, reduction: 'sum' })
    expectClose([divergence], [loss - entropy], 1e-12, 0)
    // and near 1 they move on from there without a jump
    const near = entmaxLoss(x, q, { shape: [20, 3], alpha: 1 + 2 ** -50, reduction: 'sum' })
    expectClose([near], [divergence], 1e-12, 0)
  })

  test('of a confident row keep their digits: 1 − p is the sum of the others', () => {
    // p_2 = (c − s)², 1e-10 of a unit below the edge of the support
    const x = [2 - 1e-5, 0]
    const { loss, grad } = entmaxLossWithGrad(x, [0])
    const other = entmax(x)[1]
    expect(other).toBeGreaterThan(0)
    expect(grad).toEqual([-other, other])
    // (2 / 3) p^1.5 of the other class, and half a square of what the first lacks
    expectClose([loss], [(2 / 3) * other ** 1.5 + other ** 2 / 2], 1e-9, 0)
  })

  test('in float32 are the float64 results rounded', () => {
    const x = Float32Array.from(normals(2, 500, 2))
    const labels = Int32Array.from({ length: 50 }, (_, r) => r % 10)
    for (const f of [sparsemaxLossWithGrad, entmaxLossWithGrad]) {
      const options = { shape: [50, 10], reduction: 'none' as const }
      const single = f(x, labels, options)
      const double = f(Float64Array.from(x), labels, options)
      expect(single.loss).toEqual(Float32Array.from(double.loss))
      expect(single.grad).toEqual(Float32Array.from(double.grad))
    }
  })

  test('a distribution weighs as much as its classes do, and the mean divides by the number of rows', () => {
    const x = [1, 0, 0, 2]
    const q = [0.5, 0.5, 0.25, 0.75]
    const plain = entmaxLoss(x, q, { shape: [2, 2], reduction: 'none' })
    const weighted = entmaxLoss(x, q, { shape: [2, 2], weight: [1, 3] })
    expectClose([weighted], [(2 * plain[0] + 2.5 * plain[1]) / 2], 1e-15, 0)
  })
})
