import { ulp32 } from './compare.ts'
import { kernels } from './kernels.ts'

/** The bounds of the library, each as the distance allowed at an exact value. */

/** 1e-13 relative where the output is at least 1e-190, 2e-13 down to 2^-1022, 2^-1022 absolute below. */
export function softmax64(_: number, exact: number): number {
  if (exact >= 1e-190) return 1e-13 * exact
  return exact >= 2 ** -1022 ? 2e-13 * exact : 2 ** -1022
}

/** Units in the last place that softmax may be off by in float32: 1 on the JS path, 3 with relaxed SIMD, 4 with strict. */
export const SOFTMAX_ULP = { js: 1, 'wasm-relaxed-simd': 3, 'wasm-simd': 4 }[kernels]

/** That many for every normal output, 2^-126 below. */
export function softmax32(_: number, exact: number): number {
  return exact < 2 ** -126 ? 2 ** -126 : SOFTMAX_ULP * ulp32(exact)
}

/**
 * Sparsemax and entmax for alpha <= 2: the distances s_j carry 2^-52, so does their threshold c, and c − s_j is raised to a
 * power that is at least 1 and multiplies that by at most alpha / (alpha − 1): 1e-14 leaves room for alpha >= 1.05.
 */
export const sparse64 = () => 1e-14

/** The same, and one unit for the rounding to float32 of what may be 1e-14 off. */
export function sparse32(_: number, exact: number): number {
  return Math.max(ulp32(exact), 1e-14)
}

/** 1e-13 relative for normal results, one smallest normal number below. */
export function logSoftmax64(_: number, exact: number): number {
  return Math.max(1e-13 * Math.abs(exact), 2 ** -1022)
}

/** Five units in the last place, also near 0. */
export function logSoftmax32(_: number, exact: number): number {
  return Math.abs(exact) < 2 ** -126 ? 2 ** -126 : 5 * ulp32(exact)
}
