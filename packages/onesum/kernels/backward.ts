/**
 * Gradients of softmax and log-softmax over contiguous float32 rows.
 *
 * Method: one pass for the row's sum (products in float32, pairs added in float32, the rest in float64), one for the
 * results: in float32 at temperature 1, else in float64 and rounded once, since a subnormal that was rounded before the
 * division by T would be off by more than the last place. A row whose sum leaves the range in which float32 differences
 * stay finite is left to the caller.
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
  seq,
  V128,
  v128,
  whileTrue,
} from './assembler.ts'
import { expConstants, expFast, LOW_HALVES, lanes, MAGIC, madd } from './exp.ts'
import { BASE, GROUP, HIGH_HALF, ifPartial, partialMask, storeLeft, walkToEnd } from './rows.ts'

interface Frame {
  readonly f: Func
  readonly y: Local
  readonly gy: Local
  readonly out: Local
  readonly rows: Local
  readonly length: Local
  /** 1 / T. */
  readonly inverse: Local
  readonly at: Local
  readonly other: Local
  readonly to: Local
  readonly end: Local
  readonly bytes: Local
  readonly done: Local
  readonly sums: readonly Local[]
  readonly total: Local
}

function frame(name: string): Frame {
  const f = new Func(name, [I32])
  const [y, gy, out, rows, length] = [f.param(I32), f.param(I32), f.param(I32), f.param(I32), f.param(I32)]
  const inverse = f.param(F64)
  const [at, other, to, end, bytes, done] = f.locals(I32, 6)
  const sums = f.locals(V128, 2)
  return { f, y, gy, out, rows, length, inverse, at, other, to, end, bytes, done, sums, total: f.local(F64) }
}

const step = (bytes: number, ...pointers: Local[]): Code =>
  seq(...pointers.map((pointer) => pointer.set(i32.add(pointer.get, i32.const(bytes)))))

function accumulate([low, high]: readonly Local[], v: Local): Code {
  return seq(
    low.set(f64x2.add(low.get, f64x2.promote_low_f32x4(v.get))),
    high.set(f64x2.add(high.get, f64x2.promote_low_f32x4(i8x16.shuffle(HIGH_HALF, v.get, v.get)))),
  )
}

/** total = Σ of `term(i)`, which puts vector i of the group in v[i]; `tail` cuts a partial vector. */
function sumPass(
  { y, gy, at, other, end, bytes, sums, total }: Frame,
  v: readonly Local[],
  term: (i: number) => Code,
): Code {
  const [low, high] = sums
  return seq(
    ...sums.map((sum) => sum.set(f64x2.splat(f64.const(0)))),
    at.set(y.get),
    other.set(gy.get),
    end.set(i32.add(y.get, bytes.get)),
    walkToEnd(
      at,
      end,
      seq(
        ...v.map((_, i) => term(i)),
        ...[0, 2, 4].map((i) => v[i].set(f32x4.add(v[i].get, v[i + 1].get))),
        ...[0, 2, 4].map((i) => accumulate(sums, v[i])),
        step(16 * GROUP, other),
      ),
      seq(
        term(0),
        ifPartial(at, end, v[0].set(v128.and(v[0].get, partialMask(BASE, at, end)))),
        accumulate(sums, v[0]),
        step(16, other),
      ),
    ),
    low.set(f64x2.add(low.get, high.get)),
    total.set(f64.add(f64x2.extract_lane(0, low.get), f64x2.extract_lane(1, low.get))),
  )
}

/** Writes `value(i)`, which puts vector i of the results in v[i], after `before` for the whole group. */
function writePass(
  { y, gy, out, at, other, to, end, bytes }: Frame,
  v: readonly Local[],
  value: (i: number) => Code,
  before: (count: number) => Code = () => [],
): Code {
  const group = (count: number) => seq(before(count), ...v.slice(0, count).map((_, i) => value(i)))
  const left = seq(group(1), storeLeft(to.get, v[0], at, end), step(16, other, to))
  return seq(
    at.set(y.get),
    other.set(gy.get),
    to.set(out.get),
    end.set(i32.add(y.get, bytes.get)),
    walkToEnd(
      at,
      end,
      v.length === 1
        ? []
        : seq(group(v.length), ...v.map((r, i) => v128.store(to.get, 16 * i, r.get)), step(16 * v.length, other, to)),
      left,
      v.length,
    ),
  )
}

/** The loop over rows: `row` computes one, and is left where `within` is not so. */
function rowLoop(fr: Frame, prologue: Code, sum: Code, within: Code, row: Code): Func {
  const { f, y, gy, out, rows, length, bytes, done } = fr
  const next = [y, gy, out].map((pointer) => pointer.set(i32.add(pointer.get, bytes.get)))
  const stop = f.local(I32)
  return f.body(
    prologue,
    bytes.set(i32.shl(length.get, i32.const(2))),
    whileTrue(
      i32.and(i32.lt_u(done.get, rows.get), i32.eqz(stop.get)),
      sum,
      ifElse(within, seq(row, ...next, done.set(i32.add(done.get, i32.const(1)))), stop.set(i32.const(1))),
    ),
    done.get,
  )
}

