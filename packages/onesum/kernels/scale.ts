/**
 * The last pass over a row: its floats times a float64 factor.
 *
 * Method: the factor is held as a high and a low float32 part, so that the product is rounded about once.
 */
import { type Code, F32, type Func, f32, f32x4, f64, i32, type Local, seq, V128, v128 } from './assembler.ts'
import { madd } from './exp.ts'
import { GROUP, storePartial, walk } from './rows.ts'

/** Floats in [at, end), the first of which goes to `to`, in place where that is `at`; and the factor. */
interface Scaled {
  readonly at: Local
  readonly to: Local
  readonly end: Local
  readonly factor: Local
}

/** `row` scales one row, after `open`, once for all rows. With `most` no product is more than that. */
export function scale(
  f: Func,
  fma: boolean,
  { at, to, end, factor }: Scaled,
  most?: number,
): { readonly open: Code; readonly row: Code } {
  const part = f.local(F32)
  const [high, low] = f.locals(V128, 2)
  const limit = most === undefined ? undefined : f.local(V128)
  const v = f.locals(V128, GROUP)
  // pmin gives its first operand where one is NaN
  const held = (product: Code) => (limit ? f32x4.pmin(product, limit.get) : product)
  const scaled = (i: number) =>
    seq(
      v[i].set(v128.load(at.get, 16 * i)),
      v[i].set(held(madd(fma)(v[i].get, high.get, f32x4.mul(v[i].get, low.get)))),
    )
  const next = (vectors: number) => (to === at ? [] : to.set(i32.add(to.get, i32.const(16 * vectors))))
  return {
    open: limit && most !== undefined ? limit.set(f32x4.splat(f32.const(most))) : [],
    row: seq(
      part.set(f32.demote_f64(factor.get)),
      high.set(f32x4.splat(part.get)),
      low.set(f32x4.splat(f32.demote_f64(f64.sub(factor.get, f64.promote_f32(part.get))))),
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
