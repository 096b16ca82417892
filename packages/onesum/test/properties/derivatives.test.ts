import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  logSoftmax,
  logSoftmaxBackward,
  logSoftmaxHvp,
  logSoftmaxJvp,
  logSumExp,
  logSumExpBackward,
  logSumExpHvp,
  logSumExpJvp,
  softmax,
  softmaxBackward,
  softmaxHvp,
  softmaxJacobian,
  softmaxJvp,
} from '../../src/index.ts'
import { expectClose, expectWithin } from '../support/compare.ts'
import { absSum, dot, holds, step, triple, units } from '../support/property.ts'

type Options = { temperature?: number; mask?: boolean[] }

/** Each op as a function of the logits alone, so that differences can be taken with respect to them. */
const ops = {
  softmax: {
    value: (x: number[], o: Options) => softmax(x, o),
    backward: (x: number[], gy: number[], o: Options) => softmaxBackward(softmax(x, o), gy, o),
    jvp: (x: number[], v: number[], o: Options) => softmaxJvp(softmax(x, o), v, o),
    hvp: (x: number[], gy: number[], v: number[], o: Options) => softmaxHvp(softmax(x, o), gy, v, o),
  },
  logSoftmax: {
    value: (x: number[], o: Options) => logSoftmax(x, o),
    backward: (x: number[], gy: number[], o: Options) => logSoftmaxBackward(logSoftmax(x, o), gy, o),
    jvp: (x: number[], v: number[], o: Options) => logSoftmaxJvp(logSoftmax(x, o), v, o),
    hvp: (x: number[], gy: number[], v: number[], o: Options) => logSoftmaxHvp(logSoftmax(x, o), gy, v, o),
  },
  logSumExp: {
    // every gradient of a scalar is a multiple of one number: the first entry of gy
    value: (x: number[], o: Options) => logSumExp(x, { ...o, shape: [1, x.length] }),
    backward: (x: number[], gy: number[], o: Options) => logSumExpBackward(x, gy.slice(0, 1), o),
    jvp: (x: number[], v: number[], o: Options) => logSumExpJvp(x, v, { ...o, shape: [1, x.length] }),
    hvp: (x: number[], gy: number[], v: number[], o: Options) => logSumExpHvp(x, gy.slice(0, 1), v, o),
  },
}

/**
 * Central differences with h = 2^-13. What is left out is h²/6 times a third derivative, below 6 |v|³ / T³ for each
 * of these functions: 1.5e-8 |v|³ / T³. Rounding adds 1e-13 of the values over h: below 1e-8 for logits up to 5.
 */
const h = 2 ** -13
function tolerance(gy: number[], v: number[], temperature: number): number {
  const size = absSum(v)
  return absSum(gy) * (3e-8 * Math.max(size, size ** 3) * Math.max(1, temperature ** -3) + 2e-8) + 1e-300
}

const zeroed = (values: ArrayLike<number>) => Array.from(values, (v) => (v === -Infinity ? 0 : v))

