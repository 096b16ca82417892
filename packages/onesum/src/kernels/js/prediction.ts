/** The logits of trained layers, row by row, on every engine. */
import { fromHalf } from '../../rows/float16.ts'
import type { Elements } from '../../rows/open.ts'
import type { Dense } from '../prediction.ts'
import { type ActivationName, applyActivation } from './elementwise.ts'
import { dotAt } from './vectors.ts'

export function predictJs(
  layers: readonly Dense[],
  activation: ActivationName,
  elements: Elements,
  rows: number,
  columns: number,
  z: Float64Array,
): void {
  const x = new Float64Array(columns)
  const sums = layers.map(({ units }) => new Float64Array(units))
  const last = layers.length - 1
  for (let row = 0; row < rows; row++) {
    readDoubles(elements, row * columns, x, 0, columns)
    for (let i = 0; i <= last; i++) {
      affine(layers[i], i === 0 ? x : sums[i - 1], sums[i])
      if (i < last) applyActivation(activation, sums[i], sums[i], 0, sums[i].length)
    }
    z.set(sums[last], row * sums[last].length)
  }
}

/** Elements as float64. */
export function readDoubles(from: Elements, start: number, to: Float64Array, at: number, length: number): void {
  const half = from instanceof Uint16Array
  for (let j = 0; j < length; j++) to[at + j] = half ? fromHalf(from[start + j]) : from[start + j]
}

/** to[u] = bias of u + weights of u · x. */
function affine({ units, weights, bias }: Dense, x: Float64Array, to: Float64Array): void {
  for (let unit = 0; unit < units; unit++) to[unit] = bias[unit] + dotAt(weights, unit * x.length, x)
}
