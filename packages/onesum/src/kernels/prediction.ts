/** The logits of trained layers, by the best kernels here: the same bits from each of them. */
import type { Elements } from '../rows/open.ts'
import type { ActivationName } from './js/elementwise.ts'
import { predictJs } from './js/prediction.ts'
import { predictWasm } from './wasm/prediction.ts'

/** A layer: the weight of input j for unit u stands at u · inputs + j. */
export interface Dense {
  readonly units: number
  readonly weights: Float64Array
  readonly bias: Float64Array
}

/** Rows of `columns` features through layers, with an activation between any two; in float64. */
export function logitsOf(
  layers: readonly Dense[],
  activation: ActivationName,
  elements: Elements,
  rows: number,
  columns: number,
): Float64Array<ArrayBuffer> {
  const z = new Float64Array(rows * layers[layers.length - 1].units)
  if (!predictWasm(layers, activation, elements, rows, columns, z)) {
    predictJs(layers, activation, elements, rows, columns, z)
  }
  return z
}
