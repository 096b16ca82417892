import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import {
  entmax,
  entmaxBackward,
  entmaxHvp,
  entmaxJvp,
  sparsemax,
  sparsemaxBackward,
  sparsemaxHvp,
  sparsemaxJvp,
} from '../../src/index.ts'
import { expectClose } from '../support/compare.ts'
import { absSum, dot, holds, step, triple, units } from '../support/property.ts'

type Options = { temperature: number; mask: boolean[]; alpha: number }

const h = 2 ** -10

/** The derivative of f at 0 by differences of fourth order: what is left out is h⁴ / 30 times a fifth derivative. */
const derivative = (f: (t: number) => number) => (8 * (f(h) - f(-h)) - (f(2 * h) - f(-2 * h))) / (12 * h)

/**
 * Whether nothing enters or leaves the support around x, and all within it is at least 0.2. There a k-th derivative in
 * x / T is below 50 · 0.2^(1 − k (alpha − 1)), for alpha up to 2.5 at k = 5 and 6 below 1e7 and 1e8: differences are within
 * 1e-5 of first and 1e-4 of second derivatives, for T = 1.
 */
function smooth(x: number[], directions: number[][], options: Options): boolean {
  const y = entmax(x, options)
  if (y.some((v) => v > 0 && v < 0.2)) return false
  const around = directions.flatMap((d) => [-3 * h, 3 * h].map((t) => entmax(step(x, d, t), options)))
  return around.every((other) => other.every((v, j) => v > 0 === y[j] > 0))
}

const chosen = fc.record({
  temperature: fc.constantFrom(1, 2, 7),
  mask: fc.oneof(fc.constant(Array(6).fill(true)), fc.array(fc.boolean(), { minLength: 6, maxLength: 6 })),
  alpha: fc.constantFrom(1.1, 1.3, 1.5, 1.75, 2, 2.5),
})

