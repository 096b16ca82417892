import { describe, expect, test } from 'vitest'
import {
  argmax,
  crossEntropy,
  crossEntropyWithGrad,
  entmax,
  entmaxBackward,
  entmaxLossWithGrad,
  entropy,
  focalLossWithGrad,
  logSoftmax,
  logSoftmaxBackward,
  logSumExp,
  margin,
  nllLoss,
  softmax,
  softmaxBackward,
  sparsemax,
  sparsemaxBackward,
  sparsemaxLossWithGrad,
  support,
  topK,
} from '../../src/index.ts'
import { expectClose } from '../support/compare.ts'

const kinds = [
  ['number[]', (x: number[]) => x],
  ['Float64Array', (x: number[]) => Float64Array.from(x)],
  ['Float32Array', (x: number[]) => Float32Array.from(x)],
] as const

/** A row of n ordinary logits with `value` at `at`. */
const placed = (n: number, at: number, value: number) => Array.from({ length: n }, (_, i) => (i === at ? value : i / 4))
const filled = (n: number, value: number) => Array.from({ length: n }, () => value)
const lengths = [1, 2, 3, 4, 5, 8, 9, 16, 17, 33]

for (const [kind, make] of kinds) {
  const list = (y: ArrayLike<number>) => Array.from(y)

  describe(`a row holds NaN, or +Infinity (${kind})`, () => {
    for (const special of [NaN, Infinity]) {
      test(`${special} in any place makes softmax and log-softmax NaN throughout, and entropy NaN`, () => {
        for (const n of lengths) {
          for (let at = 0; at < n; at++) {
            const x = make(placed(n, at, special)) as number[]
            expect(list(softmax(x))).toEqual(filled(n, NaN))
            expect(list(logSoftmax(x))).toEqual(filled(n, NaN))
            expect(entropy(x)).toBeNaN()
            expect(logSumExp(x)).toBe(special)
            // NaN counts as largest; an infinity is
            expect(argmax(x)).toBe(at)
            expect(list(topK(x, 1).indices)).toEqual([at])
          }
        }
      })
    }

    test('the other rows are not touched', () => {
      const x = make([1, NaN, 0, 0, Infinity, 3, 2, 2])
      expect(list(softmax(x as number[], { shape: [4, 2] }))).toEqual([NaN, NaN, 0.5, 0.5, NaN, NaN, 0.5, 0.5])
      expect(list(softmax(x as number[], { shape: [2, 4], axis: 0 }))).toEqual(
        list(softmax(make([1, Infinity, NaN, 3, 0, 2, 0, 2]) as number[], { shape: [4, 2] })).map(
          (_, i, y) => y[(i % 4) * 2 + Math.floor(i / 4)],
        ),
      )
    })

    test('NaN wins over +Infinity in log-sum-exp, and the first NaN in argmax and top-k', () => {
      expect(logSumExp(make([Infinity, NaN, 1]) as number[])).toBeNaN()
      expect(argmax(make([Infinity, NaN, 1, NaN]) as number[])).toBe(1)
      const { values, indices } = topK(make([Infinity, NaN, 1, NaN]) as number[], 3)
      expect([list(values), list(indices)]).toEqual([
        [NaN, NaN, Infinity],
        [1, 3, 0],
      ])
    })

    test('several +Infinity are no tie to share: the row is NaN, log-sum-exp +Infinity', () => {
      const x = make([Infinity, Infinity, 0]) as number[]
      expect(list(softmax(x))).toEqual([NaN, NaN, NaN])
      expect(list(logSoftmax(x))).toEqual([NaN, NaN, NaN])
      expect(logSumExp(x)).toBe(Infinity)
    })
  })

  describe(`some -Infinity (${kind})`, () => {
    test('are exactly 0 there, -Infinity in log-softmax, and count for nothing elsewhere', () => {
      for (const n of lengths.filter((n) => n > 1)) {
        for (let at = 0; at < n; at++) {
          const x = make(placed(n, at, -Infinity)) as number[]
          const without = make(placed(n, at, 0).filter((_, i) => i !== at)) as number[]
          const y = list(softmax(x))
          expect(y[at]).toBe(0)
          expectClose(
            y.filter((_, i) => i !== at),
            list(softmax(without)),
            kind === 'Float32Array' ? 2 ** -23 : 2e-13,
            0,
          )
          const logY = list(logSoftmax(x))
          expect(logY[at]).toBe(-Infinity)
          expectClose(
            logY.filter((_, i) => i !== at),
            list(logSoftmax(without)),
            kind === 'Float32Array' ? 2 ** -23 : 2e-13,
            0,
          )
          // the same terms, perhaps added in another order: two float64 bounds, or one step of float32
          const close = kind === 'Float32Array' ? 2 ** -23 : 2e-13
          expectClose([logSumExp(x), entropy(x)], [logSumExp(without), entropy(without)], close, 1e-300)
        }
      }
    })

    test('have gradient exactly 0 in softmax, and gy - 0 in log-softmax, never NaN', () => {
      const x = make([1, -Infinity, 2]) as number[]
      const gy = make([0.5, -3, 2]) as number[]
      expect(Math.abs(softmaxBackward(softmax(x), gy)[1])).toBe(0)
      expect(logSoftmaxBackward(logSoftmax(x), gy)[1]).toBe(-3)
      expect(list(softmaxBackward(softmax(x), gy)).every(Number.isFinite)).toBe(true)
    })
  })

  describe(`all -Infinity (${kind})`, () => {
    test('is NaN, and log-sum-exp -Infinity', () => {
      for (const n of lengths) {
        const x = make(filled(n, -Infinity)) as number[]
        expect(list(softmax(x))).toEqual(filled(n, NaN))
        expect(list(logSoftmax(x))).toEqual(filled(n, NaN))
        expect(logSumExp(x)).toBe(-Infinity)
      }
    })
  })

  describe(`a label on a -Infinity logit, or a true class of probability 0 (${kind})`, () => {
    test('loses +Infinity, nothing clipped, and the gradient is still p - 1', () => {
      const x = make([1, -Infinity, 2]) as number[]
      expect(crossEntropy(x, [1])).toBe(Infinity)
      const { loss, grad } = crossEntropyWithGrad(x, [1])
      expect(loss).toBe(Infinity)
      const y = softmax(x)
      expect(list(grad)).toEqual([y[0], -1, y[2]])
      expect(nllLoss(make([-0.5, -Infinity]) as number[], [1])).toBe(Infinity)
    })

    test('a -Infinity logit that carries no mass costs nothing', () => {
      expect(crossEntropy(make([0, -Infinity]) as number[], [0])).toBe(0)
      expect(crossEntropy(make([0, -Infinity]) as number[], make([1, 0]) as number[])).toBe(0)
      expect(crossEntropy(make([0, -Infinity]) as number[], make([0.5, 0.5]) as number[])).toBe(Infinity)
    })

    test('a loss beyond the largest number is +Infinity only where the exact value is', () => {
      // log-softmax of 1e30 apart: exactly -1e30, far from clipping
      expect(crossEntropy(make([1e30, 0]) as number[], [1])).toBe(make([1e30])[0])
    })
  })
}

