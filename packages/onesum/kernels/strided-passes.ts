/**
 * The three passes down a strided axis, for a block of lanes that lie beside one another: maximum, exponentials with
 * their sum, scaling. What belongs to a lane stands in scratch memory; the method is told in strided.ts.
 */
import {
  type Code,
  Func,
  f32,
  f32x4,
  f64x2,
  I32,
  i8x16,
  i32,
  ifElse,
  type Local,
  SCRATCH,
  seq,
  V128,
  v128,
  whileTrue,
} from './assembler.ts'
import { type ExpConstants, expConstants, type Lanes, lanes, madd, polynomial } from './exp.ts'
import { BASE, HIGH_HALF, storePartial } from './rows.ts'

/** Bytes of the inner axis that a block takes at most. */
export const BLOCK = 384

/** Vectors that lie beside one another in a wide step. */
const WIDE = 3
export const WIDE_BYTES = 16 * WIDE

/** Offsets of the lanes' arrays in scratch: maxima, reduction constants and sums at first, then 1 / Σ in two parts. */
export const MAGICS = 0
export const FLOORS = BLOCK
export const SHIFTS = 2 * BLOCK
export const LOWS = 3 * BLOCK
export const HIGHS = 4 * BLOCK
export const SHARES = MAGICS
export const RESTS = FLOORS

/** A block of the inner axis on its way down: `row` is the address of the next step, `left` the steps to come. */
interface Block {
  readonly row: Local
  readonly stride: Local
  readonly left: Local
  /** Bytes of the block: whole wide tiles, one vector, or a part of one. */
  readonly width: Local
  /** Addresses of the rows in hand, and of their lanes in scratch. */
  readonly at: readonly Local[]
  readonly cell: Local
}

/**
 * Walks down a block by tiles of several steps of the axis, three vectors wide or one; what is left of the axis goes
 * one step and one vector at a time. `tile` sees `at` and `cell`.
 */
function down(
  b: Block,
  [wide, narrow]: readonly [number, number],
  tile: (rows: number, vectors: number) => Code,
): Code {
  const tiles = (rows: number, vectors: number) => {
    const at = b.at.slice(0, rows)
    const advance = (local: Local) => local.set(i32.add(local.get, i32.const(16 * vectors)))
    return whileTrue(
      i32.ge_u(b.left.get, i32.const(rows)),
      ...at.map((each, r) => each.set(r === 0 ? b.row.get : i32.add(at[r - 1].get, b.stride.get))),
      b.row.set(i32.add(at[rows - 1].get, b.stride.get)),
      b.left.set(i32.sub(b.left.get, i32.const(rows))),
      b.cell.set(SCRATCH),
      whileTrue(
        i32.lt_u(b.cell.get, i32.add(b.width.get, SCRATCH)),
        tile(rows, vectors),
        ...[...at, b.cell].map(advance),
      ),
    )
  }
  return seq(
    ifElse(i32.ge_u(b.width.get, i32.const(WIDE_BYTES)), tiles(wide, WIDE), narrow > 1 ? tiles(narrow, 1) : []),
    tiles(1, 1),
  )
}

/** Parameters and locals of a pass: row, stride, left, width. */
function block(f: Func): (rows: number) => Block {
  const [row, stride, left, width] = f.params(I32, 4)
  return (rows) => ({ row, stride, left, width, at: f.locals(I32, rows), cell: f.local(I32) })
}

/** Stores a vector, or the lanes that a narrow block has of it. */
const storeWithin = (b: Block, vectors: number, to: Code, offset: number, v: Local): Code =>
  vectors > 1
    ? v128.store(to, offset, v.get)
    : ifElse(i32.ge_u(b.width.get, i32.const(16)), v128.store(to, 0, v.get), storePartial(to, v, b.width.get))

/** stridedMaximum(x, stride, length, width): the lanes' maxima, NaN left aside, into SHIFTS, which hold -Infinity. */
export function stridedMaximum(): Func {
  const f = new Func('stridedMaximum', [], false)
  const b = block(f)(6)
  const v = f.locals(V128, WIDE)
  const tile = (rows: number, vectors: number) =>
    seq(
      ...v
        .slice(0, vectors)
        .flatMap((each, i) => [
          each.set(v128.load(b.cell.get, SHIFTS + 16 * i)),
          ...b.at.slice(0, rows).map((at) => each.set(f32x4.pmax(each.get, v128.load(at.get, 16 * i)))),
          v128.store(b.cell.get, SHIFTS + 16 * i, each.get),
        ]),
    )
  return f.body(down(b, [4, 1], tile))
}

