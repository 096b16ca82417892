/** When a reduction gives a plain number, for the compiler: one row came in as an array, without a shape. */
import type { Dtype, LogitsArray, Mask, Result } from '../rows/types.ts'

/** Arrays that are one row unless a shape says otherwise. */
export type SingleRow = LogitsArray

/** Options under which one row gives a number. */
export interface SingleOptions {
  shape?: undefined
  out?: undefined
  axis?: number | readonly [number]
  dtype?: Dtype
  mask?: Mask
  keepDims?: boolean
  reproducible?: boolean
}

/** One number per row, in the kind of the logits. */
export type Reduced<T, D = undefined, B = undefined> = Result<T, D, B>
