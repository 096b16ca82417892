import { describe, expect, test } from 'vitest'
import {
  argmax,
  crossEntropy,
  crossEntropyWithGrad,
  entropy,
  hardmax,
  logSoftmax,
  logSumExp,
  logSumExpBackward,
  margin,
  softmax,
  softmaxBackward,
  softmaxHvp,
  softmaxJvp,
  topK,
} from '../../src/index.ts'
import { expectClose } from '../support/compare.ts'
import { array, holds } from '../support/property.ts'
import { rowsAlong } from '../support/rows.ts'

/** Gathers the rows along an axis one after the other: the transposed array whose last axis it is. */
function gather(values: ArrayLike<number>, rows: number[][]): number[] {
  return rows.flatMap((offsets) => offsets.map((o) => values[o]))
}

describe('any axis equals the last axis of the transposed array', () => {
  const each = [
    ['softmax', softmax],
    ['logSoftmax', logSoftmax],
    ['hardmax', hardmax],
    // with the logits standing in for output, gradient and direction: any numbers serve to compare two layouts
    ['softmaxBackward', (x: number[], o: object) => softmaxBackward(x, x, o)],
    ['softmaxJvp', (x: number[], o: object) => softmaxJvp(x, x, o)],
    ['softmaxHvp', (x: number[], o: object) => softmaxHvp(x, x, x, o)],
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
    ['logSumExp', logSumExp],
    ['argmax', argmax],
    ['entropy', entropy],
    ['margin', margin],
  ] as const
  for (const [name, f] of reductions) {
    test(`${name}, one result for each row in row-major order of the other axes`, () => {
      // a row of no entries has no argmax and no entropy, hence extents from 1; margin needs two entries
      holds([array(3, name === 'margin' ? 2 : 1)], ({ x, shape, axis }) => {
        if (shape.length === 0 && name === 'margin') return
        const rows = rowsAlong(shape, axis)
        const transposed = f(gather(x, rows), { shape: [rows.length, rows[0].length] })
        expectClose(f(x, { shape, axis }) as number[], transposed as number[], 2e-13, 2e-13)
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

  test('axis [] reduces nothing', () => {
    holds([array(3)], ({ x, shape }) => {
      expect(logSumExp(x, { shape, axis: [] })).toEqual(x)
      expect(softmax(x, { shape, axis: [] })).toEqual(x.map(() => 1))
    })
  })
})