describe('derivatives of sparsemax and entmax', () => {
  const used = { rows: 0, supports: 0 }
  const where = (x: number[], given: Options, directions: number[][]): Options | undefined => {
    const options = { ...given, mask: x.map((_, j) => given.mask[j]) }
    if (!smooth(x, directions, options)) return undefined
    used.rows++
    used.supports += entmax(x, options).filter((v) => v > 0).length
    return options
  }
  afterAll(() => {
    // the properties hold of something: hundreds of rows, of more than one class on average
    expect(used.rows).toBeGreaterThan(200)
    expect(used.supports).toBeGreaterThan(1.3 * used.rows)
  })

  test('the VJP agrees with differences of ⟨gy, y⟩, and sparsemax is entmax at 2', () => {
    holds([triple(6, 1), chosen], ({ x, gy }, given) => {
      const o = where(x, given, units(x.length))
      if (!o) return
      const y = entmax(x, o)
      const numeric = units(x.length).map((e) => derivative((t) => dot(entmax(step(x, e, t), o), gy)))
      const got = entmaxBackward(y, gy, o)
      expectClose(got, numeric, 0, 1e-5 * absSum(gy))
      if (o.alpha !== 2) return
      const { alpha: _, ...plain } = o
      expect(sparsemax(x, plain)).toEqual(y)
      expect(sparsemaxBackward(y, gy, plain)).toEqual(got)
      expect(sparsemaxJvp(y, gy, plain)).toEqual(got)
      expect(sparsemaxHvp(y, gy, gy, plain).map(Math.abs)).toEqual(x.map(() => 0))
    })
  })

  test('the JVP agrees with differences along v', () => {
    holds([triple(6, 1), chosen], ({ x, v }, given) => {
      const o = where(x, given, [v])
      if (!o) return
      const numeric = x.map((_, j) => derivative((t) => entmax(step(x, v, t), o)[j]))
      expectClose(entmaxJvp(entmax(x, o), v, o), numeric, 0, 1e-5 * Math.max(1, absSum(v) ** 5))
    })
  })

  test('the HVP agrees with differences of ⟨gx, v⟩', () => {
    holds([triple(6, 1), chosen], ({ x, gy, v }, given) => {
      const o = where(x, given, units(x.length))
      if (!o) return
      const f = (at: number[]) => dot(entmaxBackward(entmax(at, o), gy, o), v)
      const numeric = units(x.length).map((e) => derivative((t) => f(step(x, e, t))))
      expectClose(entmaxHvp(entmax(x, o), gy, v, o), numeric, 0, 1e-4 * absSum(gy) * absSum(v))
    })
  })

  test('the gradient in alpha agrees with differences, one number per row', () => {
    holds([triple(6, 1), chosen], ({ x, gy }, given) => {
      const o = where(x, given, units(x.length))
      if (!o) return
      const at = (alpha: number) => entmax(x, { ...o, alpha })
      const y = at(o.alpha)
      for (const t of [-2 * h, 2 * h]) if (at(o.alpha + t).some((v, j) => v > 0 !== y[j] > 0)) return
      const numeric = derivative((t) => dot(at(o.alpha + t), gy))
      const { grad, alphaGrad } = entmaxBackward(y, gy, { ...o, alphaGradient: true })
      expectClose(alphaGrad, [numeric], 0, 1e-5 * absSum(gy))
      expect(grad).toEqual(entmaxBackward(y, gy, o))
      const rows = entmaxBackward([...y, ...y], [...gy, ...gy.map((g) => -g)], {
        ...o,
        shape: [2, x.length],
        alphaGradient: true,
      })
      expect(rows.alphaGrad).toEqual([alphaGrad[0], -alphaGrad[0]].map((v) => (v === 0 ? expect.closeTo(0) : v)))
    })
  })

  test('⟨gy, JVP(v)⟩ equals ⟨VJP(gy), v⟩, and second derivatives are symmetric', () => {
    holds([triple(6, 1), chosen], ({ x, gy, v }, { temperature, alpha }) => {
      const o = { temperature, alpha }
      const y = entmax(x, o)
      const [forward, reverse] = [dot(entmaxJvp(y, v, o), gy), dot(entmaxBackward(y, gy, o), v)]
      // weights y^(2 − alpha) are below 1e8 for alpha 2.5 unless y is below 1e-16
      if (y.some((p) => p > 0 && p < 1e-3)) return
      expect(Math.abs(forward - reverse)).toBeLessThanOrEqual(1e-11 * 32 * absSum(gy) * absSum(v))
      const [a, b] = [dot(entmaxHvp(y, gy, v, o), x), dot(entmaxHvp(y, gy, x, o), v)]
      // p^(1 − alpha) p^(2 − alpha) is at most 1e6
      expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-9 * absSum(gy) * absSum(v) * absSum(x) + 1e-300)
    })
  })

  test('the gradient may be written over an input, and alphaGrad is what it was', () => {
    holds([triple(6, 1), fc.boolean()], ({ x, gy }, overY) => {
      const y = Float64Array.from(entmax(x))
      const g = Float64Array.from(gy)
      const want = entmaxBackward(y, g, { alphaGradient: true })
      const out = overY ? y : g
      const got = entmaxBackward(y, g, { alphaGradient: true, out })
      expect(got.grad).toBe(out)
      expect(got).toEqual(want)
    })
  })
})

describe('a mask on a sparse mapping', () => {
  test('is the row without what is left out, whatever stands there', () => {
    const poison = fc.constantFrom(NaN, Infinity, -Infinity, 1e308, 3)
    holds([triple(6, 3), chosen, poison], ({ x, gy }, { mask, temperature, alpha }, bad) => {
      const kept = x.map((_, j) => mask[j])
      const spoilt = (values: number[]) => values.map((v, j) => (kept[j] ? v : bad))
      const pack = (values: number[]) => values.filter((_, j) => kept[j])
      const o = { temperature, alpha }
      const y = entmax(spoilt(x), { ...o, mask: kept })
      expect(pack(y)).toEqual(entmax(pack(x), o))
      const g = entmaxBackward(spoilt(y), spoilt(gy), { ...o, mask: kept })
      expect(pack(g)).toEqual(entmaxBackward(pack(y), pack(gy), o))
      for (const [j, k] of kept.entries()) if (!k) expect([y[j], g[j]]).toEqual([0, 0])
    })
  })
})
