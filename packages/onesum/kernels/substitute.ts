/**
 * Systems of equations whose matrices are products of triangular factors, L Lᵀ y = x, one matrix for each row of x.
 *
 * Method: forward substitution by inner products with rows of L, then backward substitution that takes multiples of rows
 * from what is left, so that both read L in the order in which it stands. (Golub and Van Loan, Matrix Computations, section 3.1.)
 */
import { Func, f32, f32x4, I32, i32, seq, V128, v128, whileTrue } from './assembler.ts'
import { madd } from './exp.ts'

/**
 * substitute(l, x, count, bytes): solves `count` systems for rows of x of `bytes`, a multiple of 16, in place. A factor is the rows
 * of L below its diagonal in float32, each filled with zeros to a multiple of four, and then the reciprocals of the diagonal.
 */
export function substitute(fma: boolean): Func {
  const f = new Func('substitute')
  const [l, x, count, bytes] = f.params(I32, 4)
  const [diagonal, end, at, to, stop] = f.locals(I32, 5)
  const sum = f.local(V128)
  const zero = f.local(V128)
  const step = i32.const(16)
  /** The end of what is filled of the row of L whose diagonal belongs to `at`. */
  const filled = stop.set(i32.add(x.get, i32.and(i32.add(i32.sub(at.get, x.get), i32.const(15)), i32.const(-16))))
  const times = f32.mul(f32.load(at.get), f32.load(diagonal.get))
  return f.body(
    whileTrue(
      count.get,
      diagonal.set(i32.add(l.get, i32.add(i32.shr_u(i32.mul(bytes.get, bytes.get), i32.const(3)), bytes.get))),
      end.set(i32.add(x.get, bytes.get)),
      at.set(x.get),
      whileTrue(
        i32.lt_u(at.get, end.get),
        sum.set(zero.get),
        filled,
        to.set(x.get),
        whileTrue(
          i32.lt_u(to.get, stop.get),
          sum.set(madd(fma)(v128.load(l.get), v128.load(to.get), sum.get)),
          l.set(i32.add(l.get, step)),
          to.set(i32.add(to.get, step)),
        ),
        f32.store(
          at.get,
          0,
          f32.mul(
            f32.sub(
              f32.load(at.get),
              f32.add(
                f32.add(f32x4.extract_lane(0, sum.get), f32x4.extract_lane(1, sum.get)),
                f32.add(f32x4.extract_lane(2, sum.get), f32x4.extract_lane(3, sum.get)),
              ),
            ),
            f32.load(diagonal.get),
          ),
        ),
        ...[at, diagonal].map((each) => each.set(i32.add(each.get, i32.const(4)))),
      ),
      whileTrue(
        i32.lt_u(x.get, at.get),
        ...[at, diagonal].map((each) => each.set(i32.sub(each.get, i32.const(4)))),
        f32.store(at.get, 0, times),
        sum.set(v128.load32_splat(at.get)),
        filled,
        to.set(stop.get),
        whileTrue(
          i32.lt_u(x.get, to.get),
          ...[l, to].map((each) => each.set(i32.sub(each.get, step))),
          seq(v128.store(to.get, 0, f32x4.sub(v128.load(to.get), f32x4.mul(v128.load(l.get), sum.get)))),
        ),
      ),
      l.set(i32.add(diagonal.get, bytes.get)),
      x.set(end.get),
      count.set(i32.sub(count.get, i32.const(1))),
    ),
  )
}
