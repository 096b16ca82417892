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
  select,
  seq,
  V128,
  v128,
  whileTrue,
} from './assembler.ts'
import { expConstants, expFast, LOW_HALVES, lanes, MAGIC, madd } from './exp.ts'
import { BASE, blocks, GROUP, HIGH_HALF, ifPartial, partialMask, storeLeft, walkToEnd } from './rows.ts'

/** What the two passes over a row, or a block of one, have before them. */
interface Frame {
  readonly f: Func
  readonly y: Local
  readonly gy: Local
  readonly out: Local
  readonly bytes: Local
  /** 1 / T. */
  readonly inverse: Local
  readonly total: Local
  readonly at: Local
  readonly other: Local
  readonly to: Local
  readonly end: Local
  readonly last: Local
  /** Whether T is 1. */
  readonly plain: Local
  readonly sums: readonly Local[]
  /** Never set. */
  readonly zero: Local
  readonly zeros: Local
}

/** The same, and the loop over rows. */
interface RowFrame extends Frame {
  readonly rows: Local
  readonly length: Local
  readonly done: Local
}

function working(f: Func) {
  const [at, other, to, end, last, plain] = f.locals(I32, 6)
  return { at, other, to, end, last, plain, sums: f.locals(V128, 2), zero: f.local(F64), zeros: f.local(V128) }
}

/** (y, gy, out, rows, length, 1/T) → how many rows were done. */
function rowFrame(name: string): RowFrame {
  const f = new Func(name, [I32])
  const [y, gy, out, rows, length] = [f.param(I32), f.param(I32), f.param(I32), f.param(I32), f.param(I32)]
  const inverse = f.param(F64)
  const [bytes, done] = f.locals(I32, 2)
  return { f, y, gy, out, rows, length, inverse, bytes, done, total: f.local(F64), ...working(f) }
}

/** (y, gy, out, bytes, total, 1/T), for a block of a row. */
function blockFrame(name: string, results: (typeof F64)[]): Frame {
  const f = new Func(name, results)
  const [y, gy, out, bytes] = [f.param(I32), f.param(I32), f.param(I32), f.param(I32)]
  const [total, inverse] = [f.param(F64), f.param(F64)]
  return { f, y, gy, out, bytes, total, inverse, ...working(f) }
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
  { y, gy, at, other, end, last, bytes, sums, total, zero, zeros }: Frame,
  v: readonly Local[],
  term: (i: number) => Code,
): Code {
  const [low, high] = sums
  return seq(
    total.set(zero.get),
    at.set(y.get),
    other.set(gy.get),
    last.set(i32.add(y.get, bytes.get)),
    blocks(
      at,
      end,
      last,
      ...sums.map((sum) => sum.set(zeros.get)),
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
      total.set(f64.add(total.get, f64.add(f64x2.extract_lane(0, low.get), f64x2.extract_lane(1, low.get)))),
    ),
  )
}

/**
 * Writes the results, those of vector i by `value`, which puts them in v[i], after `before` for the whole group; at
 * temperatures other than 1 by `divided`, vector by vector.
 */
function writePass(
  { y, gy, out, at, other, to, end, bytes, inverse, plain }: Frame,
  v: readonly Local[],
  value: (i: number) => Code,
  divided: Code,
  before: (count: number) => Code = () => [],
): Code {
  return seq(
    at.set(y.get),
    other.set(gy.get),
    to.set(out.get),
    end.set(i32.add(y.get, bytes.get)),
    plain.set(f64.eq(inverse.get, f64.const(1))),
    walkToEnd(
      at,
      end,
      seq(
        before(v.length),
        ...v.map((_, i) => value(i)),
        ...v.map((r, i) => v128.store(to.get, 16 * i, r.get)),
        step(16 * v.length, other, to),
      ),
      seq(before(1), ifElse(plain.get, value(0), divided), storeLeft(to.get, v[0], at, end), step(16, other, to)),
      v.length,
      select(end.get, i32.const(0), plain.get),
    ),
  )
}

/** One kernel: what comes before all rows, the pass for the row's total, whether that is in range, and the results. */
interface Passes {
  readonly open: Code
  readonly sum: Code
  readonly within: Code
  readonly row: Code
}

