import { describe, expect, test } from 'vitest'
import { entmax, entmaxBackward, entmaxJvp, softmax, softmaxBackward, sparsemax, support } from '../../src/index.ts'
import { entmaxOf } from '../kernels/references.ts'
import { readFixture } from '../support/cases.ts'
import { expectClose, expectWithin } from '../support/compare.ts'
import { sparse32, sparse64 } from '../support/promises.ts'
import { normals, seeded } from '../support/random.ts'

type Exact = { name: string; alpha: number; x: number[]; gy: number[]; p: number[]; alphaGrad: number }

describe('entmax against exact rows', () => {
  const { cases } = readFixture<{ cases: Exact[] }>('entmax/entmax.json')
  test('there are 84 of them', () => expect(cases.length).toBe(84))

  for (const { name, alpha, x, gy, p, alphaGrad } of cases) {
    test(`${name}: within 1e-14, exact zeros, and the gradient in alpha within 1e-12`, () => {
      const y = entmax(x, { alpha })
      expectWithin(y, p, sparse64)
      const clear = p.every((v) => v === 0 || v > 1e-9)
      if (clear) expect(y.map((v) => v > 0)).toEqual(p.map((v) => v > 0))
      const got = entmaxBackward(p, gy, { alpha, alphaGradient: true }).alphaGrad
      // of terms up to 10, whose weights carry alpha roundings of p
      expectClose(got, [alphaGrad], 1e-12 * alpha, 1e-13)
    })
  }
})

describe('entmax in float64 and float32 beside bisection', () => {
  const lengths = [1, 2, 3, 7, 15, 16, 17, 24, 25, 64, 100, 257, 1000]
  for (const alpha of [1.05, 1.2, 1.5, 1.75, 2]) {
    test(`alpha ${alpha}: within 1e-14, or one unit of float32`, () => {
      for (const length of lengths) {
        for (const [scale, temperature] of [
          [5, 1],
          [0.01, 1],
          [1, 0.3],
          [300, 40],
        ]) {
          const x = Float32Array.from(normals(length, length, scale))
          const want = entmaxOf(x, alpha, temperature)
          expectWithin(entmax(Float64Array.from(x), { alpha, temperature }), want, sparse64)
          expectWithin(entmax(x, { alpha, temperature }), want, sparse32)
        }
      }
    })
  }

  test('float32 is float64 rounded once, on every path and for every alpha', () => {
    for (const alpha of [1.01, 1.3, 1.5, 2, 3, 50, Infinity]) {
      for (const length of [15, 16, 100, 1000, 20_000]) {
        for (const scale of [0.001, 5]) {
          const x = Float32Array.from(normals(3, length, scale))
          const exact = entmax(Float64Array.from(x), { alpha })
          expect(entmax(x, { alpha })).toEqual(Float32Array.from(exact))
        }
      }
    }
  })
})

