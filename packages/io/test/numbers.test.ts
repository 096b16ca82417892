import fc from 'fast-check'
import { decodeFloat16, encodeFloat16 } from 'onesum'
import { describe, expect, it } from 'vitest'
import { jsonNumber, parseNumber, printFloat16, printFloat32, printFloat64 } from '../src/numbers.ts'

const float32 = () => fc.float({ noNaN: true })

describe('numbers in text', () => {
  it.each([
    ['1', 1],
    ['-0', -0],
    ['+2.5', 2.5],
    ['.5', 0.5],
    ['5.', 5],
    ['007', 7],
    ['-1.5E-3', -0.0015],
    [' 12\t', 12],
    ['1e400', Number.POSITIVE_INFINITY],
    ['nan', Number.NaN],
    ['-NaN', Number.NaN],
    ['Inf', Number.POSITIVE_INFINITY],
    ['+INFINITY', Number.POSITIVE_INFINITY],
    ['-infinity', Number.NEGATIVE_INFINITY],
  ])('reads %j as %d', (text, value) => {
    expect(parseNumber(text)).toBe(value)
  })

  it.each([
    '',
    ' ',
    '12abc',
    '0x10',
    '-0x10',
    ' 0x10',
    '0b1',
    '1_000',
    '1,5',
    '1 2',
    '--1',
    '.',
    'e5',
    '1e',
    'nano',
    'true',
  ])('refuses %j', (text) => {
    expect(parseNumber(text)).toBeUndefined()
  })

  it('takes in JSON numbers and the three words only', () => {
    expect([1, 'NaN', 'Infinity', '-Infinity'].map(jsonNumber)).toEqual([1, Number.NaN, 1 / 0, -1 / 0])
    expect(['1', 'nan', null, true, [1]].map(jsonNumber)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ])
  })
})

describe('printed numbers', () => {
  it.each([
    [0.1, '0.1'],
    [1, '1'],
    [-0, '-0'],
    [16777216, '16777216'],
    [3.4028234663852886e38, '3.4028235e+38'],
    [2 ** -149, '1e-45'],
    [2 ** -126, '1.1754944e-38'],
    [1e-12, '1e-12'],
    [1e9, '1000000000'],
    [Number.NaN, 'NaN'],
    [Number.NEGATIVE_INFINITY, '-Infinity'],
  ])('print %d as float32 in %j', (value, text) => {
    expect(printFloat32(Math.fround(value))).toBe(text)
  })

  it('are the shortest of 6 to 9 digits that read back as the same float32', () => {
    fc.assert(
      fc.property(float32(), (value) => {
        const shortest = [6, 7, 8, 9].map((digits) => Number(value.toPrecision(digits)))
        const expected = shortest.find((candidate) => Math.fround(candidate) === value)
        const text = printFloat32(value)
        expect(Math.fround(Number(text))).toBe(value)
        if (Math.abs(value) >= 2 ** -126) expect(Number(text)).toBe(expected)
      }),
      { numRuns: 2000 },
    )
  })

  it('hold at and beside every power of ten and of two', () => {
    for (let exponent = -149; exponent < 128; exponent++) {
      for (const near of [2 ** exponent, 10 ** Math.round(exponent / 3.4)]) {
        const bits = new Int32Array(Float32Array.of(near).buffer)
        for (const step of [-1, 0, 1]) {
          const value = new Float32Array(Int32Array.of((bits[0] as number) + step).buffer)[0] as number
          if (!Number.isFinite(value)) continue
          expect(Math.fround(Number(printFloat32(value)))).toBe(value)
        }
      }
    }
  })

  it('have the point and the exponent where String has them, at every magnitude', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 10, noNaN: true }),
        fc.integer({ min: -44, max: 38 }),
        (digits, exponent) => {
          for (const value of [digits, -digits]) {
            const text = printFloat32(Math.fround(value * 10 ** exponent))
            expect(text).toBe(String(Number(text)))
          }
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('read back as the same float16, for every one of them', () => {
    const bits = Uint16Array.from({ length: 65536 }, (_, index) => index)
    const numbers = [...bits].map((half) => Number(printFloat16(half)))
    const back = decodeFloat16(encodeFloat16(numbers))
    const expected = decodeFloat16(bits)
    expect(back.every((value, index) => Object.is(value, expected[index]))).toBe(true)
    expect(printFloat16(0x2e66)).toBe('0.1')
  })

  it('read back as the same float64', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), (value) => {
        expect(Number(printFloat64(value))).toBe(value)
      }),
    )
    expect(printFloat64(-0)).toBe('-0')
  })
})