for (const [name, op] of Object.entries(ops)) {
  describe(`derivatives of ${name}`, () => {
    const options = (o: { temperature: number; mask: boolean[] }, length: number): Required<Options> => ({
      temperature: name === 'logSumExp' ? 1 : o.temperature,
      mask: Array.from({ length }, (_, i) => o.mask[i]),
    })
    const chosen = fc.record({
      temperature: fc.constantFrom(1, 0.5, 0.8, 2, 7),
      mask: fc.oneof(fc.constant(Array(6).fill(true)), fc.array(fc.boolean(), { minLength: 6, maxLength: 6 })),
    })
    const passed = (o: Required<Options>): Options => (name === 'logSumExp' ? { mask: o.mask } : o)

    test('the VJP agrees with finite differences of ⟨gy, f⟩', () => {
      holds([triple(), chosen], ({ x, gy }, choice) => {
        const o = options(choice, x.length)
        const f = (at: number[]) => dot(zeroed(op.value(at, passed(o))), gy)
        if (name === 'logSumExp' && !o.mask.includes(true)) return
        const numeric = units(x.length).map((e) => (f(step(x, e, h)) - f(step(x, e, -h))) / (2 * h))
        expectClose(op.backward(x, gy, passed(o)), numeric, 0, tolerance(gy, [1], o.temperature))
      })
    })

    test('the JVP agrees with finite differences along v', () => {
      holds([triple(), chosen], ({ x, v }, choice) => {
        const o = options(choice, x.length)
        if (name === 'logSumExp' && !o.mask.includes(true)) return
        const [up, down] = [step(x, v, h), step(x, v, -h)].map((at) => zeroed(op.value(at, passed(o))))
        const numeric = up.map((value, i) => (value - down[i]) / (2 * h))
        expectClose(op.jvp(x, v, passed(o)), numeric, 0, tolerance([1], v, o.temperature))
      })
    })

    test('the HVP agrees with finite differences of ⟨gx, v⟩', () => {
      holds([triple(), chosen], ({ x, gy, v }, choice) => {
        const o = options(choice, x.length)
        if (name === 'logSumExp' && !o.mask.includes(true)) return
        const f = (at: number[]) => dot(op.backward(at, gy, passed(o)), v)
        const numeric = units(x.length).map((e) => (f(step(x, e, h)) - f(step(x, e, -h))) / (2 * h))
        // one derivative higher: a factor 4 |v| / T on what is left out, gradients rounded to 1e-13 max|gy| / T
        const bound = (4 * absSum(v) * tolerance(gy, [1], o.temperature)) / Math.min(1, o.temperature)
        expectClose(op.hvp(x, gy, v, passed(o)), numeric, 0, bound + 1e-12)
      })
    })

    test('⟨gy, JVP(v)⟩ equals ⟨VJP(gy), v⟩', () => {
      holds([triple(), chosen], ({ x, gy, v }, choice) => {
        const o = options(choice, x.length)
        const forward = dot(op.jvp(x, v, passed(o)), gy)
        const reverse = dot(op.backward(x, gy, passed(o)), v)
        // each side: 1e-11 of its terms, which are at most |gy| |v| / T times 2
        // (with room for products that fall below the normal range)
        const bound = (1e-11 * 4 * absSum(gy) * absSum(v)) / o.temperature + 1e-300
        expect(Math.abs(forward - reverse)).toBeLessThanOrEqual(bound)
      })
    })

    test('second derivatives are symmetric: ⟨HVP(v), u⟩ equals ⟨HVP(u), v⟩', () => {
      holds([triple(), chosen], ({ x, gy, v }, choice) => {
        const o = options(choice, x.length)
        const u = x.map((_, i) => Math.cos(i + 1))
        const a = dot(op.hvp(x, gy, v, passed(o)), u)
        const b = dot(op.hvp(x, gy, u, passed(o)), v)
        const bound = (1e-10 * absSum(gy) * absSum(v) * absSum(u)) / o.temperature ** 2 + 1e-300
        expect(Math.abs(a - b)).toBeLessThanOrEqual(bound)
      })
    })
  })
}

describe('the Jacobian of softmax', () => {
  test('has the forward derivatives along the axes as its columns, and is symmetric', () => {
    holds([triple(), fc.constantFrom(1, 0.5, 3)], ({ x }, temperature) => {
      const n = x.length
      const y = softmax(x, { temperature })
      const jacobian = softmaxJacobian(y, { temperature })
      expect(jacobian.length).toBe(n * n)
      for (const [j, e] of units(n).entries()) {
        const column = softmaxJvp(y, e, { temperature })
        const got = column.map((_, i) => jacobian[i * n + j])
        expectClose(got, column, 1e-11, 1e-13 / temperature)
        expectWithin(
          got,
          column.map((_, i) => jacobian[j * n + i]),
          () => 1e-13 / temperature,
        )
      }
    })
  })

  test('of several rows along any axis is one matrix after the other', () => {
    const y = softmax([1, 2, 3, 0, -1, 4], { shape: [3, 2], axis: 0 })
    const jacobians = softmaxJacobian(y, { shape: [3, 2], axis: 0 })
    const rows = [0, 1].map((c) => [y[c], y[2 + c], y[4 + c]])
    expect(jacobians.length).toBe(2 * 9)
    expectClose(
      jacobians,
      rows.flatMap((r) => r.flatMap((p, i) => r.map((q, j) => (i === j ? p * (1 - p) : -p * q)))),
      1e-14,
      1e-16,
    )
  })
})
