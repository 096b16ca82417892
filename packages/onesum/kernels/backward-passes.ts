/**
 * The two passes of gradients over rows of y and gy, in frames for whole rows and for blocks of one: the row's total, and
 * what is written with it.
 */
import {
  type Code,
  F64,
  Func,
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
import { BASE, blocks, GROUP, HIGH_HALF, ifPartial, partialMask, storeLeft, walkToEnd } from './rows.ts'

/** What the two passes over a row, or a block of one, have before them. */
export interface Frame {
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
export function rowFrame(name: string): RowFrame {
  const f = new Func(name, [I32])
  const [y, gy, out, rows, length] = f.params(I32, 5)
  const inverse = f.param(F64)
  const [bytes, done] = f.locals(I32, 2)
  return { f, y, gy, out, rows, length, inverse, bytes, done, total: f.local(F64), ...working(f) }
}

/** (y, gy, out, bytes, total, 1/T), for a block of a row. */
function blockFrame(name: string, results: (typeof F64)[]): Frame {
  const f = new Func(name, results)
  const [y, gy, out, bytes] = f.params(I32, 4)
  const [total, inverse] = f.params(F64, 2)
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
export function sumPass(
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
export function writePass(
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
export interface Passes {
  readonly open: Code
  readonly sum: Code
  readonly within: Code
  readonly row: Code
}

/** The loop over rows, which is left where a row's total is not in range. */
export function rowLoop(fr: RowFrame, { open, sum, within, row }: Passes): Func {
  const { f, y, gy, out, rows, length, bytes, done } = fr
  const next = [y, gy, out].map((pointer) => pointer.set(i32.add(pointer.get, bytes.get)))
  return f.body(
    open,
    bytes.set(i32.shl(length.get, i32.const(2))),
    whileTrue(
      i32.lt_u(done.get, rows.get),
      sum,
      ifElse(within, seq(row, ...next, done.set(i32.add(done.get, i32.const(1)))), rows.set(done.get)),
    ),
    done.get,
  )
}

/** One pass alone, for blocks of a row: (y, gy, out, bytes, total, 1/T) → the total of the block, or nothing. */
export function onePass(name: string, passes: (fr: Frame) => Passes, which: 'sum' | 'row'): Func {
  const fr = blockFrame(name, which === 'sum' ? [F64] : [])
  const { open, [which]: pass } = passes(fr)
  return fr.f.body(open, pass, which === 'sum' ? fr.total.get : [])
}

/** What kernels do at a temperature: v = `value(low)` and `value(high)` in float64, rounded to one vector. */
export function halves(v: Local, spare: Local, value: (half: (vector: Code) => Code) => Code): Code {
  const low = (vector: Code) => f64x2.promote_low_f32x4(vector)
  const high = (vector: Code) => f64x2.promote_low_f32x4(i8x16.shuffle(HIGH_HALF, vector, vector))
  return seq(
    spare.set(f32x4.demote_f64x2_zero(value(low))),
    v.set(i8x16.shuffle(LOW_HALVES, spare.get, f32x4.demote_f64x2_zero(value(high)))),
  )
}
