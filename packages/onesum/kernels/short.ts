/**
 * What the kernels for short rows share: exponentials of 4 rows of float32 at once, and the loop over them.
 *
 * Method: 4 rows are transposed into scratch, so that maxima, exponentials and sums go lane by lane and nothing is
 * combined within a vector. The column count is a parameter of one loop. Behind the last column stand -Infinity, whose
 * exponentials are exactly 0, so that every group of the sweep is whole. Rows of up to 64 columns with |max| <= 180 at
 * temperature 1; all others are for the kernels of ordinary rows.
 */
import {
  type Code,
  f32,
  f32x4,
  f64x2,
  I32,
  i8x16,
  i32,
  i32x4,
  ifElse,
  type Local,
  seq,
  v128,
  whileTrue,
} from './assembler.ts'
import { demoted, expConstants, expFast, FAST_LIMIT, type Lanes, LOG2E, MAGIC } from './exp.ts'
import { columns, FIRST, fourRows, gather, pad, type Quad, SECOND, WIDE_GROUP } from './quad.ts'
import { BASE, HIGH_HALF } from './rows.ts'

/** Vectors in the groups that take up the end of a sweep. */
const NARROW_GROUP = 1

/** Whether all 4 maxima are in the range of the fast reduction. */
export const inRange = ({ max }: Quad): Code =>
  i32.eq(i32x4.bitmask(f32x4.le(f32x4.abs(max.get), f32x4.splat(f32.const(FAST_LIMIT)))), i32.const(15))

/** The rows' part of the reduction: exponentials in units of 2^(N − fold). */
export function reduction({ max, m, floor }: Quad, fold: number): Code {
  const rounding = f32x4.splat(f32.const(1.5 * 2 ** 23))
  return seq(
    m.set(f32x4.add(f32x4.mul(max.get, f32x4.splat(f32.const(LOG2E))), rounding)),
    m.set(f32x4.sub(f32x4.sub(m.get, rounding), f32x4.splat(f32.const(fold)))),
    floor.set(f32x4.mul(f32x4.sub(m.get, f32x4.splat(f32.const(127))), f32x4.splat(f32.const(Math.LN2)))),
    m.set(f32x4.sub(f32x4.splat(f32.const(MAGIC)), m.get)),
  )
}

/** Both parts of a sweep: what precedes the loop over rows, and what each 4 rows run. */
interface Sweep {
  readonly load: Code
  readonly run: Code
}

/**
 * The exponentials of all columns, in interleaved groups; the last groups reach into the padding. `each` finds a
 * group's exponentials in w.q; its logits are at `at`, their place in the scratch is `from`.
 */
export function sweep(q: Quad, fma: boolean, each: (w: Lanes) => Code, fine = false): Sweep {
  const { f, at, from, to, shift, w, m, floor } = q
  const k = expConstants(f, BASE, fine)
  const group = (count: number): Code => {
    const part: Lanes = { a: w.a.slice(0, count), t: w.t.slice(0, count), q: w.q.slice(0, count) }
    return seq(
      ...part.a.map((a, i) => a.set(v128.load(at.get, 16 * i))),
      expFast(part, k, m, floor, fma),
      from.set(i32.add(at.get, shift.get)),
      each(part),
      at.set(i32.add(at.get, i32.const(16 * count))),
    )
  }
  const room = (count: number) => i32.le_u(i32.add(at.get, i32.const(16 * count)), to.get)
  return {
    load: k.load,
    run: seq(
      at.set(columns),
      to.set(i32.add(fourRows(q), columns)),
      whileTrue(room(WIDE_GROUP), group(WIDE_GROUP)),
      whileTrue(i32.lt_u(at.get, to.get), group(NARROW_GROUP)),
    ),
  }
}

/** The low and the high two lanes of a float32 vector in float64. */
export const promoted = (vector: Local): [Code, Code] => [
  f64x2.promote_low_f32x4(vector.get),
  f64x2.promote_low_f32x4(i8x16.shuffle(HIGH_HALF, vector.get, vector.get)),
]

/** high + low = shares, the first two and the last two lanes, in two float32 parts. */
export function split(shares: readonly Local[], high: Local, low: Local): Code {
  const rest = (i: number) => f64x2.sub(shares[i].get, promoted(high)[i])
  return seq(high.set(demoted(shares[0].get, shares[1].get)), low.set(demoted(rest(0), rest(1))))
}

/** What a kernel does with each 4 rows. */
export interface Steps {
  /** Whether they are for this kernel, after `gather`. */
  readonly fit: Code
  /** What comes before the results: the exponentials. */
  readonly first: Code
  /** What follows from the sums, and `last` needs. */
  readonly middle: Code
  /** Writes the results, the address of which is in `out`. */
  readonly last: Code
  /** Does 4 rows that do not fit. */
  readonly otherwise: Code
  /** Goes on to the next 4 rows, beside x and out. */
  readonly next?: Code
  /** Bytes of the results of 4 rows. */
  readonly step: Code
}

/**
 * The loop over 4 rows at a time. The last step of 4 rows is taken after the first of the next 4, so that it fills the
 * time in which their sums come to an end; their exponentials are in two scratches by turns.
 */
export function quads(
  q: Quad,
  groups: Local,
  out: Local,
  { fit, first, middle, last, otherwise, step, next = [] }: Steps,
): Code {
  const { f, x, shift } = q
  const [pending, ready] = f.locals(I32, 2)
  const turn = shift.set(i32.sub(i32.const(FIRST + SECOND), shift.get))
  return seq(
    shift.set(i32.const(FIRST)),
    pad(q),
    whileTrue(
      i32.or(groups.get, pending.get),
      ready.set(i32.const(0)),
      ifElse(groups.get, seq(gather(q), ifElse(fit, seq(first, ready.set(i32.const(1))), otherwise))),
      turn,
      out.set(i32.sub(out.get, step)),
      ifElse(pending.get, last),
      out.set(i32.add(out.get, i32.add(step, step))),
      ifElse(ready.get, middle),
      pending.set(ready.get),
      ifElse(groups.get, seq(x.set(i32.add(x.get, fourRows(q))), next, groups.set(i32.sub(groups.get, i32.const(1))))),
    ),
  )
}
