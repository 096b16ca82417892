/** Log-softmax and its derivatives, by all their implementations. */
import { logSoftmaxHvpRows, logSoftmaxJvpRows, logSoftmaxRows, logSoftmaxVjpRows } from './js/log-softmax.ts'
import type { Kernel } from './kernel.ts'
import { logSoftmaxVjpWasm } from './wasm/backward.ts'
import { logSoftmaxWasm } from './wasm/log-family.ts'

export const logSoftmaxKernel: Kernel = { js: logSoftmaxRows, wasm: logSoftmaxWasm }
export const logSoftmaxVjpKernel: Kernel = { js: logSoftmaxVjpRows, wasm: logSoftmaxVjpWasm }
export const logSoftmaxJvpKernel: Kernel = { js: logSoftmaxJvpRows }
export const logSoftmaxHvpKernel: Kernel = { js: logSoftmaxHvpRows }
