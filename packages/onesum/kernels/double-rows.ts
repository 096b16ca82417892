/**
 * Softmax, log-softmax, what log-sum-exp and cross-entropy need, of contiguous float64 rows.
 *
 * Method: that of the JS path, from passes of doubles.ts. The sum leaves out one maximum, so that log1p of it, which the
 * caller takes, keeps its digits. Rows are at temperature 1: at others the caller divides x − max first.
 *
 * Error: softmax carries that of its exponential, the sum's, and two roundings: within 5e-14 of the exact value for
 * exponents down to −512, within 8e-14 below; the caller's division adds half a place of the quotient and half of the
 * difference: 9.4e-14 in all down to −437, where results pass below 1e-190, 1.6e-13 below. At most 1, for 1 / Σ is, and so is every exponential.
 */
import {
  type Code,
  F64,
  Func,
  f64,
  f64x2,
  I32,
  i32,
  ifElse,
  type Local,
  SCRATCH,
  seq,
  V128,
  v128,
  whileTrue,
} from './assembler.ts'
import { storeRest } from './doubles.ts'
import { walkToEnd } from './rows.ts'

const step = (bytes: Code, ...pointers: Local[]): Code =>
  seq(...pointers.map((pointer) => pointer.set(i32.add(pointer.get, bytes))))

/** The loop over rows of so many entries, whose bytes take their place in `bytes`. */
const eachRow = (rows: Local, bytes: Local, ...body: Code[]): Code =>
  seq(
    bytes.set(i32.shl(bytes.get, i32.const(3))),
    whileTrue(rows.get, ...body, rows.set(i32.sub(rows.get, i32.const(1)))),
  )

/** Writes `value(offset)` of every vector in [at, end), at `to`; `others` keep pace, and all end where the row does. */
export function write(
  f: Func,
  [at, to, ...others]: readonly Local[],
  end: Local,
  value: (offset: number) => Code,
  count = 1,
): Code {
  const v = f.local(V128)
  return seq(
    walkToEnd(
      at,
      end,
      count === 1
        ? []
        : seq(
            ...Array.from({ length: count }, (_, i) => v128.store(to.get, 16 * i, value(16 * i))),
            step(i32.const(16 * count), to, ...others),
          ),
      seq(v.set(value(0)), storeRest(to.get, v, at, end), step(i32.const(16), to, ...others)),
      count,
    ),
    // half of the last vector may have been beyond the row
    step(i32.sub(end.get, at.get), to, ...others, at),
  )
}

/** scale(x, y, bytes, factor, first, second): x times a factor, less two numbers in turn. */
export function scale(): Func {
  const f = new Func('scale', [], false)
  const [x, y, end] = f.params(I32, 3)
  const numbers = f.params(F64, 3)
  const [factor, first, second] = f.locals(V128, 3)
  return f.body(
    end.set(i32.add(x.get, end.get)),
    ...[factor, first, second].map((splat, i) => splat.set(f64x2.splat(numbers[i].get))),
    write(
      f,
      [x, y],
      end,
      (i) => f64x2.sub(f64x2.sub(f64x2.mul(v128.load(x.get, i), factor.get), first.get), second.get),
      4,
    ),
  )
}

/**
 * softmax(x, y, rows, length, table): at `table`, unless it is 0, two float64 for each row: a factor on its results, which
 * its maximum replaces, and room for the sum of its exponentials but one maximum's.
 */
export function softmax64(maximum: Func, exponentials: Func, scale: Func): Func {
  const f = new Func('softmax')
  const [x, y, rows, bytes, table] = f.params(I32, 5)
  const [max, rest, factor] = f.locals(F64, 3)
  return f.body(
    factor.set(f64.const(1)),
    eachRow(
      rows,
      bytes,
      max.set(maximum.call(x.get, bytes.get)),
      rest.set(exponentials.call(x.get, y.get, bytes.get, max.get, i32.const(-1))),
      ifElse(
        table.get,
        seq(
          factor.set(f64.load(table.get)),
          f64.store(table.get, 0, max.get),
          f64.store(table.get, 8, rest.get),
          step(i32.const(16), table),
        ),
      ),
      scale.call(
        y.get,
        y.get,
        bytes.get,
        // an infinite maximum has no softmax: its difference from itself is NaN
        f64.div(factor.get, f64.add(f64.add(rest.get, f64.const(1)), f64.sub(max.get, max.get))),
        f64.const(0),
        f64.const(0),
      ),
      step(bytes.get, x, y),
    ),
  )
}

/** sums(x, rows, length, table): each row's maximum, and the sum of its exponentials but one maximum's. */
export function sums(maximum: Func, exponentials: Func): Func {
  const f = new Func('sums')
  const [x, rows, bytes, table] = f.params(I32, 4)
  const max = f.local(F64)
  return f.body(
    eachRow(
      rows,
      bytes,
      max.set(maximum.call(x.get, bytes.get)),
      f64.store(table.get, 0, max.get),
      f64.store(table.get, 8, exponentials.call(x.get, SCRATCH, bytes.get, max.get, i32.const(0))),
      step(i32.const(16), table),
      step(bytes.get, x),
    ),
  )
}

/** subtract(x, y, rows, length, table): x less a first number, then a second, of each row. */
export function subtract(scale: Func): Func {
  const f = new Func('subtract')
  const [x, y, rows, bytes, table] = f.params(I32, 5)
  return f.body(
    eachRow(
      rows,
      bytes,
      scale.call(x.get, y.get, bytes.get, f64.const(1), f64.load(table.get), f64.load(table.get, 8)),
      step(i32.const(16), table),
      step(bytes.get, x, y),
    ),
  )
}
