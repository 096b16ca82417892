/**
 * e^x − 1 in float64, of IEEE operations alone, with all digits near 0.
 *
 * Method: for |x| <= 0.35 the Taylor polynomial of degree 14, x leading; elsewhere exp(x) − 1, where the subtraction
 * cancels less than two bits.
 *
 * Error: below 2.5 ulp.
 */
import { exp } from './exp.ts'

/** 1/n! for n = 14 … 2. */
const inverse = /* @__PURE__ */ inverseFactorials()

/** e^x − 1. */
export function expm1(x: number): number {
  if (!(Math.abs(x) <= 0.35)) return exp(x) - 1
  let p = inverse[0]
  for (let i = 1; i < 13; i++) p = p * x + inverse[i]
  return x + x * x * p
}

function inverseFactorials(): Float64Array {
  const table = new Float64Array(13)
  let factorial = 1
  for (let n = 2; n <= 14; n++) {
    factorial *= n
    table[14 - n] = 1 / factorial
  }
  return table
}