/** What both kernels do at a temperature: v = `value(low)` and `value(high)` in float64, rounded to one vector. */
function halves(v: Local, spare: Local, value: (half: (vector: Code) => Code) => Code): Code {
  const low = (vector: Code) => f64x2.promote_low_f32x4(vector)
  const high = (vector: Code) => f64x2.promote_low_f32x4(i8x16.shuffle(HIGH_HALF, vector, vector))
  return seq(
    spare.set(f32x4.demote_f64x2_zero(value(low))),
    v.set(i8x16.shuffle(LOW_HALVES, spare.get, f32x4.demote_f64x2_zero(value(high)))),
  )
}

/** Products of y and gy are scaled by this: small ones stay normal; large ones overflow, and their row is left. */
export const PRODUCT_SCALE = 2 ** 60

/** softmaxBackward(y, gy, out, rows, length, 1/T): y (gy − Σ y gy) / T. */
export function softmaxBackward(): Func {
  const fr = frame('softmaxBackward')
  const { f, at, other, total, inverse } = fr
  const v = f.locals(V128, GROUP)
  const [mean, factor, spare, scale] = f.locals(V128, 4)
  const y = (i: number) => v128.load(at.get, 16 * i)
  const gy = (i: number) => v128.load(other.get, 16 * i)
  const plain = (i: number) => v[i].set(f32x4.mul(y(i), f32x4.sub(gy(i), mean.get)))
  const divided = (i: number) =>
    halves(v[i], spare, (half) => f64x2.mul(f64x2.mul(half(y(i)), f64x2.sub(half(gy(i)), mean.get)), factor.get))
  return rowLoop(
    fr,
    seq(factor.set(f64x2.splat(inverse.get)), scale.set(f32x4.splat(f32.const(PRODUCT_SCALE)))),
    seq(
      sumPass(fr, v, (i) => v[i].set(f32x4.mul(f32x4.mul(y(i), scale.get), gy(i)))),
      total.set(f64.mul(total.get, f64.const(1 / PRODUCT_SCALE))),
    ),
    f64.lt(f64.abs(total.get), f64.const(2 ** 100)),
    ifElse(
      f64.eq(inverse.get, f64.const(1)),
      seq(mean.set(f32x4.splat(f32.demote_f64(total.get))), writePass(fr, v, plain)),
      seq(mean.set(f64x2.splat(total.get)), writePass(fr, v.slice(0, 1), divided)),
    ),
  )
}

/**
 * logSoftmaxBackward(logY, gy, out, rows, length, 1/T): (gy − exp(logY) Σ gy) / T.
 *
 * The exponential is scaled by 2^K and the sum by 2^-K, K = 0, 60 or 120 by the size of the sum: both stay normal, and
 * what the exponential flushes to 0 is below 2^-149 after the product.
 */
export function logSoftmaxBackward(fma: boolean): Func {
  const fr = frame('logSoftmaxBackward')
  const { f, at, other, total, inverse } = fr
  const w = lanes(f, GROUP)
  const k = expConstants(f, BASE)
  const [m, floor, sum, factor] = f.locals(V128, 4)
  const fold = f.local(F32)
  const size = f64.abs(total.get)
  const gy = (i: number) => v128.load(other.get, 16 * i)
  const logY = (i: number) => w.a[i].set(v128.load(at.get, 16 * i))
  const plain = (i: number) => w.q[i].set(madd(fma)(w.q[i].get, sum.get, gy(i)))
  const divided = (i: number) =>
    halves(w.q[i], w.t[i], (half) =>
      f64x2.mul(f64x2.add(f64x2.mul(half(w.q[i].get), sum.get), half(gy(i))), factor.get),
    )
  const exponentials = (count: number) =>
    seq(
      ...w.a.slice(0, count).map((_, i) => logY(i)),
      expFast({ a: w.a.slice(0, count), t: w.t.slice(0, count), q: w.q.slice(0, count) }, k, m, floor, fma),
    )
  const folded = (exponent: number) =>
    seq(fold.set(f32.const(exponent)), total.set(f64.mul(total.get, f64.const(-(2 ** -exponent)))))
  return rowLoop(
    fr,
    seq(k.load, factor.set(f64x2.splat(inverse.get))),
    sumPass(fr, w.q, (i) => w.q[i].set(gy(i))),
    f64.lt(size, f64.const(2 ** 97)),
    seq(
      ifElse(
        f64.lt(size, f64.const(2 ** -60)),
        folded(0),
        ifElse(f64.lt(size, f64.const(2 ** 37)), folded(60), folded(120)),
      ),
      m.set(f32x4.splat(f32.add(f32.const(MAGIC), fold.get))),
      floor.set(f32x4.splat(f32.mul(f32.add(fold.get, f32.const(127)), f32.const(-Math.LN2)))),
      ifElse(
        f64.eq(inverse.get, f64.const(1)),
        seq(sum.set(f32x4.splat(f32.demote_f64(total.get))), writePass(fr, w.q, plain, exponentials)),
        seq(sum.set(f64x2.splat(total.get)), writePass(fr, w.q.slice(0, 1), divided, exponentials)),
      ),
    ),
  )
}