/** q = exp(x) · 2^-N from a = x, fast form, with the constants of each lane. */
function expLanes(b: Block, w: Lanes, k: ExpConstants, m: readonly Local[], shifted: Local, fma: boolean): Code {
  const fm = madd(fma)
  const stage = (step: (i: number, v: number) => Code) => seq(...w.a.map((_, i) => step(i, i % m.length)))
  const lane = (array: number, v: number) => v128.load(b.cell.get, array + 16 * v)
  return seq(
    ifElse(
      shifted.get,
      stage((i, v) => w.a[i].set(f32x4.sub(w.a[i].get, lane(SHIFTS, v)))),
    ),
    stage((i, v) => w.a[i].set(f32x4.pmax(w.a[i].get, lane(FLOORS, v)))),
    ...m.map((each, v) => each.set(lane(MAGICS, v))),
    stage((i, v) => w.t[i].set(fm(w.a[i].get, k.log2e.get, m[v].get))),
    stage((i, v) => w.q[i].set(f32x4.sub(w.t[i].get, m[v].get))),
    stage((i) => w.a[i].set(fm(w.q[i].get, k.high.get, w.a[i].get))),
    k.fine ? [] : stage((i) => w.a[i].set(fm(w.q[i].get, k.low.get, w.a[i].get))),
    polynomial(w, k, fma),
  )
}

/** stridedExponentials(x, stride, length, width, y − x, shifted): stored at y, and added to LOWS and HIGHS. */
export function stridedExponentials(fma: boolean): Func {
  const f = new Func('stridedExponentials', [], false)
  const locals = block(f)
  const [delta, shifted] = f.params(I32, 2)
  const b = locals(2)
  const w = lanes(f, 6)
  const m = f.locals(V128, WIDE)
  const [low, high] = f.locals(V128, 2)
  const k = expConstants(f, BASE, fma)
  const tile = (rows: number, vectors: number) => {
    const count = rows * vectors
    const group: Lanes = { a: w.a.slice(0, count), t: w.t.slice(0, count), q: w.q.slice(0, count) }
    const q = (r: number, v: number) => group.q[r * vectors + v]
    const eachRow = (step: (r: number) => Code) => seq(...b.at.slice(0, rows).map((_, r) => step(r)))
    const eachVector = (step: (v: number) => Code) => seq(...m.slice(0, vectors).map((_, v) => step(v)))
    const each = (step: (r: number, v: number) => Code) => eachRow((r) => eachVector((v) => step(r, v)))
    const add = (r: number, v: number): Code => {
      const term = q(r, v).get
      const second = i8x16.shuffle(HIGH_HALF, term, term)
      return seq(
        low.set(f64x2.add(low.get, f64x2.promote_low_f32x4(term))),
        high.set(f64x2.add(high.get, f64x2.promote_low_f32x4(second))),
      )
    }
    return seq(
      each((r, v) => w.a[r * vectors + v].set(v128.load(b.at[r].get, 16 * v))),
      expLanes(b, group, k, m.slice(0, vectors), shifted, fma),
      each((r, v) => storeWithin(b, vectors, i32.add(b.at[r].get, delta.get), 16 * v, q(r, v))),
      eachVector((v) =>
        seq(
          low.set(v128.load(b.cell.get, LOWS + 16 * v)),
          high.set(v128.load(b.cell.get, HIGHS + 16 * v)),
          eachRow((r) => add(r, v)),
          v128.store(b.cell.get, LOWS + 16 * v, low.get),
          v128.store(b.cell.get, HIGHS + 16 * v, high.get),
        ),
      ),
    )
  }
  return f.body(k.load, down(b, [2, 2], tile))
}

/** stridedScale(y, stride, length, width): times SHARES + RESTS, and at most 1. */
export function stridedScale(fma: boolean): Func {
  const f = new Func('stridedScale', [], false)
  const b = block(f)(6)
  const [share, rest, one] = f.locals(V128, 3)
  const v = f.locals(V128, 6)
  const tile = (rows: number, vectors: number) =>
    seq(
      ...Array.from({ length: vectors }, (_, i) =>
        seq(
          share.set(v128.load(b.cell.get, SHARES + 16 * i)),
          rest.set(v128.load(b.cell.get, RESTS + 16 * i)),
          ...v.slice(0, rows).map((each, r) => each.set(v128.load(b.at[r].get, 16 * i))),
          // pmin gives its first operand where one is NaN
          ...v
            .slice(0, rows)
            .map((each) =>
              each.set(f32x4.pmin(madd(fma)(each.get, share.get, f32x4.mul(each.get, rest.get)), one.get)),
            ),
          ...v.slice(0, rows).map((each, r) => storeWithin(b, vectors, b.at[r].get, 16 * i, each)),
        ),
      ),
    )
  return f.body(one.set(f32x4.splat(f32.const(1))), down(b, [2, 1], tile))
}
