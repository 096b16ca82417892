/**
 * Logarithms in float64, of IEEE operations alone, so that every engine gives the same bits.
 *
 * Method: x = 2^k (1 + f) with 1 + f in [√½, √2). With s = f / (2 + f), log(1 + f) = 2 artanh s = f − (f²/2 − s (f²/2 + R)),
 * R = s² (2/3 + 2/5 s² + …) as a polynomial of near-minimax coefficients (relative error 2^-64); since f leads, small f
 * keep all digits (the scheme of FDLIBM's e_log.c). ln 2 has a high part of 32 bits, whose product with k is exact.
 *
 * Error: below 0.95 ulp, of log1p too, however small its result.
 */

const LN2_HIGH = 0.6931471803691238
const LN2_LOW = 1.9082149292705877e-10

/** The high word of √½. */
const ROOT_HALF = 0x3fe6a09e

/** Room for one number, to take it apart. */
const bits = /* @__PURE__ */ new DataView(/* @__PURE__ */ new ArrayBuffer(8))

/** ln x. */
export function log(x: number): number {
  if (!(x > 0 && x < Infinity)) return x === 0 ? -Infinity : x > 0 ? x : NaN
  return x < 2 ** -1022 ? assembled(x * 2 ** 54, -54, 0) : assembled(x, 0, 0)
}

/** ln(1 + x). */
export function log1p(x: number): number {
  if (!(x > -1 && x < Infinity)) return x === -1 ? -Infinity : x > 0 ? x : NaN
  if (x > -0.29 && x < 0.41) return x - curvature(x)
  const u = 1 + x
  // the part of x that u has no room for adds its share of u, to first order
  return assembled(u, 0, (x > 1 ? 1 - (u - x) : x - (u - 1)) / u)
}

/** ln x + shift · ln 2 + rest, for a normal x and a rest of a few 2^-53. */
function assembled(x: number, shift: number, rest: number): number {
  bits.setFloat64(0, x)
  const high = bits.getInt32(0)
  const exponent = (high - ROOT_HALF) >> 20
  bits.setInt32(0, high - (exponent << 20))
  const f = bits.getFloat64(0) - 1
  const k = exponent + shift
  return k * LN2_HIGH - (curvature(f) - (k * LN2_LOW + rest) - f)
}

/** f − log(1 + f). */
function curvature(f: number): number {
  const s = f / (2 + f)
  const z = s * s
  const z2 = z * z
  const even = 0.6666666666666666 + z2 * (0.28571428570803614 + z2 * (0.18181795640132906 + z2 * 0.13268773138656886))
  const odd = 0.4000000000000088 + z2 * (0.22222222391713917 + z2 * (0.15386239702814658 + z2 * 0.13086626147840102))
  const half = 0.5 * f * f
  return half - s * (half + z * (even + z * odd))
}
