/**
 * Gradients of softmax and log-softmax over contiguous float32 rows.
 *
 * Method: one pass for the row's sum (products in float32, pairs added in float32, the rest in float64), one for the
 * results: in float32 at temperature 1, else in float64 and rounded once, since a subnormal that was rounded before the
 * division by T would be off by more than the last place. A row whose sum leaves the range in which float32 differences
 * stay finite is left to the caller.
 */
import { F32, type Func, f32, f32x4, f64, f64x2, ifElse, seq, V128, v128 } from './assembler.ts'
import { type Frame, halves, onePass, type Passes, rowFrame, rowLoop, sumPass, writePass } from './backward-passes.ts'
import { expConstants, expFast, lanes, MAGIC, madd } from './exp.ts'
import { BASE, GROUP } from './rows.ts'

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

export const softmaxBackwardSum = (): Func => onePass('softmaxBackwardSum', softmaxPasses, 'sum')
export const softmaxBackwardWrite = (): Func => onePass('softmaxBackwardWrite', softmaxPasses, 'row')

export const logSoftmaxBackwardSum = (fma: boolean): Func =>
  onePass('logSoftmaxBackwardSum', (fr) => logSoftmaxPasses(fr, fma), 'sum')
export const logSoftmaxBackwardWrite = (fma: boolean): Func =>
  onePass('logSoftmaxBackwardWrite', (fr) => logSoftmaxPasses(fr, fma), 'row')
