import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  crossEntropy,
  crossEntropyHvp,
  crossEntropyWithGrad,
  logSoftmax,
  nllLoss,
  nllLossWithGrad,
} from '../../src/index.ts'
import { expectClose } from '../support/compare.ts'
import { asList } from '../support/losses.ts'
import { absSum, dot, holds, logit, step, units } from '../support/property.ts'

type Reduction = 'mean' | 'sum' | 'none'

/** Three rows of three classes: logits, a direction, labels (-7 is ignored), distributions, weights. */
const problem = fc.record({
  x: fc.array(logit(5), { minLength: 9, maxLength: 9 }),
  v: fc.array(logit(2), { minLength: 9, maxLength: 9 }),
  labels: fc.array(fc.constantFrom(0, 1, 2, -7), { minLength: 3, maxLength: 3 }).filter((l) => l.some((c) => c >= 0)),
  masses: fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 9, maxLength: 9 }),
  weight: fc.option(fc.array(fc.double({ min: 0.1, max: 3, noNaN: true }), { minLength: 3, maxLength: 3 }), {
    nil: undefined,
  }),
  labelSmoothing: fc.constantFrom(0, 0.1, 0.7, 1),
  reduction: fc.constantFrom<Reduction>('mean', 'sum'),
  kind: fc.constantFrom('int32', 'bigint64', 'float64', 'number[]', 'distribution'),
})
type Problem = typeof problem extends fc.Arbitrary<infer T> ? T : never

function setup(p: Problem) {
  const distribution = p.masses.map((m, i) => {
    const row = Math.floor(i / 3) * 3
    return m / (p.masses[row] + p.masses[row + 1] + p.masses[row + 2])
  })
  const targets = {
    int32: Int32Array.from(p.labels),
    bigint64: BigInt64Array.from(p.labels, BigInt),
    float64: Float64Array.from(p.labels),
    'number[]': p.labels,
    distribution,
  }
  const target = targets[p.kind as keyof typeof targets]
  const options = { shape: [3, 3], weight: p.weight, labelSmoothing: p.labelSmoothing, ignoreIndex: -7 }
  const weights = p.weight ?? [1, 1, 1]
  // the mass that each class of each row carries in the loss: loss = −Σ mass · log softmax
  const mass = p.x.map((_, i) => {
    const [row, c] = [Math.floor(i / 3), i % 3]
    if (p.kind === 'distribution') {
      return weights[c] * (distribution[i] * (1 - p.labelSmoothing) + p.labelSmoothing / 3)
    }
    const label = p.labels[row]
    if (label < 0) return 0
    return (c === label ? (1 - p.labelSmoothing) * weights[label] : 0) + (p.labelSmoothing / 3) * weights[c]
  })
  const denominator =
    p.kind === 'distribution' ? 3 : p.labels.reduce<number>((sum, label) => sum + (label < 0 ? 0 : weights[label]), 0)
  return { target, options, mass, denominator }
}

