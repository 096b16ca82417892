/** The kernel interface: what every implementation of an operation takes, and the choice among them. */
import type { Elements } from '../rows/open.ts'
import type { Rows } from '../rows/rows.ts'
import { checkReproducible } from './wasm/choice.ts'

/**
 * One operation over rows, in each of its implementations.
 *
 * A kernel reads `rows.inputs`, honours mask and temperature, and writes one number per entry or per row into `output`
 * in that array's own precision. It checks nothing, and reads a row whole before it writes it, so that the output may be
 * one of the inputs.
 */
export interface Kernel<R extends Rows = Rows, O = Elements> {
  /** Float64 arithmetic inside, on every engine. */
  readonly js: (rows: R, output: O) => void
  /** WebAssembly SIMD; false where these rows, or this place, are not for it. */
  readonly wasm?: (rows: R, output: O) => boolean
}

/** Runs an operation by the best implementation for these rows. */
export function run<R extends Rows, O>(kernel: Kernel<R, O>, rows: R, output: O): void {
  if (rows.reproducible) checkReproducible(rows)
  if (!kernel.wasm?.(rows, output)) kernel.js(rows, output)
}
