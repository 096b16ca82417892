import { describe, expect, test } from 'vitest'
import { entmax, entmaxBackward, entmaxJvp, sparsemax, sparsemaxBackward, support } from '../../src/index.ts'
import { describeOurs, type TensorJson, tensor } from '../support/cases.ts'
import { expectClose } from '../support/compare.ts'
import { rowsAlong } from '../support/rows.ts'

type EntmaxCase = {
  name: string
  attrs: { alpha: number; axis: number }
  x: TensorJson
  p: TensorJson
  gy: TensorJson
  gx: TensorJson
  support_size: TensorJson
  g_alpha: TensorJson
  note?: string
}

/** Probabilities, both gradients and supports of one case in float64, each derivative from the library's own output. */
function testCase(c: EntmaxCase, rtol: number, atol: number): void {
  test(c.name, () => {
    const { alpha, axis } = c.attrs
    const options = { shape: c.x.shape, axis, alpha }
    const x = tensor(c.x).values
    const gy = tensor(c.gy).values
    const want = tensor(c.p).values
    const p = entmax(x, options)
    expectClose(p, want, rtol, atol)
    const gx = tensor(c.gx).values
    const { grad, alphaGrad } = entmaxBackward(p, gy, { ...options, alphaGradient: true })
    expectClose(grad, gx, rtol, atol)
    expect(entmaxBackward(p, gy, options)).toEqual(grad)
    expect(entmaxJvp(p, gy, options)).toEqual(grad)
    expectClose(alphaGrad, tensor(c.g_alpha).values, 1e-6, 1e-8)
    // entries below 1e-9 may be on either side of the threshold
    const clear = want.every((v) => v === 0 || v > 1e-9)
    if (clear)
      expect(Array.from(support(p, { shape: c.x.shape, axis }))).toEqual(Array.from(tensor(c.support_size).values))
    for (const [i, v] of want.entries()) if (v === 0) expect(p[i]).toBeLessThanOrEqual(1e-9)
    if (alpha !== 2) return
    const plain = { shape: c.x.shape, axis }
    expect(sparsemax(x, plain)).toEqual(p)
    expect(sparsemaxBackward(p, gy, plain)).toEqual(grad)
  })
  test(`${c.name} in float32: the exact result of the rounded logits, rounded`, () => {
    const { alpha, axis } = c.attrs
    const options = { shape: c.x.shape, axis, alpha }
    const x = Float32Array.from(tensor(c.x).values)
    const exact = entmax(Float64Array.from(x), options)
    expect(Array.from(entmax(x, options))).toEqual(Array.from(exact, Math.fround))
    for (const offsets of rowsAlong(c.x.shape, axis)) {
      const total = offsets.reduce((sum, o) => sum + exact[o], 0)
      expect(Math.abs(total - 1)).toBeLessThanOrEqual(1e-14)
    }
  })
}

describe('entmax', () => {
  describeOurs<EntmaxCase>('entmax-sparsemax.json', 49, (cases) => {
    for (const c of cases) testCase(c, 1e-12, 1e-12)
  })
  describeOurs<EntmaxCase>('entmax-entmax15.json', 49, (cases) => {
    for (const c of cases) testCase(c, 1e-12, 1e-12)
  })
  describeOurs<EntmaxCase>('entmax-alpha.json', 39, (cases) => {
    for (const c of cases) testCase(c, 1e-7, 1e-9)
  })
})
