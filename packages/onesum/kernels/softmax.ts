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
import {
  type Code,
  F32,
  F64,
  Func,
  f32,
  f32x4,
  f64,
  I32,
  i32,
  type Local,
  seq,
  V128,
  v128,
  whileTrue,
} from './assembler.ts'
import { madd } from './exp.ts'
import { GROUP, storePartial, walk } from './rows.ts'

/** What the last pass over a row works on: floats in [at, end), the first of which goes to `to`, and 1 / Σ. */
interface Scaled {
  readonly at: Local
  readonly to: Local
  readonly end: Local
  readonly share: Local
}

/** e times 1 / Σ, and at most 1; in place where `to` is `at`. */
function scale(f: Func, fma: boolean, { at, to, end, share }: Scaled): { readonly open: Code; readonly row: Code } {
  const part = f.local(F32)
  const [high, low, one] = f.locals(V128, 3)
  const v = f.locals(V128, GROUP)
  const scaled = (i: number) =>
    seq(
      v[i].set(v128.load(at.get, 16 * i)),
      // pmin gives its first operand where one is NaN
      v[i].set(f32x4.pmin(madd(fma)(v[i].get, high.get, f32x4.mul(v[i].get, low.get)), one.get)),
    )
  const next = (vectors: number) => (to === at ? [] : to.set(i32.add(to.get, i32.const(16 * vectors))))
  return {
    open: one.set(f32x4.splat(f32.const(1))),
    row: seq(
      part.set(f32.demote_f64(share.get)),
      high.set(f32x4.splat(part.get)),
      low.set(f32x4.splat(f32.demote_f64(f64.sub(share.get, f64.promote_f32(part.get))))),
      walk(at, end, {
        group: seq(
          ...v.map((_, i) => scaled(i)),
          ...v.map((each, i) => v128.store(to.get, 16 * i, each.get)),
          next(GROUP),
        ),
        single: seq(scaled(0), v128.store(to.get, 0, v[0].get), next(1)),
        partial: seq(scaled(0), storePartial(to.get, v[0], i32.sub(end.get, at.get))),
      }),
    ),
  }
}

/** softmaxScale(e, y, bytes, share): the last pass over a block of a row; y may be e. */
export function softmaxScale(fma: boolean): Func {
  const f = new Func('softmaxScale')
  const [at, to, end, share] = [f.param(I32), f.param(I32), f.param(I32), f.param(F64)]
  const { open, row } = scale(f, fma, { at, to, end, share })
  return f.body(end.set(i32.add(at.get, end.get)), open, row)
}

/** softmax(x, y, rows, length, scale, plain): `scale` is log2(e) / T, `plain` says that T is 1. */
export function softmax(fma: boolean, maximum: Func, exponentials: Func): Func {
  const f = new Func('softmax')
  const [x, y, rows, bytes] = [f.param(I32), f.param(I32), f.param(I32), f.param(I32)]
  const [inverse, plain] = [f.param(F64), f.param(I32)]
  const [at, end] = f.locals(I32, 2)
  const share = f.local(F64)
  const { open, row } = scale(f, fma, { at, to: at, end, share })
  return f.body(
    open,
    bytes.set(i32.shl(bytes.get, i32.const(2))),
    whileTrue(
      rows.get,
      share.set(
        f64.div(
          f64.const(1),
          exponentials.call(x.get, y.get, bytes.get, maximum.call(x.get, bytes.get), inverse.get, plain.get),
        ),
      ),
      at.set(y.get),
      end.set(i32.add(y.get, bytes.get)),
      row,
      x.set(i32.add(x.get, bytes.get)),
      y.set(i32.add(y.get, bytes.get)),
      rows.set(i32.sub(rows.get, i32.const(1))),
    ),
  )
}
