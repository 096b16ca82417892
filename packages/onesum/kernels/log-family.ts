/**
 * Log-sum-exp and log-softmax of contiguous float32 rows.
 *
 * Method: the exponentials of all entries but the maxima are summed, scaled by 2^60 so that small ones still count; with
 * the maximum's own exponential as unit and the other ties as ones this is `rest`, and log Σ = max + log1p(rest) in float64.
 * Log-softmax is (x − max) − log1p(rest): both terms are <= 0, and the logarithm is held in two float32 parts.
 * Error of log-sum-exp: that of rest (two exponentials' of exp.ts, and a pair sum's), seen through log1p, and one rounding;
 * of log-softmax the same and two more.
 */
import {
  type Code,
  F32,
  F64,
  Func,
  f32,
  f32x4,
  f64,
  f64x2,
  I32,
  i8x16,
  i32,
  ifElse,
  type Local,
  select,
  seq,
  V128,
  v128,
  whileTrue,
} from './assembler.ts'
import { LOW_HALVES } from './exp.ts'
import { GROUP, HIGH_HALF, storeLeft, walkToEnd } from './rows.ts'

/** logSumExp(x, y, rows, length): one float32 per row at y. */
export function logSumExp(maximum: Func, others: Func, log1p: Func): Func {
  const f = new Func('logSumExp')
  const [x, y, rows, bytes] = f.params(I32, 4)
  const max = f.local(F32)
  const rest = f.local(F64)
  return f.body(
    bytes.set(i32.shl(bytes.get, i32.const(2))),
    whileTrue(
      rows.get,
      max.set(maximum.call(x.get, bytes.get)),
      rest.set(others.call(x.get, x.get, bytes.get, max.get, f64.const(Math.LOG2E), i32.const(1))),
      f32.store(y.get, 0, f32.demote_f64(f64.add(f64.promote_f32(max.get), log1p.call(rest.get)))),
      x.set(i32.add(x.get, bytes.get)),
      y.set(i32.add(y.get, i32.const(4))),
      rows.set(i32.sub(rows.get, i32.const(1))),
    ),
  )
}

/** What the last pass over a row works with: `log` is log1p of the others' sum. */
interface Written {
  readonly x: Local
  readonly y: Local
  readonly bytes: Local
  readonly max: Local
  readonly log: Local
  readonly scale: Local
  readonly plain: Local
}

/** (x − max) / T − log. */
function writePass(f: Func, { x, y, bytes, max, log, scale, plain }: Written) {
  const [at, to, end] = f.locals(I32, 3)
  const part = f.local(F32)
  const [high, low, center, inverse, other] = f.locals(V128, 5)
  const v = f.locals(V128, GROUP)
  const load = (i: number) => v128.load(at.get, 16 * i)
  const near = (i: number) => v[i].set(f32x4.sub(f32x4.sub(f32x4.sub(load(i), center.get), high.get), low.get))
  const half = (pair: Code) =>
    f64x2.sub(f64x2.mul(f64x2.sub(f64x2.promote_low_f32x4(pair), center.get), inverse.get), high.get)
  const scaled = (i: number) =>
    seq(
      v[i].set(load(i)),
      other.set(half(i8x16.shuffle(HIGH_HALF, v[i].get, v[i].get))),
      v[i].set(i8x16.shuffle(LOW_HALVES, f32x4.demote_f64x2_zero(half(v[i].get)), f32x4.demote_f64x2_zero(other.get))),
    )
  const step = (bytes: number) => to.set(i32.add(to.get, i32.const(bytes)))
  return {
    open: inverse.set(f64x2.splat(f64.mul(scale.get, f64.const(Math.LN2)))),
    row: seq(
      at.set(x.get),
      to.set(y.get),
      end.set(i32.add(x.get, bytes.get)),
      ifElse(
        plain.get,
        seq(
          part.set(f32.demote_f64(log.get)),
          center.set(f32x4.splat(max.get)),
          high.set(f32x4.splat(part.get)),
          low.set(f32x4.splat(f32.demote_f64(f64.sub(log.get, f64.promote_f32(part.get))))),
        ),
        seq(center.set(f64x2.splat(f64.promote_f32(max.get))), high.set(f64x2.splat(log.get))),
      ),
      walkToEnd(
        at,
        end,
        seq(...v.map((_, i) => near(i)), ...v.map((each, i) => v128.store(to.get, 16 * i, each.get)), step(16 * GROUP)),
        seq(ifElse(plain.get, near(0), scaled(0)), storeLeft(to.get, v[0], at, end), step(16)),
        GROUP,
        select(end.get, i32.const(0), plain.get),
      ),
    ),
  }
}

/** logSoftmaxWrite(x, y, bytes, max, log, scale, plain): the last pass over a block of a row. */
export function logSoftmaxWrite(): Func {
  const f = new Func('logSoftmaxWrite')
  const [x, y, bytes, max] = [f.param(I32), f.param(I32), f.param(I32), f.param(F32)]
  const [log, scale, plain] = [f.param(F64), f.param(F64), f.param(I32)]
  const { open, row } = writePass(f, { x, y, bytes, max, log, scale, plain })
  return f.body(open, row)
}

/** logSoftmax(x, y, rows, length, scale, plain): `scale` is log2(e) / T, `plain` says that T is 1. */
export function logSoftmax(maximum: Func, others: Func, log1p: Func): Func {
  const f = new Func('logSoftmax')
  const [x, y, rows, bytes] = f.params(I32, 4)
  const [scale, plain] = [f.param(F64), f.param(I32)]
  const [max, log] = [f.local(F32), f.local(F64)]
  const { open, row } = writePass(f, { x, y, bytes, max, log, scale, plain })
  return f.body(
    bytes.set(i32.shl(bytes.get, i32.const(2))),
    open,
    whileTrue(
      rows.get,
      max.set(maximum.call(x.get, bytes.get)),
      log.set(log1p.call(others.call(x.get, x.get, bytes.get, max.get, scale.get, plain.get))),
      // an infinite maximum has no softmax: its difference from itself is NaN
      log.set(f64.add(log.get, f64.promote_f32(f32.sub(max.get, max.get)))),
      row,
      x.set(i32.add(x.get, bytes.get)),
      y.set(i32.add(y.get, bytes.get)),
      rows.set(i32.sub(rows.get, i32.const(1))),
    ),
  )
}