describe('cross-entropy with any target, weights and smoothing', () => {
  test('is its definition: the target mass times minus log-softmax', () => {
    holds([problem], (p) => {
      const { target, options, mass, denominator } = setup(p)
      const logY = logSoftmax(p.x, { shape: [3, 3] })
      const rows = [0, 1, 2].map((r) => -dot(mass.slice(3 * r, 3 * r + 3), logY.slice(3 * r, 3 * r + 3)))
      const total = rows[0] + rows[1] + rows[2]
      // a handful of float64 roundings and log-softmax's own 1e-13
      expectClose(crossEntropy(p.x, target, { ...options, reduction: 'none' }), rows, 1e-12, 1e-13)
      expectClose([crossEntropy(p.x, target, { ...options, reduction: 'sum' })], [total], 1e-12, 1e-13)
      expectClose([crossEntropy(p.x, target, { ...options, reduction: 'mean' })], [total / denominator], 1e-12, 1e-13)
    })
  })

  test('gives the same loss with and without its gradient', () => {
    holds([problem], (p) => {
      const { target, options } = setup(p)
      for (const reduction of ['mean', 'sum', 'none'] as const) {
        const { loss } = crossEntropyWithGrad(p.x, target, { ...options, reduction })
        expectClose(asList(loss), asList(crossEntropy(p.x, target, { ...options, reduction })), 1e-12, 1e-13)
      }
    })
  })

  // central differences of a function whose third derivative is at most 6 W |v|³, with h = 2^-13: 1.5e-8 W |v|³;
  // rounding: 1e-12 of losses below 100, over h
  const h = 2 ** -13
  const bound = (p: Problem, mass: number[]) => (absSum(mass) + 1) * 5e-8 * (p.reduction === 'mean' ? 10 : 1)

  test('has the gradient that finite differences give', () => {
    holds([problem], (p) => {
      const { target, options, mass } = setup(p)
      const all = { ...options, reduction: p.reduction }
      const f = (at: number[]) => crossEntropy(at, target, all) as number
      const numeric = units(9).map((e) => (f(step(p.x, e, h)) - f(step(p.x, e, -h))) / (2 * h))
      expectClose(crossEntropyWithGrad(p.x, target, all).grad, numeric, 0, bound(p, mass))
    })
  })

  test('has the second derivative that finite differences of its gradient give', () => {
    holds([problem], (p) => {
      const { target, options, mass } = setup(p)
      const all = { ...options, reduction: p.reduction }
      const f = (at: number[]) => dot(crossEntropyWithGrad(at, target, all).grad, p.v)
      const numeric = units(9).map((e) => (f(step(p.x, e, h)) - f(step(p.x, e, -h))) / (2 * h))
      expectClose(crossEntropyHvp(p.x, target, p.v, all), numeric, 0, bound(p, mass) * (1 + absSum(p.v)) * 4)
    })
  })

  test("with reduction 'none' each row has its own gradient, and they add to that of the sum", () => {
    holds([problem], (p) => {
      const { target, options, mass } = setup(p)
      const own = crossEntropyWithGrad(p.x, target, { ...options, reduction: 'none' })
      const sum = crossEntropyWithGrad(p.x, target, { ...options, reduction: 'sum' })
      // the row gradients share no entry, so their sum is they themselves
      expectClose(own.grad, sum.grad, 1e-11, 1e-13 * absSum(mass))
      const ownHvp = crossEntropyHvp(p.x, target, p.v, { ...options, reduction: 'none' })
      expectClose(ownHvp, crossEntropyHvp(p.x, target, p.v, { ...options, reduction: 'sum' }), 1e-11, 1e-12)
    })
  })

  test('the gradient of each row adds to 0, as a shift of its logits changes nothing', () => {
    holds([problem], (p) => {
      const { target, options, mass } = setup(p)
      const { grad } = crossEntropyWithGrad(p.x, target, { ...options, reduction: 'sum' })
      for (let r = 0; r < 9; r += 3) {
        expect(Math.abs(grad[r] + grad[r + 1] + grad[r + 2])).toBeLessThanOrEqual(1e-12 * (1 + absSum(mass)))
      }
    })
  })

  test('the gradient may be written over the logits', () => {
    holds([problem], (p) => {
      const { target, options } = setup(p)
      const logits = Float64Array.from(p.x)
      const fresh = crossEntropyWithGrad(logits, target, { ...options, reduction: p.reduction })
      const { loss, grad } = crossEntropyWithGrad(logits, target, { ...options, reduction: p.reduction, out: logits })
      expect(grad).toBe(logits)
      expect([loss, Array.from(logits)]).toEqual([fresh.loss, Array.from(fresh.grad)])
    })
  })
})

describe('negative log likelihood', () => {
  test('of log-softmax is cross-entropy, and its gradient is minus the weight at the label', () => {
    const indices = problem.filter((p) => p.kind !== 'distribution')
    holds([indices], (p) => {
      const { target, options, denominator } = setup(p)
      const { labelSmoothing: _, ...plain } = options
      const logY = logSoftmax(p.x, { shape: [3, 3] })
      const loss = nllLoss(logY, target, { ...plain, reduction: p.reduction })
      expectClose(asList(loss), asList(crossEntropy(p.x, target, { ...plain, reduction: p.reduction })), 1e-12, 1e-13)
      const { grad } = nllLossWithGrad(logY, target, { ...plain, reduction: p.reduction })
      const scale = p.reduction === 'mean' ? denominator : 1
      const want = p.x.map((_, i) => (p.labels[Math.floor(i / 3)] === i % 3 ? -(p.weight?.[i % 3] ?? 1) / scale : 0))
      expectClose(grad, want, 1e-14, 0)
    })
  })
})
