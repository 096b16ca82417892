/**
 * A function that tells whether the engine's multiply-add rounds once.
 *
 * Method: (1 + 2^-12)² = 1 + 2^-11 + 2^-24; rounded to float32 the last term goes. Taking the rounded product away leaves
 * 2^-24 where the product was never rounded, and 0 where it was.
 */
import { Func, f32, f32x4, I32, V128 } from './assembler.ts'
import { madd } from './exp.ts'

/** fuses(): 1 where `madd` rounds once. */
export function fuses(fma: boolean): Func {
  const f = new Func('fuses', [I32])
  const [factor, product] = f.locals(V128, 2)
  return f.body(
    factor.set(f32x4.splat(f32.const(1 + 2 ** -12))),
    product.set(f32x4.splat(f32.const(-(1 + 2 ** -11)))),
    f32.gt(f32x4.extract_lane(0, madd(fma)(factor.get, factor.get, product.get)), f32.const(0)),
  )
}
