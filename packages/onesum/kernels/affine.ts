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

/** Rows and units of a tile: two vectors for each pair, eight accumulators. */
const TILE = 2

const advance = (local: Local, by: Code) => local.set(i32.add(local.get, by))

/**
 * affine(x, w, b, z, rows, units, bytes, zBytes): z = x · wᵀ + b; rows of x and w have `bytes` (a multiple of 32), rows of z
 * zBytes; rows and units are even.
 */
export function affine(): Func {
  const f = new Func('affine')
  const [x, w, b, z, rows, units, bytes, zBytes] = Array.from({ length: 8 }, () => f.param(I32))
  const [left, weights, bias, to, end] = f.locals(I32, 5)
  const xs = f.locals(I32, TILE)
  const ws = f.locals(I32, TILE)
  const sums = xs.map(() => ws.map(() => f.locals(V128, 2)))
  const v = f.locals(V128, TILE)
  const [weight, zero] = f.locals(V128, 2)
  const step = (half: number) =>
    seq(
      ...v.map((each, r) => each.set(v128.load(xs[r].get, 16 * half))),
      ...ws.flatMap((from, u) => [
        weight.set(v128.load(from.get, 16 * half)),
        ...v.map((each, r) => {
          const sum = sums[r][u][half]
          return sum.set(f64x2.add(sum.get, f64x2.mul(each.get, weight.get)))
        }),
      ]),
    )
  const both = ({ get }: Local) => f64.add(f64x2.extract_lane(0, get), f64x2.extract_lane(1, get))
  return f.body(
    whileTrue(
      rows.get,
      left.set(units.get),
      weights.set(w.get),
      bias.set(b.get),
      to.set(z.get),
      whileTrue(
        left.get,
        ...sums.flat(2).map((sum) => sum.set(zero.get)),
        xs[0].set(x.get),
        xs[1].set(i32.add(x.get, bytes.get)),
        ws[0].set(weights.get),
        ws[1].set(i32.add(weights.get, bytes.get)),
        end.set(xs[1].get),
        whileTrue(
          i32.lt_u(xs[0].get, end.get),
          step(0),
          step(1),
          ...[...xs, ...ws].map((each) => advance(each, i32.const(32))),
        ),
        ...sums.flatMap((row, r) =>
          row.map(([low, high], u) =>
            f64.store(
              r === 0 ? to.get : i32.add(to.get, zBytes.get),
              8 * u,
              f64.add(f64.load(bias.get, 8 * u), f64.add(both(low), both(high))),
            ),
          ),
        ),
        advance(weights, i32.shl(bytes.get, i32.const(1))),
        advance(bias, i32.const(8 * TILE)),
        advance(to, i32.const(8 * TILE)),
        advance(left, i32.const(-TILE)),
      ),
      advance(x, i32.shl(bytes.get, i32.const(1))),
      advance(z, i32.shl(zBytes.get, i32.const(1))),
      advance(rows, i32.const(-TILE)),
    ),
  )
}

/** widenRows(x, to, rows, columns, toBytes): rows of float32 become rows of float64, toBytes apart; what is between stays. */
export function widenRows(): Func {
  const f = new Func('widenRows')
  const [x, to, rows, columns, toBytes] = Array.from({ length: 5 }, () => f.param(I32))
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
