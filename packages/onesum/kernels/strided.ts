/**
 * Softmax of float32 rows along an axis that is not the last, where neighbouring rows lie beside one another.
 *
 * Method: every lane is a row of its own. A block of up to 96 floats of the inner axis passes three times down the
 * strided axis: maximum, exponential with its sum, and scaling; what belongs to a lane (its maximum, its reduction
 * constants, its sum) stands in scratch memory. The exponential takes 2 steps of 3 vectors at once, or 6 steps of 1
 * vector where the block is narrower than 3. Sums are kept in float64.
 *
 * A lane whose maximum is beyond the fast form's range has it subtracted first, and is then reduced from 0. That is
 * exact where it matters: for |max| > 176, every x >= max − 88 lies within a factor 2 of max (Sterbenz), and what lies
 * below is 0 either way. An infinite maximum takes the same way and gives NaN. The other lanes of the block subtract 0,
 * which changes nothing: the bits of a row depend on its own entries alone.
 *
 * Error: that of softmax.ts.
 */
import {
  type Code,
  Func,
  f32,
  f32x4,
  f64,
  f64x2,
  I32,
  i8x16,
  i32,
  ifElse,
  SCRATCH,
  select,
  seq,
  V128,
  v128,
  whileTrue,
} from './assembler.ts'
import { FAST_LIMIT, LOG2E, LOW_HALVES, MAGIC } from './exp.ts'
import { HIGH_HALF } from './rows.ts'
import { BLOCK, FLOORS, HIGHS, LOWS, MAGICS, RESTS, SHARES, SHIFTS, WIDE_BYTES } from './strided-passes.ts'

/** softmaxStrided(x, y, outer, length, inner) at T = 1: entry j of row (o, i) is at (o · length + j) · inner + i. */
export function softmaxStrided(maximum: Func, exponentials: Func, scale: Func): Func {
  const f = new Func('softmaxStrided')
  const [x, y, outer, length, inner] = f.params(I32, 5)
  const [stride, end, width, cell, skip, shifted] = f.locals(I32, 6)
  const [max, base, mask, shifts, low, high] = f.locals(V128, 6)
  const splat = (value: number) => f32x4.splat(f32.const(value))
  const put = (array: number, value: Code) => v128.store(cell.get, array, value)
  const get = (array: number) => v128.load(cell.get, array)
  const eachCell = (...body: Code[]) =>
    seq(
      cell.set(SCRATCH),
      whileTrue(i32.lt_u(cell.get, i32.add(width.get, SCRATCH)), ...body, cell.set(i32.add(cell.get, i32.const(16)))),
    )
  const constants = seq(
    max.set(get(SHIFTS)),
    mask.set(f32x4.gt(f32x4.abs(max.get), splat(FAST_LIMIT))),
    shifts.set(v128.or(shifts.get, mask.get)),
    put(SHIFTS, v128.and(max.get, mask.get)),
    base.set(f32x4.nearest(f32x4.mul(v128.andnot(max.get, mask.get), splat(LOG2E)))),
    put(MAGICS, f32x4.sub(splat(MAGIC), base.get)),
    put(FLOORS, f32x4.mul(f32x4.sub(base.get, splat(127)), splat(Math.LN2))),
    put(LOWS, splat(0)),
    put(HIGHS, splat(0)),
  )
  const reciprocal = (sum: Code) => f64x2.div(f64x2.splat(f64.const(1)), sum)
  const join = (a: Code, b: Code) => i8x16.shuffle(LOW_HALVES, f32x4.demote_f64x2_zero(a), f32x4.demote_f64x2_zero(b))
  const shares = seq(
    low.set(reciprocal(get(LOWS))),
    high.set(reciprocal(get(HIGHS))),
    base.set(join(low.get, high.get)),
    put(SHARES, base.get),
    low.set(f64x2.sub(low.get, f64x2.promote_low_f32x4(base.get))),
    high.set(f64x2.sub(high.get, f64x2.promote_low_f32x4(i8x16.shuffle(HIGH_HALF, base.get, base.get)))),
    put(RESTS, join(low.get, high.get)),
  )
  const left = i32.sub(end.get, x.get)
  const down = [stride.get, length.get, width.get]
  return f.body(
    stride.set(i32.shl(inner.get, i32.const(2))),
    // from the end of one outer slice's first step to the start of the next slice
    skip.set(i32.mul(stride.get, i32.sub(length.get, i32.const(1)))),
    whileTrue(
      outer.get,
      end.set(i32.add(x.get, stride.get)),
      whileTrue(
        i32.lt_u(x.get, end.get),
        // the widest of: a block, whole wide steps, one vector, what is left
        width.set(select(left, i32.const(BLOCK), i32.lt_u(left, i32.const(BLOCK)))),
        ifElse(
          i32.ge_u(width.get, i32.const(WIDE_BYTES)),
          width.set(i32.mul(i32.div_u(width.get, i32.const(WIDE_BYTES)), i32.const(WIDE_BYTES))),
          ifElse(i32.gt_u(width.get, i32.const(16)), width.set(i32.const(16))),
        ),
        eachCell(put(SHIFTS, splat(-Infinity))),
        maximum.call(x.get, ...down),
        shifts.set(splat(0)),
        eachCell(constants),
        shifted.set(v128.any_true(shifts.get)),
        exponentials.call(x.get, ...down, i32.sub(y.get, x.get), shifted.get),
        eachCell(shares),
        scale.call(y.get, ...down),
        x.set(i32.add(x.get, width.get)),
        y.set(i32.add(y.get, width.get)),
      ),
      x.set(i32.add(x.get, skip.get)),
      y.set(i32.add(y.get, skip.get)),
      outer.set(i32.sub(outer.get, i32.const(1))),
    ),
  )
}
