/** Softmax and its derivatives, by all their implementations. */
import { softmaxHvpRows, softmaxRows, softmaxVjpRows } from './js/softmax.ts'
import type { Kernel } from './kernel.ts'
import { softmaxVjpWasm } from './wasm/backward.ts'
import { softmaxWasm } from './wasm/softmax.ts'

export const softmaxKernel: Kernel = { js: softmaxRows, wasm: softmaxWasm }
export const softmaxVjpKernel: Kernel = { js: softmaxVjpRows, wasm: softmaxVjpWasm }
export const softmaxHvpKernel: Kernel = { js: softmaxHvpRows }
