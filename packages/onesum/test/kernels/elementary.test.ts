import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { exp } from '../../src/kernels/js/exp.ts'
import { log, log1p } from '../../src/kernels/js/log.ts'
import { readNpy } from '../support/npy.ts'
import { seeded } from '../support/random.ts'

const view = new DataView(new ArrayBuffer(8))

/** The float64 that is `steps` places after a number >= 0. */
function after(x: number, steps: number): number {
  view.setFloat64(0, x)
  view.setBigInt64(0, view.getBigInt64(0) + BigInt(steps))
  return view.getFloat64(0)
}

/** The value of the last place. */
function lastPlace(x: number): number {
  const size = Math.abs(x)
  return after(size, 1) - size
}

/** FNV-1a over the bits of numbers, 32 bits wide. */
function fingerprint(values: Float64Array): number {
  let hash = 0x811c9dc5
  for (const value of values) {
    view.setFloat64(0, value)
    hash = Math.imul(hash ^ view.getUint32(0), 0x01000193)
    hash = Math.imul(hash ^ view.getUint32(4), 0x01000193)
  }
  return hash >>> 0
}

describe('values to 50 digits', () => {
  // measured over 14 million arguments against 113-bit arithmetic: exp 0.5112, log 0.865, log1p 0.917 ulp
  it.each([
    ['exp', exp, 0.515, 3050],
    ['log', log, 0.95, 2300],
    ['log1p', log1p, 0.95, 2380],
  ] as const)('%s misses none by more than its bound', (name, own, bound, cases) => {
    const rows = readNpy(join(import.meta.dirname, `../fixtures/elementary/${name}.npy`))
    expect(rows.length).toBe(3 * cases)
    let worst = 0
    for (let i = 0; i < rows.length; i += 3) {
      const [x, nearest, rest] = rows.subarray(i, i + 3)
      // neighbours differ by a few places at most, so that the difference is exact
      worst = Math.max(worst, Math.abs((own(x) - nearest) / lastPlace(nearest) - rest))
    }
    expect(worst).toBeLessThan(bound)
  })
})

describe('exp', () => {
  it.each([
    [0, 1],
    [-0, 1],
    [2 ** -60, 1],
    [-(2 ** -60), 1],
    [Number.MIN_VALUE, 1],
    [Infinity, Infinity],
    [-Infinity, 0],
    [NaN, NaN],
    [Number.MAX_VALUE, Infinity],
    [-Number.MAX_VALUE, 0],
    // the last finite result, and the last that is not 0: ln(2^1024) and ln(2^-1075) lie between these neighbours
    [709.782712893384, 1.7976931348622732e308],
    [709.7827128933841, Infinity],
    [-745.1332191019411, Number.MIN_VALUE],
    [-745.1332191019412, 0],
  ])('of %d is %d', (x, value) => {
    expect(exp(x)).toBe(value)
  })

  it('never decreases, over neighbours wherever its course changes', () => {
    const step = Math.LN2 / 128
    const centres = [708, 708.3964185322641, 745.1332191019411]
    for (let n = 0; n < 137_600; n++) centres.push((n + 0.5) * step)
    let inversions = 0
    for (const centre of centres) {
      // where x is small, many neighbours share a result, and an inversion could hide among them
      const reach = centre < 0.2 ? 1000 : 4
      let x = after(centre, -reach)
      for (let i = 0; i < 2 * reach; i++) {
        const next = after(x, 1)
        if (exp(next) < exp(x) || exp(-next) > exp(-x)) inversions++
        x = next
      }
    }
    expect(inversions).toBe(0)
  })

  it('never decreases, over runs of neighbours anywhere', () => {
    const uniform = seeded(11)
    let inversions = 0
    for (let run = 0; run < 400; run++) {
      let x = uniform() * (run % 2 ? 2 ** -(run % 40) : 745)
      for (let i = 0; i < 200; i++) {
        const next = after(x, 1)
        if (exp(next) < exp(x) || exp(-next) > exp(-x)) inversions++
        x = next
      }
    }
    expect(inversions).toBe(0)
  })
})

describe('logarithms', () => {
  it.each([
    [1, 0],
    [0, -Infinity],
    [-0, -Infinity],
    [-1, NaN],
    [-Infinity, NaN],
    [Infinity, Infinity],
    [NaN, NaN],
  ])('log of %d is %d', (x, value) => {
    expect(log(x)).toBe(value)
  })

  it.each([
    [0, 0],
    [-0, -0],
    [-1, -Infinity],
    [-1.0000000000000002, NaN],
    [-Infinity, NaN],
    [Infinity, Infinity],
    [NaN, NaN],
  ])('log1p of %d is %d', (x, value) => {
    expect(log1p(x)).toBe(value)
  })

  it('log1p returns tiny arguments as they are', () => {
    // x − x²/2 rounds to x below 2^-54
    for (let e = -1074; e < -54; e++) expect(log1p(2 ** e)).toBe(2 ** e)
  })
})

describe('every engine gives the same bits', () => {
  // Recorded on Node 20 and 24; the arithmetic is that of IEEE 754 alone, so that a difference is a change of method.
  it.each([
    ['exp, to where it is 0 or infinite', (u: number) => exp(u * 1460 - 748), 3433960782],
    ['exp of the exponents of a row', (u: number) => exp(-u * 40), 1404705486],
    ['log', (u: number) => log(u * 4), 933970618],
    ['log1p', (u: number) => log1p(u / (1 - u)), 1710949798],
  ] as const)('%s', (_, own, hash) => {
    const uniform = seeded(7)
    expect(fingerprint(Float64Array.from({ length: 100_000 }, () => own(uniform())))).toBe(hash)
  })
})
