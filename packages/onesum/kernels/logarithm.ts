/**
 * log1p of a float64 that is >= 0 or NaN.
 *
 * Method: 1 + z = 2^k · m with m in [√½, √2), log m = 2 atanh(s) with s = (m − 1) / (m + 1), |s| <= 0.1716; for z below
 * √2 − 1 k is 0 and s = z / (2 + z), so that nothing is lost to 1 + z. The series ends at s^13 / 13: relative error below
 * 1e-11, far inside float32.
 */
import { type Code, F64, Func, f64, I64, i64, ifElse, seq } from './assembler.ts'

/** The bits of √½, its fraction rounded down to 20 bits. */
export const SQRT_HALF = 0x3fe6a09e00000000n

/** log1p(z). */
export function log1p(): Func {
  const f = new Func('log1p', [F64])
  const z = f.param(F64)
  const [s, k, square] = f.locals(F64, 3)
  const [bits, exponent] = f.locals(I64, 2)
  // 1/3 + s²/5 + … + s^10/13
  const series = [13, 11, 9, 7, 5, 3].reduce<Code>(
    (sum, odd) => (sum.length === 0 ? f64.const(1 / odd) : f64.add(f64.mul(sum, square.get), f64.const(1 / odd))),
    [],
  )
  return f.body(
    ifElse(
      f64.lt(z.get, f64.const(Math.SQRT2 - 1)),
      s.set(f64.div(z.get, f64.add(z.get, f64.const(2)))),
      seq(
        bits.set(i64.reinterpret_f64(f64.add(z.get, f64.const(1)))),
        exponent.set(i64.shr_s(i64.sub(bits.get, i64.const(SQRT_HALF)), i64.const(52n))),
        k.set(f64.convert_i64_s(exponent.get)),
        s.set(f64.reinterpret_i64(i64.sub(bits.get, i64.shl(exponent.get, i64.const(52n))))),
        s.set(f64.div(f64.sub(s.get, f64.const(1)), f64.add(s.get, f64.const(1)))),
        // the bits of NaN say nothing: it goes through its difference from itself
        k.set(f64.add(k.get, f64.sub(z.get, z.get))),
      ),
    ),
    square.set(f64.mul(s.get, s.get)),
    f64.add(
      f64.mul(k.get, f64.const(Math.LN2)),
      f64.mul(f64.add(s.get, s.get), f64.add(f64.mul(series, square.get), f64.const(1))),
    ),
  )
}
