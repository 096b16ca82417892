import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type Elementwise,
  type ElementwiseBackward,
  elu,
  eluBackward,
  gelu,
  geluBackward,
  identity,
  identityBackward,
  leakyRelu,
  leakyReluBackward,
  relu,
  reluBackward,
  sigmoid,
  sigmoidBackward,
  silu,
  siluBackward,
  softmax,
  softplus,
  softplusBackward,
  tanh,
  tanhBackward,
} from '../../src/index.ts'
import {
  type ActivationName,
  applyActivation,
  applyActivationBackward,
  GELU_TANH,
} from '../../src/kernels/js/elementwise.ts'
import { expm1 } from '../../src/kernels/js/expm1.ts'
import { expectClose, expectSame, expectWithin } from '../support/compare.ts'
import { bitsOfHalf, halfOfBits, halfUlpDistance } from '../support/half.ts'
import { readNpy } from '../support/npy.ts'
import { holds, logit } from '../support/property.ts'

type Options = { negativeSlope?: number; alpha?: number; beta?: number; approximate?: 'none' | 'tanh' }

/** One line of the suite: a function with one setting of its option, and its limits at −Infinity and Infinity. */
interface Line {
  name: ActivationName
  fixture?: string
  options?: Options
  parameter?: number
  low: [value: number, slope: number]
  high: [value: number, slope: number]
}

const lines: Line[] = [
  { name: 'identity', low: [-Infinity, 1], high: [Infinity, 1] },
  { name: 'relu', low: [0, 0], high: [Infinity, 1] },
  {
    name: 'leakyRelu',
    fixture: 'leakyRelu',
    options: { negativeSlope: 0.2 },
    parameter: 0.2,
    low: [-Infinity, 0.2],
    high: [Infinity, 1],
  },
  { name: 'leakyRelu', options: { negativeSlope: 0 }, parameter: 0, low: [0, 0], high: [Infinity, 1] },
  { name: 'elu', fixture: 'elu', options: { alpha: 1.5 }, parameter: 1.5, low: [-1.5, 0], high: [Infinity, 1] },
  { name: 'elu', options: { alpha: 0 }, parameter: 0, low: [0, 0], high: [Infinity, 1] },
  { name: 'gelu', fixture: 'gelu', low: [0, 0], high: [Infinity, 1] },
  {
    name: 'gelu',
    fixture: 'geluTanh',
    options: { approximate: 'tanh' },
    parameter: GELU_TANH,
    low: [0, 0],
    high: [Infinity, 1],
  },
  { name: 'silu', fixture: 'silu', low: [0, 0], high: [Infinity, 1] },
  { name: 'softplus', fixture: 'softplus', options: { beta: 0.7 }, parameter: 0.7, low: [0, 0], high: [Infinity, 1] },
  { name: 'sigmoid', fixture: 'sigmoid', low: [0, 0], high: [1, 0] },
  { name: 'tanh', fixture: 'tanh', low: [-1, 0], high: [1, 0] },
]

const pairs: Record<ActivationName, [Elementwise<Options>, ElementwiseBackward<Options>]> = {
  identity: [identity, identityBackward],
  relu: [relu, reluBackward],
  leakyRelu: [leakyRelu, leakyReluBackward],
  elu: [elu, eluBackward],
  gelu: [gelu, geluBackward],
  silu: [silu, siluBackward],
  softplus: [softplus, softplusBackward],
  sigmoid: [sigmoid, sigmoidBackward],
  tanh: [tanh, tanhBackward],
}

/** Columns of a fixture: x, f(x), f'(x). */
function columns(fixture: string): [x: number[], y: number[], slope: number[]] {
  const rows = readNpy(join(import.meta.dirname, `../fixtures/elementwise/${fixture}.npy`))
  const column = (k: number) => Array.from({ length: rows.length / 3 }, (_, i) => rows[3 * i + k])
  return [column(0), column(1), column(2)]
}

const ones = (x: readonly number[]) => x.map(() => 1)