describe('the limits of entmax', () => {
  const rows = [1, 2, 3, 10, 100, 1000].flatMap((n) => [0.1, 1, 5].map((scale) => normals(n, n, scale)))

  test('alpha 1 is softmax, to the bit, backward and forward', () => {
    for (const row of rows) {
      for (const x of [row, Float32Array.from(row)]) {
        const y = softmax(x)
        expect(entmax(x, { alpha: 1 })).toEqual(y)
        expect(entmaxBackward(y, x, { alpha: 1 })).toEqual(softmaxBackward(y, x))
      }
    }
  })

  test('alpha 1 + 1e-10 is within 1e-9 of softmax, and 1 + 2^-52 within 1e-13', () => {
    for (const x of rows) {
      expectClose(entmax(x, { alpha: 1 + 1e-10 }), softmax(x), 0, 1e-9)
      expectClose(entmax(x, { alpha: 1 + 2 ** -52 }), softmax(x), 0, 1e-13)
    }
  })

  // between neighbouring alphas the function itself moves by less than 1e-14
  for (const alpha of [1, 1.5, 2]) {
    test(`no jump above 1e-12 at alpha ${alpha}, where the form changes`, () => {
      for (const x of rows) {
        const at = entmax(x, { alpha })
        expectClose(entmax(x, { alpha: alpha + 2 ** -50 }), at, 0, 1e-12)
        if (alpha > 1) expectClose(entmax(x, { alpha: alpha - 2 ** -50 }), at, 0, 1e-12)
      }
    })
  }

  test('no jump of the gradient in alpha at 1, and at 1.5, where its form changes', () => {
    for (const x of rows) {
      for (const [low, high] of [
        [1, 1 + 2 ** -52],
        [1.5 - 2 ** -52, 1.5],
      ]) {
        const p = entmax(x, { alpha: high })
        const gy = Float64Array.from(x, Math.cos)
        const [below, above] = [low, high].map(
          (alpha) => entmaxBackward(p, gy, { alpha, alphaGradient: true }).alphaGrad[0],
        )
        expect(Math.abs(below - above)).toBeLessThanOrEqual(1e-12)
      }
    }
  })

  test('alpha Infinity, and temperature 0, share the mass among the maxima; derivatives are 0', () => {
    const x = [1, 3, 3, -2]
    for (const options of [{ alpha: Infinity }, { temperature: 0 }, { alpha: 3, temperature: 0 }]) {
      expect(entmax(x, options)).toEqual([0, 0.5, 0.5, 0])
      const both = entmaxBackward(entmax(x, options), [1, 2, 3, 4], { ...options, alphaGradient: true })
      expect(both.grad.map(Math.abs)).toEqual([0, 0, 0, 0])
      expect(both.alphaGrad.map(Math.abs)).toEqual([0])
    }
    // a million times as steep as sparsemax, and all the same a number
    expect(entmax([1, 1 - 1e-3], { alpha: 1e6 })).toEqual([1, 0])
    expect(entmax([1, 1], { alpha: 1e300 })).toEqual([0.5, 0.5])
  })

  test('temperature Infinity is uniform over what is above -Infinity; derivatives are 0', () => {
    for (const f of [sparsemax, entmax])
      expect(f([5, 1, -Infinity, 0, 2], { temperature: Infinity })).toEqual([0.25, 0.25, 0, 0.25, 0.25])
    expect(entmaxJvp([0.5, 0.5], [1, 2], { temperature: Infinity }).map(Math.abs)).toEqual([0, 0])
  })

  test('tiny and huge temperatures, where only their quotients with the logits are ordinary', () => {
    for (const t of [1e-310, 1e-300, 1e-30, 1e30, 1e300, 1e307]) {
      const x = [0.3, 0, -0.1].map((v) => v * t)
      for (const alpha of [1.3, 1.5, 2, 3]) {
        // below 2^-1022 a logit has few digits left
        expectClose(
          entmax(x, { alpha, temperature: t }),
          entmax([0.3, 0, -0.1], { alpha }),
          0,
          t < 1e-300 ? 1e-10 : 1e-14,
        )
      }
    }
    // whose difference no float64 can hold
    const far = [1.2e308, -1.2e308]
    expectClose(entmax(far, { temperature: 1.5e308 }), entmax([1.6, 0]), 0, 1e-14)
    expectClose(entmax(far, { alpha: 1.3, temperature: 1.5e308 }), entmax([1.6, 0], { alpha: 1.3 }), 0, 1e-14)
    for (const alpha of [1.3, 1.5, 2, 3]) {
      expect(entmax(far, { alpha })).toEqual([1, 0])
    }
  })
})

describe('structure', () => {
  test('equal logits have equal bits, no order is inverted, each row sums to 1', () => {
    const uniform = seeded(11)
    for (const alpha of [1.1, 1.5, 1.9, 2, 2.5, 10]) {
      for (const length of [5, 50, 500]) {
        const x = Float64Array.from({ length }, () => Math.round(20 * uniform()) / 20 + (uniform() < 0.1 ? 1e-15 : 0))
        const y = entmax(x, { alpha })
        const order = Array.from(x.keys()).sort((i, j) => x[i] - x[j])
        for (let k = 1; k < length; k++) {
          const [i, j] = [order[k - 1], order[k]]
          if (x[i] === x[j]) expect(Object.is(y[i], y[j])).toBe(true)
          else expect(y[i]).toBeLessThanOrEqual(y[j])
        }
        expect(Math.abs(y.reduce((a, b) => a + b, 0) - 1)).toBeLessThanOrEqual(1e-13)
        expect(support(y)).toBe(y.filter((v) => v > 0).length)
      }
    }
  })

  test('long flat, tied and sorted rows end, with every entry in its place', () => {
    const length = 1 << 17
    for (const alpha of [1.5, 2]) {
      const flat = entmax(new Float32Array(length).fill(-3), { alpha })
      expect(flat.every((v) => v === 2 ** -17)).toBe(true)
      const sorted = Float64Array.from({ length }, (_, j) => j / length)
      expectWithin(entmax(sorted, { alpha }), entmaxOf(sorted, alpha), sparse64)
    }
  })
})
