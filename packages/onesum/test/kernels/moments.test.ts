import { describe, expect, test } from 'vitest'
import { run } from '../../src/kernels/kernel.ts'
import { MOMENTS, momentsKernel } from '../../src/kernels/moments.ts'
import { openRows } from '../../src/rows/rows.ts'
import type { Logits } from '../../src/rows/types.ts'
import { expectSame, expectWithin } from '../support/compare.ts'
import { bitsOfHalf } from '../support/half.ts'
import { normals } from '../support/random.ts'
import { compensatedSum } from '../support/softmax-reference.ts'

interface Options {
  shape: number[]
  axis?: number
  temperature?: number
  dtype?: 'float16'
}

function moments(x: Logits, options: Options): Float64Array {
  const { rows } = openRows({ name: 'moments', operands: ['x'], options: Object.keys(options) }, [x], options)
  const output = new Float64Array(MOMENTS * rows.count)
  run(momentsKernel, rows, output)
  return output
}

/** From the definition, with the engine's own exp. */
function reference(x: ArrayLike<number>, length: number, temperature = 1): Float64Array {
  const output = new Float64Array((MOMENTS * x.length) / length)
  for (let row = 0; row < x.length / length; row++) {
    const values = Float64Array.from({ length }, (_, j) => x[row * length + j])
    const max = Math.max(...values)
    const d = values.map((value) => value - max)
    const e = d.map((value) => Math.exp(value / temperature))
    const weighted = (power: number) => compensatedSum(e.map((w, j) => (w === 0 ? 0 : w * d[j] ** power)))
    output.set([max, weighted(0), weighted(1), weighted(2)], MOMENTS * row)
  }
  return output
}

/** The documented 3e-10 of each exponential: all terms of a sum have one sign. What is below 2^-1022 of the top is nothing. */
const within = (_: number, want: number) => 3e-10 * Math.abs(want) + 1e-290

describe('moments of rows under their softmax', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 15, 16, 17, 31, 33, 64, 65, 1000, 4099])(
    'of length %i are those of the definition, at any temperature',
    (length) => {
      const count = Math.max(3, Math.ceil(200 / length))
      const x = Float32Array.from(normals(length, count * length, 5))
      for (const temperature of [1, 0.1, 0.7, 3.3, 1e-3, 1e3, 1e-200, 1e200]) {
        expectWithin(moments(x, { shape: [count, length], temperature }), reference(x, length, temperature), within)
      }
    },
  )

  test('are those of the definition for more rows than the table of results holds', () => {
    const x = Float32Array.from(normals(7, 4000 * 12, 3))
    expectWithin(moments(x, { shape: [4000, 12], temperature: 1.7 }), reference(x, 12, 1.7), within)
  })

  test('are the same along any axis and from float16', () => {
    const x = Float32Array.from(normals(3, 6 * 50 * 4, 4))
    const rows = Float32Array.from({ length: x.length }, (_, i) => {
      const [row, j] = [Math.floor(i / 50), i % 50]
      return x[(Math.floor(row / 4) * 50 + j) * 4 + (row % 4)]
    })
    expectWithin(moments(x, { shape: [6, 50, 4], axis: 1, temperature: 2 }), reference(rows, 50, 2), within)
    const halves = Uint16Array.from(Float32Array.of(1, 2, -3, 0.5, 8, 0.25), bitsOfHalf)
    const many = Uint16Array.from({ length: 60 }, (_, i) => halves[i % 6])
    const wide = Float64Array.from({ length: 60 }, (_, i) => [1, 2, -3, 0.5, 8, 0.25][i % 6])
    expectWithin(moments(many, { shape: [10, 6], dtype: 'float16' }), reference(wide, 6), within)
  })

  test('take logits of -Infinity for nothing, and far ones for what they are', () => {
    const x = new Float32Array(64).fill(-Infinity)
    x.set([1, 3, -3e38, 2.5, 3], 5)
    x.set([3e38, -3e38, 3e38], 32)
    expectWithin(moments(x, { shape: [2, 32], temperature: 0.5 }), reference(x, 32, 0.5), within)
  })

  test('show rows that have no softmax by NaN for Σ e, and leave their neighbours alone', () => {
    for (const bad of [
      [NaN, 1],
      [Infinity, 1],
      [Infinity, Infinity],
      [NaN, Infinity],
    ]) {
      for (const at of [0, 5, 16, 32]) {
        const x = Float32Array.from(normals(1, 3 * 34))
        x.set(bad, 34 + at)
        const got = moments(x, { shape: [3, 34], temperature: 1.5 })
        expect(got[MOMENTS + 1]).toBeNaN()
        const want = reference(x, 34, 1.5)
        for (const row of [0, 2]) {
          const part = (a: Float64Array) => a.subarray(MOMENTS * row, MOMENTS * (row + 1))
          expectWithin(part(got), part(want), within)
        }
      }
    }
    const empty = moments(new Float32Array(40).fill(-Infinity), { shape: [1, 40], temperature: 2 })
    expect(empty[1]).toBeNaN()
  })

  test('do not depend on where a row stands', () => {
    const row = Float32Array.from(normals(9, 37, 3))
    const x = Float32Array.from({ length: 5 * 37 }, (_, i) => row[i % 37])
    const got = moments(x, { shape: [5, 37], temperature: 0.9 })
    for (let k = 1; k < 5; k++) expectSame(got.slice(MOMENTS * k, MOMENTS * (k + 1)), got.slice(0, MOMENTS))
  })
})
