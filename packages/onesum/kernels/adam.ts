/** A step of Adam over float64 weights, in multiples of 32 bytes. */

import {
  type Code,
  F64,
  Func,
  f32,
  f32x4,
  f64,
  f64x2,
  I32,
  i8x16,
  i32,
  type Local,
  V128,
  v128,
  whileTrue,
} from './assembler.ts'
import { LOW_HALVES } from './exp.ts'
import { HIGH_HALF } from './rows.ts'

/** What of a running mean stays, for the gradient and for its square, and what keeps the step finite at 0. */
const FIRST = 0.9
const SECOND = 0.999
const TINY = 1e-8

/**
 * adam(w, g, first, second, bytes, rate, root): both running means take g in, and w goes down by rate · first /
 * (root · √second + 1e-8).
 *
 * Means and weights are float64, what is between them float32: a step is exact to some 2e-7 of itself, and four roots and
 * divisions cost less than two of float64.
 */
export function adam(): Func {
  const f = new Func('adam')
  const [w, g, first, second, bytes] = f.params(I32, 5)
  const [rate, root] = f.params(F64, 2)
  const end = f.local(I32)
  const [slope, rates, roots, step] = f.locals(V128, 4)
  const [means, squares] = [f.locals(V128, 2), f.locals(V128, 2)]
  const splat = (value: number) => f64x2.splat(f64.const(value))
  const blend = (part: number, old: Code, fresh: Code) =>
    f64x2.add(f64x2.mul(splat(part), old), f64x2.mul(splat(1 - part), fresh))
  const narrow = ([low, high]: readonly Local[]) =>
    i8x16.shuffle(LOW_HALVES, f32x4.demote_f64x2_zero(low.get), f32x4.demote_f64x2_zero(high.get))
  const wide = [step.get, i8x16.shuffle(HIGH_HALF, step.get, step.get)]
  return f.body(
    end.set(i32.add(w.get, bytes.get)),
    rates.set(f32x4.splat(f32.demote_f64(rate.get))),
    roots.set(f32x4.splat(f32.demote_f64(root.get))),
    whileTrue(
      i32.lt_u(w.get, end.get),
      ...[0, 1].flatMap((i) => [
        slope.set(v128.load(g.get, 16 * i)),
        means[i].set(blend(FIRST, v128.load(first.get, 16 * i), slope.get)),
        squares[i].set(blend(SECOND, v128.load(second.get, 16 * i), f64x2.mul(slope.get, slope.get))),
        v128.store(first.get, 16 * i, means[i].get),
        v128.store(second.get, 16 * i, squares[i].get),
      ]),
      step.set(
        f32x4.div(
          f32x4.mul(rates.get, narrow(means)),
          f32x4.add(f32x4.mul(roots.get, f32x4.sqrt(narrow(squares))), f32x4.splat(f32.const(TINY))),
        ),
      ),
      ...wide.map((half, i) =>
        v128.store(w.get, 16 * i, f64x2.sub(v128.load(w.get, 16 * i), f64x2.promote_low_f32x4(half))),
      ),
      ...[w, g, first, second].map((each) => each.set(i32.add(each.get, i32.const(32)))),
    ),
  )
}
