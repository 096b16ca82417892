import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  decodeFloat16,
  encodeFloat16,
  entmax,
  hardmax,
  logSoftmax,
  logSumExp,
  softmax,
  softmaxBackward,
  sparsemax,
} from '../../src/index.ts'
import { expectWithin, ulp32 } from '../support/compare.ts'
import { bitsOfHalf, halfOfBits, halfUlpDistance } from '../support/half.ts'
import { holds, logit, row } from '../support/property.ts'

const mappings = [
  ['softmax', softmax, 1],
  ['logSoftmax', logSoftmax, 5],
  ['hardmax', hardmax, 0],
  ['sparsemax', sparsemax, 1],
  ['entmax', entmax, 1],
] as const

/** Float16Array where the engine has it. */
const Float16 = (globalThis as { Float16Array?: { from(values: ArrayLike<number>): Float32Array } }).Float16Array

describe('every kind of array gives the same numbers', () => {
  for (const [name, f, ulps] of mappings) {
    test(`${name}: number[] and Float64Array to the bit, Float32Array within its bound`, () => {
      holds([row()], (x) => {
        // numbers that every kind can hold
        const singles = Float32Array.from(x)
        const want = f(Float64Array.from(singles))
        expect(want).toBeInstanceOf(Float64Array)
        const plain = f(Array.from(singles))
        expect(Array.isArray(plain)).toBe(true)
        expect(plain).toEqual(Array.from(want))
        const single = f(singles)
        expect(single).toBeInstanceOf(Float32Array)
        // `want` is within 1e-13 of the truth, nothing beside a unit of float32
        expectWithin(single, want, (_, w) => (ulps + 1e-5) * ulp32(w))
      })
    })

    test(`${name}: tensors of any key give what their data give, under the same key`, () => {
      holds([row()], (x) => {
        const data = Float32Array.from(x)
        const want = f(data)
        const shape = [x.length]
        expect(f({ data, dims: shape, type: 'float32' })).toEqual({ data: want, dims: shape, type: 'float32' })
        expect(f({ data, shape })).toEqual({ data: want, shape })
        expect(f({ data: () => Promise.resolve(data), dataSync: () => data, shape })).toEqual({ data: want, shape })
      })
    })

    test(`${name}: dtype chooses the kind of the output`, () => {
      holds([row()], (x) => {
        const single = Float32Array.from(x)
        const double = f(single, { dtype: 'float64' })
        expect(double).toBeInstanceOf(Float64Array)
        expectWithin(double, f(Float64Array.from(single)), (_, w) => 2e-13 * Math.abs(w))
        expect(f(x, { dtype: 'float32' })).toBeInstanceOf(Float32Array)
        expectWithin(f(x, { dtype: 'float32' }), f(x), (_, w) => (ulps + 1e-5) * ulp32(w))
        const half = f(x, { dtype: 'float16' })
        expect(half).toBeInstanceOf(Uint16Array)
        const distances = Array.from(half, (bits, i) => halfUlpDistance(bits, bitsOfHalf(f(x)[i])))
        expect(Math.max(...distances)).toBeLessThanOrEqual(1)
      })
    })

    test(`${name}: float16 in is within one unit of the rounded exact value, or a float32 where asked`, () => {
      holds([row()], (x) => {
        const bits = Uint16Array.from(x, bitsOfHalf)
        const exact = f(Array.from(bits, halfOfBits))
        const y = f(bits, { dtype: 'float16' })
        expect(y).toBeInstanceOf(Uint16Array)
        expect(Math.max(...Array.from(y, (b, i) => halfUlpDistance(b, bitsOfHalf(exact[i]))))).toBeLessThanOrEqual(1)
        const tensor = f({ data: bits, dims: [x.length], type: 'float16' })
        expect(tensor).toEqual({ data: y, dims: [x.length], type: 'float16' })
        const wide = f({ data: bits, dims: [x.length], type: 'float16' }, { dtype: 'float32' })
        expect(wide.type).toBe('float32')
        expectWithin(wide.data as Float32Array, exact, (_, w) => (ulps + 1e-5) * ulp32(w))
      })
    })

    test.skipIf(Float16 === undefined)(`${name}: Float16Array (skipped where the engine has none)`, () => {
      holds([row()], (x) => {
        const half = (Float16 as NonNullable<typeof Float16>).from(x)
        const y = f(half) as Float32Array
        expect(y.constructor).toBe(Float16)
        const bits = f(Uint16Array.from(x, bitsOfHalf), { dtype: 'float16' })
        expect(Array.from(y)).toEqual(Array.from(bits, halfOfBits))
      })
    })

    test(`${name}: written into its input or into another array it is the same`, () => {
      holds([row()], (x) => {
        for (const make of [(v: number[]) => v.slice(), Float64Array.from, Float32Array.from] as const) {
          const kind = make === Float32Array.from ? Float32Array : make === Float64Array.from ? Float64Array : undefined
          const fresh = kind ? kind.from(x) : x.slice()
          const want = f(fresh as Float64Array)
          const other = kind ? new kind(x.length) : new Array(x.length).fill(0)
          expect(f(fresh as Float64Array, { out: other as Float64Array })).toBe(other)
          expect(other).toEqual(want)
          expect(Array.from(fresh)).toEqual(Array.from(kind ? kind.from(x) : x))
          expect(f(fresh as Float64Array, { out: fresh as Float64Array })).toBe(fresh)
          expect(fresh).toEqual(want)
        }
      })
    })
  }

  test('the gradient may be written over either of its inputs', () => {
    holds([row(), fc.boolean()], (x, overY) => {
      const y = softmax(Float64Array.from(x))
      const gy = Float64Array.from(x, Math.cos)
      const want = softmaxBackward(y, gy)
      const out = overY ? y : gy
      expect(softmaxBackward(y, gy, { out })).toBe(out)
      expect(out).toEqual(want)
    })
  })

  test('kinds may be mixed, and the first decides', () => {
    const y = softmax(Float32Array.of(1, 2, 3))
    const want = softmaxBackward(y, Float32Array.of(1, 0, -1))
    expect(softmaxBackward(y, [1, 0, -1])).toEqual(want)
    expect(softmaxBackward(y, { data: Float64Array.of(1, 0, -1), dims: [3] })).toEqual(want)
    expect(softmaxBackward(Array.from(y), Float32Array.of(1, 0, -1))).toBeInstanceOf(Array)
  })

  test('log-sum-exp is a number for one row and an array of the same kind with a shape', () => {
    const x = Float32Array.of(1, 2, 3, 4)
    expect(typeof logSumExp(x)).toBe('number')
    expect(logSumExp(x, { shape: [2, 2] })).toBeInstanceOf(Float32Array)
    expect(logSumExp(Array.from(x), { shape: [1, 4] })).toEqual([logSumExp(Array.from(x))])
  })
})

describe('float16 bits', () => {
  test('are encoded to nearest even and decoded exactly', () => {
    const numbers = fc.array(fc.oneof(logit(70000), logit(1e-4), fc.constantFrom(Infinity, -Infinity, 65519.99, 65520)))
    holds([numbers], (values) => {
      const bits = encodeFloat16(values)
      expect(Array.from(bits)).toEqual(values.map(bitsOfHalf))
      expect(Array.from(decodeFloat16(bits))).toEqual(Array.from(bits, halfOfBits))
    })
  })

  test('every half survives the way to a number and back', () => {
    const all = Uint16Array.from({ length: 65536 }, (_, i) => i)
    const back = encodeFloat16(decodeFloat16(all))
    const changed = Array.from(all).filter((b) => back[b] !== b)
    // only NaN payloads may be lost: their exponent is all ones and their fraction is not 0
    expect(changed.every((b) => (b & 0x7c00) === 0x7c00 && (b & 0x3ff) !== 0)).toBe(true)
  })
})
