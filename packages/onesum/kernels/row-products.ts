/**
 * Inner products of rows in float64: all that a Cholesky factorisation by blocks, the inverse of its factor and the
 * product of that inverse with itself are made of.
 */
import { Func, f64, f64x2, I32, i32, seq, V128, v128, whileTrue } from './assembler.ts'

const ROWS = 4
const COLUMNS = 2

/**
 * rowProducts(a, b, c, rows, columns, bytes, stride): c −= a · bᵀ for rows of `bytes`, `stride` apart, of which `rows` (a
 * multiple of 4) are in a and `columns` (a multiple of 2) in b.
 */
export function rowProducts(fma: boolean): Func {
  const f = new Func('rowProducts')
  const [a, b, c, rows, columns, bytes, stride] = f.params(I32, 7)
  const [left, at, to, end] = f.locals(I32, 4)
  const as = f.locals(I32, ROWS)
  const bs = f.locals(I32, COLUMNS)
  const sums = Array.from({ length: ROWS }, () => f.locals(V128, COLUMNS))
  const v = f.locals(V128, COLUMNS)
  const zero = f.local(V128)
  const madd = (x: typeof zero, y: typeof zero, sum: typeof zero) =>
    sum.set(fma ? f64x2.relaxed_madd(x.get, y.get, sum.get) : f64x2.add(f64x2.mul(x.get, y.get), sum.get))
  const u = f.local(V128)
  const step = i32.const(16)
  return f.body(
    whileTrue(
      rows.get,
      left.set(columns.get),
      at.set(b.get),
      to.set(c.get),
      whileTrue(
        left.get,
        ...sums.flat().map((sum) => sum.set(zero.get)),
        ...as.map((each, i) => each.set(i === 0 ? a.get : i32.add(as[i - 1].get, stride.get))),
        ...bs.map((each, i) => each.set(i === 0 ? at.get : i32.add(bs[i - 1].get, stride.get))),
        end.set(i32.add(a.get, bytes.get)),
        whileTrue(
          i32.lt_u(as[0].get, end.get),
          ...v.map((each, k) => each.set(v128.load(bs[k].get))),
          ...as.map((each, i) => seq(u.set(v128.load(each.get)), ...v.map((w, k) => madd(u, w, sums[i][k])))),
          ...[...as, ...bs].map((each) => each.set(i32.add(each.get, step))),
        ),
        end.set(to.get),
        ...sums.flatMap((pair) => [
          ...pair.map((sum, k) =>
            f64.store(
              end.get,
              8 * k,
              f64.sub(
                f64.load(end.get, 8 * k),
                f64.add(f64x2.extract_lane(0, sum.get), f64x2.extract_lane(1, sum.get)),
              ),
            ),
          ),
          end.set(i32.add(end.get, stride.get)),
        ]),
        at.set(i32.add(at.get, i32.shl(stride.get, i32.const(1)))),
        to.set(i32.add(to.get, i32.const(8 * COLUMNS))),
        left.set(i32.sub(left.get, i32.const(COLUMNS))),
      ),
      a.set(i32.add(a.get, i32.shl(stride.get, i32.const(2)))),
      c.set(i32.add(c.get, i32.shl(stride.get, i32.const(2)))),
      rows.set(i32.sub(rows.get, i32.const(ROWS))),
    ),
  )
}
