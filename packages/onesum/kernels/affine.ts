/**
 * Layers in float64, for prediction: sums of products in an order that plain loops can have, too, so that every engine says
 * the same bits. Nothing is fused, on any engine.
 *
 * A sum has four parts, of the terms whose index leaves 0, 1, 2 and 3 when divided by 4: (0 + 1) + (2 + 3).
 */
import {
  type Code,
  Func,
  f32,
  f64,
  f64x2,
  I32,
  i8x16,
  i32,
  type Local,
  seq,
  V128,
  v128,
  whileTrue,
} from './assembler.ts'
import { HIGH_HALF } from './rows.ts'

/** Rows of a tile, of one unit: six accumulators, as some compilers spill eight. */
const ROWS = 3

const advance = (local: Local, by: Code) => local.set(i32.add(local.get, by))

/**
 * affine(x, w, b, z, rows, units, bytes, zBytes): z = x · wᵀ + b; rows of x and w have `bytes` (a multiple of 32), rows of z
 * zBytes; rows are a multiple of 3.
 */
export function affine(): Func {
  const f = new Func('affine')
  const [x, w, b, z, rows, units, bytes, zBytes] = f.params(I32, 8)
  const [left, weights, bias, to, out, end] = f.locals(I32, 6)
  const xs = f.locals(I32, ROWS)
  const sums = xs.map(() => f.locals(V128, 2))
  const [weight, zero] = f.locals(V128, 2)
  const step = (half: number) =>
    seq(
      weight.set(v128.load(weights.get, 16 * half)),
      ...xs.map((from, r) => {
        const sum = sums[r][half]
        return sum.set(f64x2.add(sum.get, f64x2.mul(v128.load(from.get, 16 * half), weight.get)))
      }),
    )
  const both = ({ get }: Local) => f64.add(f64x2.extract_lane(0, get), f64x2.extract_lane(1, get))
  const below = (from: Local, stride: Local) => i32.add(from.get, stride.get)
  return f.body(
    whileTrue(
      rows.get,
      left.set(units.get),
      weights.set(w.get),
      bias.set(b.get),
      to.set(z.get),
      whileTrue(
        left.get,
        ...sums.flat().map((sum) => sum.set(zero.get)),
        ...xs.map((each, r) => each.set(r === 0 ? x.get : below(xs[r - 1], bytes))),
        end.set(below(weights, bytes)),
        whileTrue(
          i32.lt_u(weights.get, end.get),
          step(0),
          step(1),
          ...[...xs, weights].map((each) => advance(each, i32.const(32))),
        ),
        out.set(to.get),
        ...sums.map(([low, high]) =>
          seq(
            f64.store(out.get, 0, f64.add(f64.load(bias.get), f64.add(both(low), both(high)))),
            advance(out, zBytes.get),
          ),
        ),
        ...[bias, to].map((each) => advance(each, i32.const(8))),
        advance(left, i32.const(-1)),
      ),
      ...xs.flatMap(() => [advance(x, bytes.get), advance(z, zBytes.get)]),
      advance(rows, i32.const(-ROWS)),
    ),
  )
}

/** widenRows(x, to, rows, columns, toBytes): rows of float32 become rows of float64, toBytes apart; what is between stays. */
export function widenRows(): Func {
  const f = new Func('widenRows')
  const [x, to, rows, columns, toBytes] = f.params(I32, 5)
  const [at, end, whole] = f.locals(I32, 3)
  const four = f.local(V128)
  const next = (floats: number) => [advance(x, i32.const(4 * floats)), advance(at, i32.const(8 * floats))]
  return f.body(
    whileTrue(
      rows.get,
      at.set(to.get),
      end.set(i32.add(x.get, i32.shl(columns.get, i32.const(2)))),
      whole.set(i32.add(x.get, i32.shl(i32.and(columns.get, i32.const(-4)), i32.const(2)))),
      whileTrue(
        i32.lt_u(x.get, whole.get),
        four.set(v128.load(x.get)),
        v128.store(at.get, 0, f64x2.promote_low_f32x4(four.get)),
        v128.store(at.get, 16, f64x2.promote_low_f32x4(i8x16.shuffle(HIGH_HALF, four.get, four.get))),
        ...next(4),
      ),
      whileTrue(i32.lt_u(x.get, end.get), f64.store(at.get, 0, f64.promote_f32(f32.load(x.get))), ...next(1)),
      advance(to, toBytes.get),
      advance(rows, i32.const(-1)),
    ),
  )
}
