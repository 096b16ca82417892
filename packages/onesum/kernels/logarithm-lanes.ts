/**
 * log1p of twice two float64 that are >= 0 or NaN, without branches.
 *
 * Method: that of log1p, both cases computed and one chosen by a mask. 1 + z = 2^k · m with m in [√½, √2), log m = 2
 * atanh(s) with s = (m − 1) / (m + 1); for z below √2 − 1 k is 0 and s = z / (2 + z). k is read from the exponent's
 * bits, which stand at the end of a number between 2^52 and 2^53. The series ends at s^9 / 9: relative error below
 * 2e-9.
 */
import { type Code, Func, f64, f64x2, i32, i64, i64x2, type Local, seq, V128, v128 } from './assembler.ts'
import { SQRT_HALF } from './logarithm.ts'

/** log1pLanes(z, z'): both vectors' logarithms, side by side. */
export function log1pLanes(): Func {
  const f = new Func('log1pLanes', [V128, V128], false)
  const z = f.params(V128, 2)
  const constants: Code[] = []
  const [root, one, shift, ninth, seventh, fifth, third, ln2] = [
    Math.SQRT2 - 1,
    1,
    2 ** 52,
    1 / 9,
    1 / 7,
    1 / 5,
    1 / 3,
    Math.LN2,
  ].map((value) => {
    const local = f.local(V128)
    constants.push(local.set(f64x2.splat(f64.const(value))))
    return local.get
  })
  const each = (step: (z: Local, i: number) => Code) => seq(...z.map(step))
  const s = f.locals(V128, 2)
  const k = f.locals(V128, 2)
  const square = f.locals(V128, 2)
  const below = f.locals(V128, 2)
  const series = (i: number) =>
    f64x2.add(
      f64x2.add(f64x2.mul(square[i].get, fifth), third),
      f64x2.mul(f64x2.mul(square[i].get, square[i].get), f64x2.add(f64x2.mul(square[i].get, ninth), seventh)),
    )
  return f.body(
    ...constants,
    each((z, i) => below[i].set(f64x2.lt(z.get, root))),
    each((z, i) => s[i].set(f64x2.add(z.get, one))),
    each((_, i) => k[i].set(i64x2.shr_u(i64x2.sub(s[i].get, i64x2.splat(i64.const(SQRT_HALF))), i32.const(52)))),
    // m
    each((_, i) => s[i].set(i64x2.sub(s[i].get, i64x2.shl(k[i].get, i32.const(52))))),
    each((_, i) => k[i].set(f64x2.sub(v128.or(k[i].get, shift), shift))),
    // the bits of NaN say nothing: it goes through its difference from itself
    each((z, i) => k[i].set(f64x2.add(v128.andnot(k[i].get, below[i].get), f64x2.sub(z.get, z.get)))),
    each((z, i) =>
      s[i].set(
        f64x2.div(
          v128.bitselect(z.get, f64x2.sub(s[i].get, one), below[i].get),
          v128.bitselect(f64x2.add(f64x2.add(z.get, one), one), f64x2.add(s[i].get, one), below[i].get),
        ),
      ),
    ),
    each((_, i) => square[i].set(f64x2.mul(s[i].get, s[i].get))),
    each((_, i) =>
      f64x2.add(
        f64x2.mul(k[i].get, ln2),
        f64x2.mul(f64x2.add(s[i].get, s[i].get), f64x2.add(f64x2.mul(series(i), square[i].get), one)),
      ),
    ),
  )
}
