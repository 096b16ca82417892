import { expect, test } from 'vitest'
import type { ActivationName } from '../../src/kernels/js/elementwise.ts'
import { predictJs } from '../../src/kernels/js/prediction.ts'
import { type Dense, logitsOf } from '../../src/kernels/prediction.ts'
import { predictWasm } from '../../src/kernels/wasm/prediction.ts'
import { toHalf } from '../../src/rows/float16.ts'
import type { Elements } from '../../src/rows/open.ts'
import { kernels } from '../support/kernels.ts'
import { normals } from '../support/random.ts'

/** Layers of these sizes, features first. */
const layersOf = (sizes: number[]): Dense[] =>
  sizes.slice(1).map((units, i) => ({
    units,
    weights: Float64Array.from(normals(i + 1, units * sizes[i])),
    bias: Float64Array.from(normals(i + 20, units)),
  }))

function byRows(layers: Dense[], activation: ActivationName, elements: Elements, rows: number, columns: number) {
  const z = new Float64Array(rows * layers[layers.length - 1].units)
  predictJs(layers, activation, elements, rows, columns, z)
  return z
}

/** Whether all bits are the same. */
function same(a: Float64Array, b: Float64Array): boolean {
  return Buffer.compare(Buffer.from(a.buffer), Buffer.from(b.buffer)) === 0
}

const kinds: Record<string, (x: Float32Array) => Elements> = {
  Float32Array: (x) => x,
  Float64Array: (x) => Float64Array.from(x, (value) => value / 3),
  'number[]': (x) => Array.from(x, (value) => value / 7),
  'float16 bits': (x) => Uint16Array.from(x, (value) => toHalf(value)),
}

test(`logits on ${kernels} have the bits of plain loops, at every remainder of rows, columns and units`, () => {
  let tried = 0
  for (const [columns, units] of [
    [1, 1],
    [2, 3],
    [3, 2],
    [4, 5],
    [5, 4],
    [63, 7],
    [784, 10],
    [3000, 2],
  ]) {
    const layers = layersOf([columns, units])
    // enough products for the kernel, and numbers of rows that leave 0, 1 and 2
    const least = Math.ceil(2 ** 15 / (columns * units)) + 1
    for (const rows of [least, least + 1, least + 2]) {
      const x = Float32Array.from(normals(rows, rows * columns))
      for (const make of Object.values(kinds)) {
        const elements = make(x)
        const want = byRows(layers, 'relu', elements, rows, columns)
        expect(same(logitsOf(layers, 'relu', elements, rows, columns), want)).toBe(true)
        if (predictWasm(layers, 'relu', elements, rows, columns, new Float64Array(want.length))) tried++
      }
    }
  }
  expect(tried).toBe(kernels === 'js' ? 0 : 96)
})

test(`logits behind hidden layers on ${kernels} have the bits of plain loops, with activations that move zeros, too`, () => {
  for (const activation of ['relu', 'sigmoid', 'gelu'] as const) {
    for (const sizes of [
      [7, 5, 3],
      [64, 32, 10],
      [3, 6, 9, 2],
    ]) {
      const layers = layersOf(sizes)
      const rows = 1001
      const x = Float32Array.from(normals(3, rows * sizes[0]))
      const want = byRows(layers, activation, x, rows, sizes[0])
      expect(same(logitsOf(layers, activation, x, rows, sizes[0]), want)).toBe(true)
    }
  }
})

test(`a row's logits on ${kernels} are the same alone and among others, and its neighbours' NaN is no matter of it`, () => {
  const layers = layersOf([61, 9])
  const x = Float32Array.from(normals(5, 200 * 61))
  x[61 * 7 + 60] = Number.NaN
  x[61 * 9] = Number.POSITIVE_INFINITY
  const all = logitsOf(layers, 'identity', x, 200, 61)
  for (let row = 0; row < 200; row++) {
    const own = logitsOf(layers, 'identity', x.subarray(61 * row, 61 * (row + 1)), 1, 61)
    expect(own).toEqual(all.subarray(9 * row, 9 * (row + 1)))
    expect(own.some(Number.isNaN)).toBe(row === 7)
  }
})