const sparse = [
  ['sparsemax', (x: number[]) => sparsemax(x)],
  ...[1, 1.0001, 1.3, 1.5, 2.5, 40, Infinity].map(
    (alpha) => [`entmax at alpha ${alpha}`, (x: number[]) => entmax(x, { alpha })] as const,
  ),
] as const

for (const [kind, make] of kinds) {
  const list = (y: ArrayLike<number>) => Array.from(y)

  describe(`special values in sparse mappings (${kind})`, () => {
    for (const [name, f] of sparse) {
      test(`${name}: NaN and +Infinity make their row NaN, -Infinity is 0 and counts for nothing, alone it is NaN`, () => {
        for (const n of lengths) {
          for (let at = 0; at < n; at++) {
            for (const special of [NaN, Infinity]) {
              expect(list(f(make(placed(n, at, special)) as number[]))).toEqual(filled(n, NaN))
            }
            if (n === 1) continue
            const y = list(f(make(placed(n, at, -Infinity)) as number[]))
            const without = list(f(make(placed(n, at, 0).filter((_, i) => i !== at)) as number[]))
            expect(y[at]).toBe(0)
            expectClose(
              y.filter((_, i) => i !== at),
              without,
              kind === 'Float32Array' ? 2 ** -23 : 2e-13,
              1e-14,
            )
          }
          expect(list(f(make(filled(n, -Infinity)) as number[]))).toEqual(filled(n, NaN))
        }
      })
    }

    test('a row of NaN has NaN derivatives and support 0; the others are not touched', () => {
      const y = make([NaN, NaN, 0.5, 0.5]) as number[]
      const gy = make([1, 2, 1, 2]) as number[]
      const shape = [2, 2]
      expect(list(sparsemaxBackward(y, gy, { shape }))).toEqual([NaN, NaN, -0.5, 0.5])
      const { grad, alphaGrad } = entmaxBackward(y, gy, { shape, alphaGradient: true })
      expect(list(grad).slice(0, 2)).toEqual([NaN, NaN])
      expect(alphaGrad[0]).toBeNaN()
      expect(list(grad).every((g, i) => i < 2 || Number.isFinite(g))).toBe(true)
      expect(list(support(y, { shape }))).toEqual([0, 2])
    })

    for (const [name, f] of [
      ['focal loss', focalLossWithGrad],
      ['sparsemax loss', sparsemaxLossWithGrad],
      ['entmax loss', entmaxLossWithGrad],
    ] as const) {
      test(`${name}: a label on -Infinity costs Infinity, gradient -1; NaN in a row is NaN, unless it is left out`, () => {
        const x = make([0, -Infinity, 0.5]) as number[]
        const { loss, grad } = f(x, [1])
        expect(loss).toBe(Infinity)
        // the sum of the others
        expect(grad[1]).toBeCloseTo(-1, 14)
        expect(list(grad).every(Number.isFinite)).toBe(true)
        // no mass there, no cost
        expect(f(make([3, -Infinity]) as number[], [0]).loss).toBe(0)
        expect(f(make([3, -Infinity]) as number[], make([1, 0]) as number[]).loss).toBe(0)
        expect(f(make([0, -Infinity]) as number[], make([0.5, 0.5]) as number[]).loss).toBe(Infinity)
        for (const bad of [NaN, Infinity]) {
          const row = make([0, bad, 0.5, 1, 2, 3]) as number[]
          const both = f(row, [0, 1], { shape: [2, 3], reduction: 'none' })
          expect([both.loss[0], ...list(both.grad).slice(0, 3)]).toEqual([NaN, NaN, NaN, NaN])
          expect(Number.isFinite(both.loss[1])).toBe(true)
          const kept = f(row, [-100, 1], { shape: [2, 3] })
          expect(kept.loss).toBe(f(row.slice(3) as number[], [1]).loss)
          expect(list(kept.grad).slice(0, 3).map(Math.abs)).toEqual([0, 0, 0])
        }
      })

      test(`${name}: all rows left out: the mean is NaN, the sum 0; no rows likewise`, () => {
        const x = make([0, 1]) as number[]
        expect(f(x, [-100]).loss).toBeNaN()
        expect(f(x, [-100], { reduction: 'sum' }).loss).toBe(0)
        expect(list(f(x, [-100]).grad).map(Math.abs)).toEqual([0, 0])
        const empty = make([]) as number[]
        expect(f(empty, new Int32Array(0), { shape: [0, 3] }).loss).toBeNaN()
        expect(f(empty, new Int32Array(0), { shape: [0, 3], reduction: 'sum' }).loss).toBe(0)
      })
    }
  })
}

describe('margin', () => {
  test('is the largest minus the second logit, and counts NaN as NaN', () => {
    expect(margin([1, 5, 2])).toBe(3)
    expect(margin([5, 1, 5])).toBe(0)
    expect(margin([1, NaN, 2])).toBeNaN()
  })
})
