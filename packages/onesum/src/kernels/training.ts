/** The choice among the implementations of `Linear`. */
import { JsLinear } from './js/linear.ts'
import type { Features, Linear } from './linear.ts'
import { WasmLinear } from './wasm/linear.ts'

/** The features in the layout of the best kernels here that have room for them. */
export function openLinear(features: Features, classes: number): Linear {
  return WasmLinear.open(features, classes) ?? new JsLinear(features, classes)
}
