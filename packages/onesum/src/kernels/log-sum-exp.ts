/** Log-sum-exp and its derivatives, by all their implementations. */
import { logSumExpHvpRows, logSumExpJvpRows, logSumExpRows, logSumExpVjpRows } from './js/log-sum-exp.ts'
import type { Kernel } from './kernel.ts'
import { logSumExpWasm } from './wasm/log-family.ts'

export const logSumExpKernel: Kernel = { js: logSumExpRows, wasm: logSumExpWasm }
export const logSumExpVjpKernel: Kernel = { js: logSumExpVjpRows }
export const logSumExpJvpKernel: Kernel = { js: logSumExpJvpRows }
export const logSumExpHvpKernel: Kernel = { js: logSumExpHvpRows }
