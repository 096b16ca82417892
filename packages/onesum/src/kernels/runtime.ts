/** Which kernels this place runs. */
import { currentRuntime, type Runtime, settled } from './wasm/engines.ts'

export type { Runtime }

/**
 * Which kernels run here, and why: WebAssembly with relaxed SIMD, with SIMD, or JavaScript.
 *
 * @returns `kernels`, one of `'wasm-relaxed-simd'`, `'wasm-simd'` and `'js'`, `reason`, a sentence, and `threads`, how
 *   many take a share of large calls
 * @example
 * import { runtime } from 'onesum'
 *
 * typeof runtime().reason // → "string"
 */
export function runtime(): Runtime {
  return currentRuntime()
}

/**
 * Waits until kernels that could not be compiled at once are there; until then JavaScript answers. Never needed where
 * compiling at once is allowed, as in Node and in workers.
 *
 * @returns what `runtime` gives
 * @example
 * import { ready } from 'onesum'
 *
 * typeof (await ready()).kernels // → "string"
 */
export function ready(): Promise<Runtime> {
  return settled()
}
