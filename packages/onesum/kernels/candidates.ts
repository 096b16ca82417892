/**
 * The entries of a float32 row that are near enough to its maximum to have a probability under entmax.
 *
 * Method: two passes. The first takes the maximum, the second compares six vectors at a time with a bound below it and
 * passes on where all are below, which is nearly everywhere; a set bit of the comparison is an entry to list.
 *
 * The bound is max − reach, less 2^-22 |max| and 2^-20 of the reach, which is more than its rounding to float32 can add:
 * no entry within reach is missed, some beyond may be listed. What is not below is listed, so that NaN is.
 */
import {
  type Code,
  F64,
  Func,
  f32,
  f32x4,
  f64,
  I32,
  i32,
  i32x4,
  ifElse,
  seq,
  V128,
  v128,
  whileTrue,
} from './assembler.ts'
import { GROUP, walk } from './rows.ts'

/**
 * candidates(x, bytes, reach, list, limit): writes the index and the value of each to `list`, 8 bytes together, and
 * returns how many there are; stops soon after `limit`, an address, is reached.
 */
export function candidates(maximum: Func): Func {
  const f = new Func('candidates', [I32])
  const [x, bytes, reach, list, limit] = [f.param(I32), f.param(I32), f.param(F64), f.param(I32), f.param(I32)]
  const [at, end, to, bits, from] = f.locals(I32, 5)
  const max = f.local(F64)
  const bound = f.local(V128)
  const below = f.locals(V128, GROUP)
  const compare = (i: number) => below[i].set(f32x4.lt(v128.load(at.get, 16 * i), bound.get))
  /** Lists the entries whose bits are set, those of the vector i vectors on. */
  const collect = (i: number) =>
    whileTrue(
      bits.get,
      from.set(i32.add(at.get, i32.shl(i32.ctz(bits.get), i32.const(2)))),
      i32.store(to.get, 0, i32.shr_u(i32.add(i32.sub(from.get, x.get), i32.const(16 * i)), i32.const(2))),
      f32.store(to.get, 4, f32.load(from.get, 16 * i)),
      to.set(i32.add(to.get, i32.const(8))),
      bits.set(i32.and(bits.get, i32.sub(bits.get, i32.const(1)))),
    )
  /** The lanes that are not below. */
  const others = (vector: Code) => i32.xor(i32x4.bitmask(vector), i32.const(15))
  const stop = ifElse(i32.gt_u(to.get, limit.get), at.set(end.get))
  return f.body(
    max.set(f64.promote_f32(maximum.call(x.get, bytes.get))),
    bound.set(
      f32x4.splat(
        f32.demote_f64(
          f64.sub(
            f64.sub(max.get, f64.mul(reach.get, f64.const(1 + 2 ** -20))),
            f64.mul(f64.abs(max.get), f64.const(2 ** -22)),
          ),
        ),
      ),
    ),
    at.set(x.get),
    end.set(i32.add(x.get, bytes.get)),
    to.set(list.get),
    walk(at, end, {
      group: seq(
        ...below.map((_, i) => compare(i)),
        ifElse(
          others(below.map((each) => each.get).reduce((a, b) => v128.and(a, b))),
          seq(...below.map((each, i) => seq(bits.set(others(each.get)), collect(i))), stop),
        ),
      ),
      single: seq(compare(0), bits.set(others(below[0].get)), collect(0)),
      partial: seq(
        compare(0),
        // of the lanes before the end
        bits.set(
          i32.and(
            others(below[0].get),
            i32.sub(i32.shl(i32.const(1), i32.shr_u(i32.sub(end.get, at.get), i32.const(2))), i32.const(1)),
          ),
        ),
        collect(0),
      ),
    }),
    i32.shr_u(i32.sub(to.get, list.get), i32.const(3)),
  )
}
