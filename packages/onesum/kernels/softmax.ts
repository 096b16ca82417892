/**
 * Softmax of contiguous float32 rows.
 *
 * Method: three passes over a row: its maximum; e = exp seen from the maximum, stored and summed; e times 1 / Σ. The sum
 * is float64 throughout; 1 / Σ is held as a high and a low float32 part, so that the product is rounded about once. The
 * product can reach 1 + 1 ulp, and is held at 1.
 * Error: an entry carries its own exponential's and, through a sum that others dominate, theirs. With FMA these lie within
 * [−1.22, 1.20] · 2^-24 (exp.ts), so the quotient is within 2.42 · 2^-24, at most 2.42 ulp; the product adds 0.5: below
 * 3. Without FMA 2.80 and two roundings of the product: below 4. (Where the exact value is within 1.4 ulp below a power of
 * two and the result above it, 3.4 of the smaller units would be possible; no such row is known.)
 */
import { F32, F64, Func, f32, f32x4, f64, I32, i32, seq, V128, v128, whileTrue } from './assembler.ts'
import { madd } from './exp.ts'
import { GROUP, storePartial, walk } from './rows.ts'

/** softmax(x, y, rows, length, scale, plain): `scale` is log2(e) / T, `plain` says that T is 1. */
export function softmax(fma: boolean, maximum: Func, exponentials: Func): Func {
  const f = new Func('softmax')
  const [x, y, rows, bytes] = [f.param(I32), f.param(I32), f.param(I32), f.param(I32)]
  const [scale, plain] = [f.param(F64), f.param(I32)]
  const [at, end] = f.locals(I32, 2)
  const part = f.local(F32)
  const share = f.local(F64)
  const [high, low, one] = f.locals(V128, 3)
  const v = f.locals(V128, GROUP)
  const scaled = (i: number) =>
    seq(
      v[i].set(v128.load(at.get, 16 * i)),
      // pmin gives its first operand where one is NaN
      v[i].set(f32x4.pmin(madd(fma)(v[i].get, high.get, f32x4.mul(v[i].get, low.get)), one.get)),
    )
  return f.body(
    one.set(f32x4.splat(f32.const(1))),
    bytes.set(i32.shl(bytes.get, i32.const(2))),
    whileTrue(
      rows.get,
      share.set(
        f64.div(
          f64.const(1),
          exponentials.call(x.get, y.get, bytes.get, maximum.call(x.get, bytes.get), scale.get, plain.get),
        ),
      ),
      part.set(f32.demote_f64(share.get)),
      high.set(f32x4.splat(part.get)),
      low.set(f32x4.splat(f32.demote_f64(f64.sub(share.get, f64.promote_f32(part.get))))),
      at.set(y.get),
      end.set(i32.add(y.get, bytes.get)),
      walk(at, end, {
        group: seq(...v.map((_, i) => scaled(i)), ...v.map((each, i) => v128.store(at.get, 16 * i, each.get))),
        single: seq(scaled(0), v128.store(at.get, 0, v[0].get)),
        partial: seq(scaled(0), storePartial(at.get, v[0], i32.sub(end.get, at.get))),
      }),
      x.set(i32.add(x.get, bytes.get)),
      y.set(i32.add(y.get, bytes.get)),
      rows.set(i32.sub(rows.get, i32.const(1))),
    ),
  )
}
