/**
 * Four rows of float32 at once, one to a lane: into scratch by columns, and back.
 *
 * Method: blocks of 4 rows by 4 columns are transposed by 8 shuffles. The last block of a row overlaps its neighbour,
 * so that rows of 4 columns or more need no masks. Shorter ones are read from up to 12 bytes before the row, into room
 * before the scratch, and written column by column. Nothing is written outside the rows.
 */
import {
  type Code,
  type Func,
  f32,
  f32x4,
  I32,
  i8x16,
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
import { type Lanes, LOW_HALVES, lanes } from './exp.ts'

/** Most columns of a short row. */
export const SHORT_COLUMNS = 192

/** Vectors in the interleaved groups of a sweep, without and with FMA: six spill where each step takes two instructions. */
export const groupOf = (fma: boolean): number => (fma ? 6 : 4)

/** Vectors in the groups that take up the end of a sweep. */
export const NARROW_GROUP = 1

/** Where in scratch column 0 of the logits is. Before it there is room for what is read before a row of fewer than 4 columns. */
const COLUMNS = 320

/** Vectors behind the last column, that the maximum of one column may be one of four. */
const PADDING = 3

/** Bytes of all columns, and of what stands behind them. */
const SCRATCH_BYTES = 16 * (SHORT_COLUMNS + PADDING)

/**
 * What separates the logits' addresses from those of their exponentials, in the first and the second of two scratches.
 */
export const FIRST = SCRATCH_BYTES
export const SECOND = 2 * SCRATCH_BYTES

/** The address of column 0 of the logits. */
export const columns: Code = i32.add(SCRATCH, i32.const(COLUMNS))

/** The high halves of two vectors, and lanes of both by turns. */
export const HIGH_HALVES = [8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31]
const LOW_PAIRS = [0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23]
const HIGH_PAIRS = [8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31]

/** Four rows: their locals, and the working vectors of all steps. */
export interface Quad {
  readonly f: Func
  /** Address of the first of the 4 rows. */
  readonly x: Local
  /** Bytes of a row. */
  readonly bytes: Local
  /** Byte offset within a row, and the addresses that follow from it. */
  readonly at: Local
  readonly from: Local
  readonly to: Local
  /** What separates the logits' addresses from those of their exponentials. */
  readonly shift: Local
  readonly max: Local
  readonly m: Local
  readonly floor: Local
  readonly w: Lanes
}

/** Declares the locals, for groups of so many vectors; the parameters of `f` come before. */
export function quad(f: Func, x: Local, bytes: Local, group: number): Quad {
  const [at, from, to, shift] = f.locals(I32, 4)
  const [max, m, floor] = f.locals(V128, 3)
  return { f, x, bytes, at, from, to, shift, max, m, floor, w: lanes(f, group) }
}

/** The addresses of the 4 rows' bytes, given the first row's: `step(row, address)`. */
export const eachRow = (address: Local, bytes: Local, step: (row: number, address: Code) => Code): Code =>
  seq(
    ...[0, 1, 2, 3].map((row) =>
      seq(row === 0 ? [] : address.set(i32.add(address.get, bytes.get)), step(row, address.get)),
    ),
  )

/** v = the transpose of v, by way of u. */
function transpose(v: readonly Local[], u: readonly Local[]): Code {
  const mix = (order: readonly number[], a: Local, b: Local) => i8x16.shuffle(order, a.get, b.get)
  return seq(
    u[0].set(mix(LOW_PAIRS, v[0], v[1])),
    u[1].set(mix(LOW_PAIRS, v[2], v[3])),
    u[2].set(mix(HIGH_PAIRS, v[0], v[1])),
    u[3].set(mix(HIGH_PAIRS, v[2], v[3])),
    v[0].set(mix(LOW_HALVES, u[0], u[1])),
    v[1].set(mix(HIGH_HALVES, u[0], u[1])),
    v[2].set(mix(LOW_HALVES, u[2], u[3])),
    v[3].set(mix(HIGH_HALVES, u[2], u[3])),
  )
}

/** Walks the blocks of 4 columns, the last of them at `last`: `at` is the byte offset within a row. */
const blocks = ({ bytes, at }: Quad, count: Local, last: Code, body: Code): Code =>
  seq(
    count.set(i32.const(0)),
    whileTrue(
      i32.lt_s(count.get, bytes.get),
      at.set(select(count.get, last, i32.lt_s(count.get, last))),
      body,
      count.set(i32.add(count.get, i32.const(16))),
    ),
  )

/** Puts -Infinity behind the last column; once, for nothing else is written there. */
export function pad({ f, bytes, to }: Quad): Code {
  const least = f.local(V128)
  return seq(
    least.set(f32x4.splat(f32.const(-Infinity))),
    to.set(i32.add(SCRATCH, i32.shl(bytes.get, i32.const(2)))),
    ...Array.from({ length: PADDING }, (_, i) => v128.store(to.get, COLUMNS + 16 * i, least.get)),
  )
}

/**
 * Transposes the rows at x into scratch, and takes their maxima. Beside a NaN a larger entry may be missed: whatever
 * the maximum, that row's results are NaN.
 */
export function gather(q: Quad): Code {
  const { f, x, bytes, from, at, to, max, w } = q
  const count = f.local(I32)
  const v = w.a.slice(0, 4)
  const top = (a: Code[]) => f32x4.pmax(max.get, f32x4.pmax(f32x4.pmax(a[0], a[1]), f32x4.pmax(a[2], a[3])))
  const least = f32x4.splat(f32.const(-Infinity))
  return seq(
    max.set(least),
    blocks(
      q,
      count,
      i32.sub(bytes.get, i32.const(16)),
      seq(
        from.set(i32.add(x.get, at.get)),
        to.set(i32.add(SCRATCH, i32.shl(at.get, i32.const(2)))),
        eachRow(from, bytes, (row, address) => v[row].set(v128.load(address))),
        transpose(v, w.t),
        ...v.map((each, i) => v128.store(to.get, COLUMNS + 16 * i, each.get)),
        max.set(top(v.map((each) => each.get))),
      ),
    ),
    // the block of fewer than 4 columns began before the row
    ifElse(
      i32.lt_s(bytes.get, i32.const(16)),
      seq(max.set(least), max.set(top([0, 1, 2, 3].map((i) => v128.load(SCRATCH, COLUMNS + 16 * i))))),
    ),
  )
}

/**
 * Transposes `value(i, from)`, that of the column i vectors behind the scratch address `from`, into the rows at `out`.
 */
export function scatter(q: Quad, out: Local, value: (i: number, from: Code) => Code): Code {
  const { f, bytes, at, from, to, shift, w } = q
  const count = f.local(I32)
  const v = w.a.slice(0, 4)
  return ifElse(
    i32.lt_u(bytes.get, i32.const(16)),
    seq(
      from.set(i32.add(shift.get, columns)),
      at.set(i32.const(0)),
      whileTrue(
        i32.lt_u(at.get, bytes.get),
        v[0].set(value(0, from.get)),
        to.set(i32.add(out.get, at.get)),
        eachRow(to, bytes, (row, address) => v128.store32_lane(row, address, v[0].get)),
        from.set(i32.add(from.get, i32.const(16))),
        at.set(i32.add(at.get, i32.const(4))),
      ),
    ),
    blocks(
      q,
      count,
      i32.sub(bytes.get, i32.const(16)),
      seq(
        from.set(i32.add(i32.add(shift.get, columns), i32.shl(at.get, i32.const(2)))),
        to.set(i32.add(out.get, at.get)),
        ...v.map((each, i) => each.set(value(i, from.get))),
        transpose(v, w.t),
        eachRow(to, bytes, (row, address) => v128.store(address, 0, v[row].get)),
      ),
    ),
  )
}

/** Bytes of 4 rows. */
export const fourRows = ({ bytes }: Quad): Code => i32.shl(bytes.get, i32.const(2))
