import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  argmax,
  crossEntropy,
  crossEntropyWithGrad,
  entmax,
  entmaxBackward,
  entmaxHvp,
  entmaxLossWithGrad,
  entropy,
  focalLossWithGrad,
  hardmax,
  logSoftmax,
  logSumExp,
  logSumExpBackward,
  logSumExpHvp,
  logSumExpJvp,
  margin,
  softmax,
  softmaxBackward,
  softmaxHvp,
  softmaxJvp,
  sparsemax,
  sparsemaxBackward,
  sparsemaxLossWithGrad,
  support,
  topK,
} from '../../src/index.ts'
import { expectClose } from '../support/compare.ts'
import { array, holds, logit } from '../support/property.ts'
import { rowOfElement, rowsAlong } from '../support/rows.ts'

/** Gathers the rows along an axis one after the other: the transposed array whose last axis it is. */
function gather(values: ArrayLike<number>, rows: number[][]): number[] {
  return rows.flatMap((offsets) => offsets.map((o) => values[o]))
}

describe('any axis equals the last axis of the transposed array', () => {
  type Layout = { shape: number[]; axis?: number }
  const each = [
    ['softmax', (x: number[], o: Layout) => softmax(x, o)],
    ['logSoftmax', (x: number[], o: Layout) => logSoftmax(x, o)],
    ['hardmax', (x: number[], o: Layout) => hardmax(x, o)],
    // with the logits standing in for output, gradient and direction: any numbers serve to compare two layouts
    ['softmaxBackward', (x: number[], o: Layout) => softmaxBackward(x, x, o)],
    ['softmaxJvp', (x: number[], o: Layout) => softmaxJvp(x, x, o)],
    ['softmaxHvp', (x: number[], o: Layout) => softmaxHvp(x, x, x, o)],
    ['sparsemax', (x: number[], o: Layout) => sparsemax(x, o)],
    ['entmax', (x: number[], o: Layout) => entmax(x, { ...o, alpha: 1.3 })],
    ['sparsemaxBackward', (x: number[], o: Layout) => sparsemaxBackward(sparsemax(x, o), x, o)],
    ['entmaxBackward', (x: number[], o: Layout) => entmaxBackward(entmax(x, o), x, o)],
    ['entmaxHvp', (x: number[], o: Layout) => entmaxHvp(softmax(x, o), x, x, o)],
  ] as const

  for (const [name, f] of each) {
    test(`${name}, at rank 0 to 5 with extents of 0 and 1`, () => {
      holds([array(3)], ({ x, shape, axis }) => {
        const rows = rowsAlong(shape, axis)
        const length = shape.length === 0 ? 1 : shape.at(axis)
        const direct = f(x, { shape, axis })
        const transposed = f(gather(x, rows), { shape: [rows.length, length ?? 1], axis: -1 })
        // one order of addition or another: up to 4 terms of a magnitude below 3^4
        expectClose(gather(direct, rows), transposed, 2e-13, 1e-12)
      })
    })
  }

  const reductions = [
    ['logSumExp', (x: number[], o: Layout) => logSumExp(x, o)],
    ['argmax', (x: number[], o: Layout) => argmax(x, o)],
    ['entropy', (x: number[], o: Layout) => entropy(x, o)],
    ['margin', (x: number[], o: Layout) => margin(x, o)],
    ['support', (x: number[], o: Layout) => support(x, o)],
    [
      'the gradient in alpha',
      (x: number[], o: Layout) => entmaxBackward(softmax(x, o), x, { ...o, alphaGradient: true }).alphaGrad,
    ],
  ] as const
  for (const [name, f] of reductions) {
    test(`${name}, one result for each row in row-major order of the other axes`, () => {
      // a row of no entries has no argmax and no entropy, hence extents from 1; margin needs two entries
      holds([array(3, name === 'margin' ? 2 : 1)], ({ x, shape, axis }) => {
        if (shape.length === 0 && name === 'margin') return
        const rows = rowsAlong(shape, axis)
        const transposed = f(gather(x, rows), { shape: [rows.length, rows[0].length] })
        expectClose(f(x, { shape, axis }), transposed, 2e-13, 2e-13)
      })
    })
  }

  test('topK', () => {
    holds([array(3, 2)], ({ x, shape, axis }) => {
      if (shape.length === 0) return
      const rows = rowsAlong(shape, axis)
      const kept = shape.map((extent, d) => (d === (axis + shape.length) % shape.length ? 2 : extent))
      const direct = topK(x, 2, { shape, axis })
      const transposed = topK(gather(x, rows), 2, { shape: [rows.length, rows[0].length] })
      const order = rowsAlong(kept, axis)
      expect(gather(direct.values, order)).toEqual(transposed.values)
      expect(gather(direct.indices, order)).toEqual(Array.from(transposed.indices))
    })
  })

  const lossesWithGrad = { focalLossWithGrad, sparsemaxLossWithGrad, entmaxLossWithGrad }
  for (const [name, f] of Object.entries(lossesWithGrad)) {
    test(`${name}, against labels and against distributions`, () => {
      holds([array(3, 1)], ({ x, shape, axis }) => {
        const rows = rowsAlong(shape, axis)
        const layout = { shape: [rows.length, rows[0].length] }
        const labels = Int32Array.from(rows, (offsets, r) => r % offsets.length)
        const spread = softmax(
          x.map((v) => -v),
          { shape, axis },
        )
        for (const [target, gathered] of [
          [labels, labels],
          [Float64Array.from(spread), Float64Array.from(gather(spread, rows))],
        ]) {
          // with one class as many numbers as logits are class indices
          if (target !== labels && rows[0].length === 1) continue
          const direct = f(x, target, { shape, axis })
          const transposed = f(gather(x, rows), gathered, layout)
          expectClose([direct.loss], [transposed.loss], 2e-13, 2e-13)
          expectClose(gather(direct.grad, rows), transposed.grad, 2e-11, 2e-13)
        }
      })
    })
  }

  test('crossEntropy and its gradient', () => {
    holds([array(3, 1)], ({ x, shape, axis }) => {
      const rows = rowsAlong(shape, axis)
      const labels = Int32Array.from(rows, (offsets, r) => r % offsets.length)
      const layout = { shape: [rows.length, rows[0].length] }
      expectClose(
        [crossEntropy(x, labels, { shape, axis })],
        [crossEntropy(gather(x, rows), labels, layout)],
        2e-13,
        2e-13,
      )
      const { grad } = crossEntropyWithGrad(x, labels, { shape, axis })
      const transposed = crossEntropyWithGrad(gather(x, rows), labels, layout)
      expectClose(gather(grad, rows), transposed.grad, 2e-11, 2e-13)
    })
  })
})

