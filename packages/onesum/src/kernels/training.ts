/** The arithmetic of training, by the best kernels here. */
import type { Elements } from '../rows/open.ts'
import { tallyJs } from './js/columns.ts'
import { JsLinear } from './js/linear.ts'
import { JsNetwork } from './js/network.ts'
import type { Features, Linear, Targets } from './linear.ts'
import type { Network } from './network.ts'
import { tallyWasm } from './wasm/columns.ts'
import { WasmLinear } from './wasm/linear.ts'
import { WasmNetwork } from './wasm/network.ts'

/** The features in the layout of the best kernels here that have room for them, and for some vectors of weights. */
export function openLinear(features: Features, classes: number, vectors: number): Linear {
  return WasmLinear.open(features, classes, vectors) ?? new JsLinear(features, classes, vectors)
}

/** Adds x − origin of each column to `sums`, and its square to `squares`. */
export function tallyColumns(
  elements: Elements,
  columns: number,
  origin: Float64Array,
  sums: Float64Array,
  squares: Float64Array,
): void {
  if (!tallyWasm(elements, columns, origin, sums, squares)) tallyJs(elements, columns, origin, sums, squares)
}

/** The arithmetic of layers, for batches of so many rows of the features, by the best kernels here that have room for them. */
export function openNetwork(where: string, features: Features, targets: Targets, rows: number): Network {
  return WasmNetwork.open(where, features, targets, rows) ?? new JsNetwork(features, targets, rows)
}
