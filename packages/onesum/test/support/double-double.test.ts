import { describe, expect, test } from 'vitest'
import { readFixture } from './cases.ts'
import * as dd from './double-double.ts'
import { bitsOfHalf, halfOfBits } from './half.ts'

type Case = { op: 'exp' | 'log' | 'log1p' | 'multiply' | 'divide'; x: number; y?: number; want: [number, number] }

function compute({ op, x, y = 0 }: Case): dd.DoubleDouble {
  const a: dd.DoubleDouble = [x, 0]
  const b: dd.DoubleDouble = [y, 0]
  if (op === 'multiply') return dd.multiply(a, b)
  if (op === 'divide') return dd.divide(a, b)
  if (op === 'exp') return dd.exp(a)
  return op === 'log' ? dd.log(a) : dd.log1p(a)
}

describe('the double-double arithmetic that serves the tests as reference', () => {
  for (const c of readFixture<Case[]>('double-double/values.json')) {
    test(`${c.op}(${c.x}${c.y === undefined ? '' : `, ${c.y}`}) agrees with mpmath to 1e-29`, () => {
      const off = dd.toNumber(dd.subtract(compute(c), c.want))
      // 106 bits are 1.2e-32; nine squarings in exp lose nine of them
      expect(Math.abs(off)).toBeLessThanOrEqual(1e-29 * Math.abs(c.want[0]))
    })
  }

  test('a sum keeps what float64 would lose', () => {
    const sum = [1e20, 1, -1e20].reduce((s, v) => dd.add(s, [v, 0]), dd.zero)
    expect(dd.toNumber(sum)).toBe(1)
  })
})

describe('the float16 conversion that serves the tests as reference', () => {
  test('every half survives the way to a number and back', () => {
    const all = Array.from({ length: 65536 }, (_, bits) => bits).filter((bits) => !Number.isNaN(halfOfBits(bits)))
    expect(all.length).toBe(65536 - 2 * 1023)
    expect(all.filter((bits) => bitsOfHalf(halfOfBits(bits)) !== bits)).toEqual([])
  })

  test('halfway cases go to the even neighbour', () => {
    expect(halfOfBits(bitsOfHalf(1 + 2 ** -11))).toBe(1)
    expect(halfOfBits(bitsOfHalf(1 + 3 * 2 ** -11))).toBe(1 + 2 ** -9)
    expect(halfOfBits(bitsOfHalf(65519))).toBe(65504)
    expect(halfOfBits(bitsOfHalf(65520))).toBe(Infinity)
    expect(bitsOfHalf(2 ** -25)).toBe(0)
  })
})