describe('ranks beyond five', () => {
  test('work like any other', () => {
    const shape = [1, 2, 1, 3, 1, 2, 2]
    const x = Array.from({ length: 24 }, (_, i) => Math.sin(i))
    for (let axis = -7; axis < 7; axis++) {
      const rows = rowsAlong(shape, axis)
      const y = softmax(x, { shape, axis })
      expectClose(gather(y, rows), softmax(gather(x, rows), { shape: [rows.length, rows[0].length] }), 2e-13, 0)
    }
  })
})

describe('several axes at once', () => {
  test('log-sum-exp over a list of axes is that of all their entries together', () => {
    holds([array(3, 1), array(3, 1)], ({ x, shape }, { axis }) => {
      if (shape.length < 2) return
      const first = Math.abs(axis) % shape.length
      const second = (first + 1 + (Math.abs(axis) % (shape.length - 1))) % shape.length
      const [low, high] = [Math.min(first, second), Math.max(first, second)]
      const direct = logSumExp(x, { shape, axis: [second - shape.length, first] })
      // one axis after the other: log Σ exp of logs of sums
      const inner = logSumExp(x, { shape, axis: high })
      const rest = shape.filter((_, d) => d !== high)
      expectClose(direct, logSumExp(inner, { shape: rest, axis: low }), 4e-13, 4e-13)
      // the gradient spreads one number for each kept row over its entries and sums to it
      const gradient = logSumExpBackward(x, 1, { shape, axis: [low, high] })
      const total = gradient.reduce((a, b) => a + b, 0)
      expect(Math.abs(total - direct.length)).toBeLessThanOrEqual(1e-11 * direct.length)
    })
  })

  test('far apart and masked, they give value and derivatives of the gathered rows', () => {
    const entries = (n: number, values: fc.Arbitrary<number>) => fc.array(values, { minLength: n, maxLength: n })
    const problem = fc
      .tuple(
        fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 3, maxLength: 4 }),
        fc.subarray([0, 1, 2], { minLength: 1 }),
      )
      .chain(([shape, axes]) => {
        const size = shape.reduce((a, b) => a * b, 1)
        return fc.record({
          shape: fc.constant(shape),
          axes: fc.constant(axes),
          x: entries(size, logit(5)),
          v: entries(size, logit(2)),
          mask: entries(size, fc.constantFrom(0, 1, 1)),
        })
      })
    holds([problem], ({ shape, axes, x, v, mask }) => {
      const row = rowOfElement(shape, axes)
      const count = Math.max(...row) + 1
      const rows = Array.from({ length: count }, (_, r) => [...row.keys()].filter((i) => row[i] === r))
      const gy = rows.map((_, r) => Math.cos(r))
      const direct = { shape, axis: axes, mask }
      const apart = { shape: [count, rows[0].length], mask: gather(mask, rows) }
      const [gx, gv] = [gather(x, rows), gather(v, rows)]
      expectClose(logSumExp(x, direct), logSumExp(gx, apart), 2e-13, 2e-13)
      expectClose(logSumExpJvp(x, v, direct), logSumExpJvp(gx, gv, apart), 2e-11, 2e-13)
      const backward = logSumExpBackward(x, gy, direct)
      expectClose(gather(backward, rows), logSumExpBackward(gx, gy, apart), 2e-11, 2e-13)
      const hvp = logSumExpHvp(x, gy, v, direct)
      expectClose(gather(hvp, rows), logSumExpHvp(gx, gy, gv, apart), 2e-11, 2e-13)
      // and into the input's own memory
      const own = Float64Array.from(x)
      expect(logSumExpBackward(own, gy, { ...direct, out: own })).toBe(own)
      expect(Array.from(own)).toEqual(backward)
    })
  })

  test('axis [] reduces nothing', () => {
    holds([array(3)], ({ x, shape }) => {
      expectClose(logSumExp(x, { shape, axis: [] }), x, 0, 0)
      expect(softmax(x, { shape, axis: [] })).toEqual(x.map(() => 1))
    })
  })
})
