/** Moments of rows under their softmax, by all their implementations. */

import type { Rows } from '../rows/rows.ts'
import { momentsRows } from './js/moments.ts'
import type { Kernel } from './kernel.ts'
import { momentsWasm } from './wasm/moments.ts'

export { MOMENTS } from './js/moments.ts'

export const momentsKernel: Kernel<Rows, Float64Array> = { js: momentsRows, wasm: momentsWasm }
