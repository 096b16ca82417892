/**
 * Softmax of contiguous float32 rows.
 *
 * Method: three passes over a row: its maximum; e = exp seen from the maximum, stored and summed; e times 1 / Σ. The sum
 * is float64 throughout; the product with it is rounded about once (scale.ts), can reach 1 + 1 ulp, and is held at 1.
 * Error: an entry carries its own exponential's and, through a sum that others dominate, theirs. With FMA these lie within
 * [−1.22, 1.20] · 2^-24 (exp.ts), so the quotient is within 2.42 · 2^-24, at most 2.42 ulp; the product adds 0.5: below
 * 3. Without FMA 2.80 and two roundings of the product: below 4. (Where the exact value is within 1.4 ulp below a power of
 * two and the result above it, 3.4 of the smaller units would be possible; no such row is known.)
 */
import { F64, Func, f64, I32, i32, whileTrue } from './assembler.ts'
import { scale } from './scale.ts'

/** softmaxScale(e, y, bytes, share): the last pass over a block of a row; y may be e. */
export function softmaxScale(fma: boolean): Func {
  const f = new Func('softmaxScale')
  const [at, to, end, share] = [f.param(I32), f.param(I32), f.param(I32), f.param(F64)]
  const { open, row } = scale(f, fma, { at, to, end, factor: share }, 1)
  return f.body(end.set(i32.add(at.get, end.get)), open, row)
}

/** softmax(x, y, rows, length, scale, plain): `scale` is log2(e) / T, `plain` says that T is 1. */
export function softmax(fma: boolean, maximum: Func, exponentials: Func): Func {
  const f = new Func('softmax')
  const [x, y, rows, bytes] = f.params(I32, 4)
  const [inverse, plain] = [f.param(F64), f.param(I32)]
  const [at, end] = f.locals(I32, 2)
  const share = f.local(F64)
  const { open, row } = scale(f, fma, { at, to: at, end, factor: share }, 1)
  return f.body(
    open,
    bytes.set(i32.shl(bytes.get, i32.const(2))),
    whileTrue(
      rows.get,
      share.set(
        f64.div(
          f64.const(1),
          exponentials.call(x.get, y.get, bytes.get, maximum.call(x.get, bytes.get), inverse.get, plain.get),
        ),
      ),
      at.set(y.get),
      end.set(i32.add(y.get, bytes.get)),
      row,
      x.set(i32.add(x.get, bytes.get)),
      y.set(i32.add(y.get, bytes.get)),
      rows.set(i32.sub(rows.get, i32.const(1))),
    ),
  )
}