/** The loop over rows, which is left where a row's total is not in range. */
function rowLoop(fr: RowFrame, { open, sum, within, row }: Passes): Func {
  const { f, y, gy, out, rows, length, bytes, done } = fr
  const next = [y, gy, out].map((pointer) => pointer.set(i32.add(pointer.get, bytes.get)))
  const stop = f.local(I32)
  return f.body(
    open,
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

/** The totals, below these, with which the passes for results work. */
export const MOST_MEAN = 2 ** 100
export const MOST_SUM = 2 ** 97

function softmaxPasses(fr: Frame): Passes {
  const { f, at, other, total, inverse } = fr
  const v = f.locals(V128, GROUP)
  const [mean, means, factor, spare, scale] = f.locals(V128, 5)
  const y = (i: number) => v128.load(at.get, 16 * i)
  const gy = (i: number) => v128.load(other.get, 16 * i)
  const plain = (i: number) => v[i].set(f32x4.mul(y(i), f32x4.sub(gy(i), mean.get)))
  const divided = halves(v[0], spare, (half) =>
    f64x2.mul(f64x2.mul(half(y(0)), f64x2.sub(half(gy(0)), means.get)), factor.get),
  )
  return {
    open: seq(factor.set(f64x2.splat(inverse.get)), scale.set(f32x4.splat(f32.const(PRODUCT_SCALE)))),
    sum: seq(
      sumPass(fr, v, (i) => v[i].set(f32x4.mul(f32x4.mul(y(i), scale.get), gy(i)))),
      total.set(f64.mul(total.get, f64.const(1 / PRODUCT_SCALE))),
    ),
    within: f64.lt(f64.abs(total.get), f64.const(MOST_MEAN)),
    row: seq(
      mean.set(f32x4.splat(f32.demote_f64(total.get))),
      means.set(f64x2.splat(total.get)),
      writePass(fr, v, plain, divided),
    ),
  }
}

/** softmaxBackward(y, gy, out, rows, length, 1/T): y (gy − Σ y gy) / T. */
export function softmaxBackward(): Func {
  const fr = rowFrame('softmaxBackward')
  return rowLoop(fr, softmaxPasses(fr))
}

/**
 * The exponential is scaled by 2^K and the sum by 2^-K, K = 0, 60 or 120 by the size of the sum: both stay normal, and
 * what the exponential flushes to 0 is below 2^-149 after the product.
 */
function logSoftmaxPasses(fr: Frame, fma: boolean): Passes {
  const { f, at, other, total, inverse } = fr
  const w = lanes(f, GROUP)
  const k = expConstants(f, BASE)
  const [m, floor, sum, sums, factor] = f.locals(V128, 5)
  const fold = f.local(F32)
  const size = f64.abs(total.get)
  const gy = (i: number) => v128.load(other.get, 16 * i)
  const logY = (i: number) => w.a[i].set(v128.load(at.get, 16 * i))
  const plain = (i: number) => w.q[i].set(madd(fma)(w.q[i].get, sum.get, gy(i)))
  const divided = halves(w.q[0], w.t[0], (half) =>
    f64x2.mul(f64x2.add(f64x2.mul(half(w.q[0].get), sums.get), half(gy(0))), factor.get),
  )
  const exponentials = (count: number) =>
    seq(
      ...w.a.slice(0, count).map((_, i) => logY(i)),
      expFast({ a: w.a.slice(0, count), t: w.t.slice(0, count), q: w.q.slice(0, count) }, k, m, floor, fma),
    )
  const folded = (exponent: number) =>
    seq(fold.set(f32.const(exponent)), total.set(f64.mul(total.get, f64.const(-(2 ** -exponent)))))
  return {
    open: seq(k.load, factor.set(f64x2.splat(inverse.get))),
    sum: sumPass(fr, w.q, (i) => w.q[i].set(gy(i))),
    within: f64.lt(size, f64.const(MOST_SUM)),
    row: seq(
      ifElse(
        f64.lt(size, f64.const(2 ** -60)),
        folded(0),
        ifElse(f64.lt(size, f64.const(2 ** 37)), folded(60), folded(120)),
      ),
      m.set(f32x4.splat(f32.add(f32.const(MAGIC), fold.get))),
      floor.set(f32x4.splat(f32.mul(f32.add(fold.get, f32.const(127)), f32.const(-Math.LN2)))),
      sum.set(f32x4.splat(f32.demote_f64(total.get))),
      sums.set(f64x2.splat(total.get)),
      writePass(fr, w.q, plain, divided, exponentials),
    ),
  }
}

/** logSoftmaxBackward(logY, gy, out, rows, length, 1/T): (gy − exp(logY) Σ gy) / T. */
export function logSoftmaxBackward(fma: boolean): Func {
  const fr = rowFrame('logSoftmaxBackward')
  return rowLoop(fr, logSoftmaxPasses(fr, fma))
}

/** One pass alone, for blocks of a row: (y, gy, out, bytes, total, 1/T) → the total of the block, or nothing. */
function alone(name: string, passes: (fr: Frame) => Passes, which: 'sum' | 'row'): Func {
  const fr = blockFrame(name, which === 'sum' ? [F64] : [])
  const { open, [which]: pass } = passes(fr)
  return fr.f.body(open, pass, which === 'sum' ? fr.total.get : [])
}

export const softmaxBackwardSum = (): Func => alone('softmaxBackwardSum', softmaxPasses, 'sum')
export const softmaxBackwardWrite = (): Func => alone('softmaxBackwardWrite', softmaxPasses, 'row')

export const logSoftmaxBackwardSum = (fma: boolean): Func =>
  alone('logSoftmaxBackwardSum', (fr) => logSoftmaxPasses(fr, fma), 'sum')
export const logSoftmaxBackwardWrite = (fma: boolean): Func =>
  alone('logSoftmaxBackwardWrite', (fr) => logSoftmaxPasses(fr, fma), 'row')
