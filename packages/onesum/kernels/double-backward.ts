/**
 * Gradients of softmax and log-softmax over contiguous float64 rows.
 *
 * Method: the row's sum, by blocks; then the results, the exponentials of log-softmax by way of scratch. A row whose sum is
 * near the end of the range, or NaN, is left to the caller, who may shrink it first.
 */
import {
  type Code,
  drop,
  F64,
  Func,
  f64,
  f64x2,
  I32,
  i32,
  ifElse,
  type Local,
  SCRATCH,
  select,
  seq,
  V128,
  v128,
  whileTrue,
} from './assembler.ts'
import { write } from './double-rows.ts'
import { PAIRS } from './doubles.ts'

/** Sums from here on are left: a difference of two numbers of this size may overflow. */
const LARGE = 2 ** 970

/** Bytes of exponentials that scratch takes at a time. */
const PART = 8192

/** What a gradient has before it. */
interface Frame {
  readonly f: Func
  readonly y: Local
  readonly gy: Local
  readonly out: Local
  readonly bytes: Local
  /** The end of the row. */
  readonly end: Local
  /** Splats of the row's sum and of 1 / T. */
  readonly sum: Local
  readonly inverse: Local
}

/** (y, gy, out, rows, length, 1/T) → how many rows were done: all, or those before one that is left. */
function backward(
  name: string,
  steps: (frame: Frame) => { readonly sum: Code; readonly within?: Code; readonly row: Code },
): Func {
  const f = new Func(name, [I32])
  const [y, gy, out, rows, bytes] = f.params(I32, 5)
  const factor = f.param(F64)
  const [done, end] = f.locals(I32, 2)
  const total = f.local(F64)
  const [sum, inverse] = f.locals(V128, 2)
  const { sum: summing, within, row } = steps({ f, y, gy, out, bytes, end, sum, inverse })
  const small = f64.lt(f64.abs(total.get), f64.const(LARGE))
  return f.body(
    inverse.set(f64x2.splat(factor.get)),
    bytes.set(i32.shl(bytes.get, i32.const(3))),
    whileTrue(
      i32.lt_u(done.get, rows.get),
      total.set(summing),
      ifElse(
        within ? i32.and(small, within) : small,
        seq(
          sum.set(f64x2.splat(total.get)),
          end.set(i32.add(y.get, bytes.get)),
          row,
          done.set(i32.add(done.get, i32.const(1))),
        ),
        rows.set(done.get),
      ),
    ),
    done.get,
  )
}

/** softmaxBackward(y, gy, out, rows, length, 1/T): y (gy − Σ y gy) / T. */
export function softmaxBackward64(dot: Func): Func {
  return backward('softmaxBackward', ({ f, y, gy, out, bytes, end, sum, inverse }) => ({
    sum: dot.call(y.get, gy.get, bytes.get, i32.const(-1)),
    row: write(f, [y, out, gy], end, (i) =>
      f64x2.mul(f64x2.mul(v128.load(y.get, i), f64x2.sub(v128.load(gy.get, i), sum.get)), inverse.get),
    ),
  }))
}

/** logSoftmaxBackward(logY, gy, out, rows, length, 1/T): (gy − exp(logY) Σ gy) / T; no logY is above 1. */
export function logSoftmaxBackward64(maximum: Func, exponentials: Func, dot: Func): Func {
  return backward('logSoftmaxBackward', ({ f, y, gy, out, bytes, end, sum, inverse }) => {
    const [part, e] = f.locals(I32, 2)
    const room = i32.add(y.get, i32.const(PART))
    const one = f64x2.splat(f64.const(1))
    return {
      sum: seq(
        ...Array.from({ length: PAIRS }, (_, i) => v128.store(SCRATCH, 16 * i, one)),
        dot.call(SCRATCH, gy.get, bytes.get, i32.const(0)),
      ),
      within: f64.lt(maximum.call(y.get, bytes.get), f64.const(1)),
      row: whileTrue(
        i32.lt_u(y.get, end.get),
        part.set(select(room, end.get, i32.lt_u(room, end.get))),
        e.set(SCRATCH),
        drop(exponentials.call(y.get, e.get, i32.sub(part.get, y.get), f64.const(0), i32.const(-1))),
        write(f, [y, out, gy, e], part, (i) =>
          f64x2.mul(f64x2.sub(v128.load(gy.get, i), f64x2.mul(v128.load(e.get, i), sum.get)), inverse.get),
        ),
      ),
    }
  })
}
