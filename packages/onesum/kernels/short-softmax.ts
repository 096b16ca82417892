/**
 * Softmax of many short float32 rows, 4 at once.
 *
 * Method: as for ordinary rows, lane by lane. The sum is exact but for its last step: it starts at 512, so that a
 * partial sum stays in [512, 1024) and what an addition of an exponential (below 1.5) rounds away is found by two
 * subtractions; these rests are summed beside it. 1 / Σ in float64, held as a high and a low float32 part; the product
 * is held at 1. Errors as in softmax.ts.
 */
import { Func, f32, f32x4, f64, f64x2, I32, i32, seq, V128, v128 } from './assembler.ts'
import { type Lanes, madd } from './exp.ts'
import { fourRows, groupOf, quad, scatter } from './quad.ts'
import { inRange, promoted, quads, reduction, split, sweep } from './short.ts'

/** Where the sums begin: no smaller than the largest sum, 192 · √2. */
const START = 512

/** softmaxShort(x, y, groups, length): 4 · groups rows of 1 to 192 columns at temperature 1. */
export function softmaxShort(fma: boolean, softmax: Func): Func {
  const f = new Func('softmaxShort')
  const [x, y, groups, bytes] = f.params(I32, 4)
  const q = quad(f, x, bytes, groupOf(fma))
  const shares = f.locals(V128, 2)
  const [total, rest, high, low, one] = f.locals(V128, 5)
  const sum = ({ a, t, q: e }: Lanes) =>
    seq(
      ...e.map((each, i) => v128.store(q.from.get, 16 * i, each.get)),
      ...a.map((each, i) => each.set(f32x4.add(i === 0 ? total.get : a[i - 1].get, e[i].get))),
      ...a.map((each, i) => t[i].set(f32x4.sub(each.get, i === 0 ? total.get : a[i - 1].get))),
      ...a.map((_, i) => t[i].set(f32x4.sub(e[i].get, t[i].get))),
      ...t.slice(1).map((each) => t[0].set(f32x4.add(t[0].get, each.get))),
      rest.set(f32x4.add(rest.get, t[0].get)),
      total.set(a[a.length - 1].get),
    )
  const exps = sweep(q, fma, sum, fma)
  const start = f32x4.splat(f32.const(START))
  const scaled = (i: number, from: typeof start) =>
    seq(
      q.w.q[i].set(v128.load(from, 16 * i)),
      f32x4.pmin(madd(fma)(q.w.q[i].get, high.get, f32x4.mul(q.w.q[i].get, low.get)), one.get),
    )
  return f.body(
    exps.load,
    one.set(f32x4.splat(f32.const(1))),
    bytes.set(i32.shl(bytes.get, i32.const(2))),
    quads(q, groups, y, {
      fit: inRange(q),
      first: seq(reduction(q, 0), total.set(start), rest.set(f32x4.splat(f32.const(0))), exps.run),
      middle: seq(
        total.set(f32x4.sub(total.get, start)),
        ...shares.map((share, i) =>
          share.set(f64x2.div(f64x2.splat(f64.const(1)), f64x2.add(promoted(total)[i], promoted(rest)[i]))),
        ),
        split(shares, high, low),
      ),
      last: scatter(q, y, scaled),
      step: fourRows(q),
      otherwise: softmax.call(
        x.get,
        y.get,
        i32.const(4),
        i32.shr_u(bytes.get, i32.const(2)),
        f64.const(Math.LOG2E),
        i32.const(1),
      ),
    }),
  )
}