describe('expm1', () => {
  test('misses values of 60 digits by less than 2.5 ulp (an ulp is at least 2^-53 of a number)', () => {
    const [x, y] = columns('expm1')
    expectClose(x.map(expm1), y, 2.5 * 2 ** -52, 0)
  })

  test('of the infinities and NaN', () => {
    expect([-Infinity, Infinity, NaN, 0].map(expm1)).toEqual([-1, Infinity, NaN, 0])
  })
})

for (const { name, fixture, options, parameter, low, high } of lines) {
  const [forward, backward] = pairs[name]

  describe(`${name}${options ? ` with ${JSON.stringify(options)}` : ''}`, () => {
    if (fixture) {
      // relative 1e-15 in float64. The tanh of gelu's approximation, and what softplus does to beta · x, see their
      // argument rounded: exp turns z (1 + ε) into a relative error |z| ε. Where e^(−x²/2) is subnormal,
      // half a step of 2^-1074 is taken up to 39 times.
      const [x, y, slope] = columns(fixture)
      const argument = (at: number) => {
        if (fixture === 'geluTanh') return 1.6 * (at + 0.045 * at ** 3)
        return fixture === 'softplus' ? 0.7 * at : 0
      }
      const relative = (i: number) => 1e-15 + (x[i] < 0 ? 4e-16 * Math.min(800, Math.abs(argument(x[i]))) : 0)
      test('agrees with values of 60 digits', () => {
        expectWithin(forward(x, options), y, (i, want) => relative(i) * Math.abs(want) + 2 ** -1069)
      })
      test('has the derivative of 60 digits', () => {
        // around the root of a derivative its two terms, each below 0.4, cancel
        const cancelling = (at: number) => (/^(gelu|silu)/.test(fixture) && at < 0 && at > -2 ? 4e-16 : 0)
        expectWithin(
          backward(x, ones(x), options),
          slope,
          (i, want) => relative(i) * Math.abs(want) + cancelling(x[i]) + 2 ** -1069,
        )
      })
    }

    test('has the gradient that finite differences show, in the upstream gradient too', () => {
      // Central differences with h = 2^-13: h²/6 times a third derivative, below 2 for all of these (elu: 1.5), is left
      // out, 5e-9; rounding adds 1e-15 · 30 / h, 3e-10. At the kink of a rectifier there is no derivative.
      const h = 2 ** -13
      holds([fc.array(fc.tuple(logit(20), logit(2)), { maxLength: 12 })], (pairs) => {
        const away = pairs.filter(([at]) => Math.abs(at) > 2 * h)
        const x = away.map(([at]) => at)
        const gy = away.map(([, g]) => g)
        const up = forward(
          x.map((at) => at + h),
          options,
        )
        const down = forward(
          x.map((at) => at - h),
          options,
        )
        const numeric = gy.map((g, i) => (g * (up[i] - down[i])) / (2 * h))
        expectClose(backward(x, gy, options), numeric, 0, 2e-8)
      })
    })

    test('takes the infinities to their limits, and NaN to NaN', () => {
      const ends = [-Infinity, Infinity]
      expect(forward(ends, options).map((v) => v + 0)).toEqual([low[0], high[0]])
      expect(backward(ends, [1, 1], options).map((v) => v + 0)).toEqual([low[1], high[1]])
      expect(forward([NaN], options)).toEqual([NaN])
      expect(backward([1], [NaN], options)).toEqual([NaN])
      if (name !== 'identity') expect(backward([NaN], [1], options)).toEqual([NaN])
      // and the ends of the range, where squares and cubes overflow
      for (const end of [Number.MAX_VALUE, -Number.MAX_VALUE, 1e155, -1e155]) {
        const [value, slope] = end > 0 ? high : low
        const [y] = forward([end], options)
        if (Number.isFinite(value)) expect(y + 0).toBe(value)
        else expect(y / end).toBeCloseTo(slope, 12)
        expect(backward([end], [1], options)[0] + 0).toBe(slope)
      }
    })

    test('has no axis: any shape gives the same numbers, in the kind and shape that came in', () => {
      const x = [-3, -0.5, 0, 0.25, 1, 7]
      const y = forward(x, options)
      expect(forward(x, { ...options, shape: [2, 1, 3] })).toEqual(y)
      const single = Float32Array.from(x)
      const want = Float32Array.from(y)
      expect(forward(single, options)).toEqual(want)
      expect(forward(single, { ...options, dtype: 'float64' })).toEqual(Float64Array.from(y))
      const tensor = { data: single, dims: [3, 2], type: 'float32' }
      expect(forward(tensor, options)).toEqual({ data: want, dims: [3, 2], type: 'float32' })
      expect(backward(tensor, single, options).dims).toEqual([3, 2])
      expect(forward(new Float32Array(0), { ...options, shape: [0, 3] })).toEqual(new Float32Array(0))
      expect(forward([0.5], { ...options, shape: [] })).toEqual(forward([0.5], options))
    })

    test('in float16 rounds the exact value once', () => {
      const bits = Uint16Array.from([-3, -0.5, 0, 0.25, 1, 7], (v) => bitsOfHalf(v))
      const exact = Array.from(bits, halfOfBits)
      const y = forward(bits, { ...options, dtype: 'float16' })
      const gx = backward(bits, bits, { ...options, dtype: 'float16' })
      const wantY = forward(exact, options)
      const wantGx = backward(exact, exact, options)
      for (let i = 0; i < bits.length; i++) {
        expect(halfUlpDistance(y[i], bitsOfHalf(wantY[i]))).toBe(0)
        expect(halfUlpDistance(gx[i], bitsOfHalf(wantGx[i]))).toBe(0)
      }
    })

    test('may write over its inputs', () => {
      const x = Float64Array.of(-1, 0.5, 2)
      const gy = Float64Array.of(1, -2, 0.5)
      const y = forward(x, options)
      const gx = backward(x, gy, options)
      for (const out of [x.slice(), gy.slice()]) {
        const isX = out[0] === -1
        expectSame(backward(isX ? out : x, isX ? gy : out, { ...options, out }), gx)
        expect(out).toEqual(gx)
      }
      expect(forward(x, { ...options, out: x })).toBe(x)
      expectSame(x, y)
    })

    test('is the plain loop over a part of an array that trainers use', () => {
      const x = Float64Array.of(9, -1, 0.5, 2, 9)
      const gy = Float64Array.of(9, 1, -2, 0.5, 9)
      const y = new Float64Array(5)
      const gx = new Float64Array(5)
      applyActivation(name, x, y, 1, 3, parameter)
      applyActivationBackward(name, x, gy, gx, 1, 3, parameter)
      expectSame(y, [0, ...forward(x.subarray(1, 4), options), 0])
      expectSame(gx, [0, ...backward(x.subarray(1, 4), gy.subarray(1, 4), options), 0])
    })
  })
}

describe('what they become', () => {
  const x = Array.from({ length: 81 }, (_, i) => i / 4 - 10)

  test('leakyRelu of slope 0 and elu of alpha 0 are relu, elu of a far negative number is −alpha', () => {
    for (const other of [leakyRelu(x, { negativeSlope: 0 }), elu(x, { alpha: 0 })]) {
      expectClose(other, relu(x), 0, 0)
    }
  })

  test('relu has derivative 0 at 0, as in PyTorch', () => {
    expect(reluBackward([0, -0], [1, 1])).toEqual([0, 0])
  })

  test('gelu through tanh stays within 5e-4 of gelu', () => {
    expectClose(gelu(x, { approximate: 'tanh' }), gelu(x), 0, 5e-4)
  })

  test('softplus of a large beta is relu up to log 2 / beta', () => {
    expectClose(softplus(x, { beta: 1e6 }), relu(x), 0, 7e-7)
  })

  test('sigmoid is the softmax of [x, 0]', () => {
    // softmax: 1e-13
    for (const at of x) expectClose([sigmoid([at])[0]], [softmax([at, 0])[0]], 2e-13, 0)
  })
})
