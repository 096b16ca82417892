/** Features and weights into the layouts of panels.ts and back, and the sums that say how to scale the features. */
import {
  type Code,
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
import { COLUMN } from './panels.ts'
import { HIGH_HALF } from './rows.ts'

const GROUP = 8
const advance = (local: Local, by: Code) => local.set(i32.add(local.get, by))

/**
 * tally(x, rows, columns, origin, sums, squares): adds x − origin of each column, and its square, in float64; room for up to
 * 3 columns more is written, too.
 */
export function tally(): Func {
  const f = new Func('tally')
  const [x, rows, columns, origin, sums, squares] = f.params(I32, 6)
  const [offset, end] = f.locals(I32, 2)
  const four = f.local(V128)
  const half = f.locals(V128, 2)
  const at = (base: Local) => i32.add(base.get, offset.get)
  const parts = [four.get, i8x16.shuffle(HIGH_HALF, four.get, four.get)]
  return f.body(
    end.set(i32.shl(columns.get, i32.const(3))),
    whileTrue(
      rows.get,
      offset.set(i32.const(0)),
      whileTrue(
        i32.lt_u(offset.get, end.get),
        four.set(v128.load(i32.add(x.get, i32.shr_u(offset.get, i32.const(1))))),
        ...half.map((each, i) => each.set(f64x2.sub(f64x2.promote_low_f32x4(parts[i]), v128.load(at(origin), 16 * i)))),
        ...half.flatMap((each, i) => [
          v128.store(at(sums), 16 * i, f64x2.add(v128.load(at(sums), 16 * i), each.get)),
          v128.store(at(squares), 16 * i, f64x2.add(v128.load(at(squares), 16 * i), f64x2.mul(each.get, each.get))),
        ]),
        advance(offset, i32.const(32)),
      ),
      advance(x, i32.shl(columns.get, i32.const(2))),
      rows.set(i32.sub(rows.get, i32.const(1))),
    ),
  )
}

/**
 * packRows(x, to, groups, rowBytes, toBytes, places, last, centres, factors): groups of eight rows of features, (x − centre) ·
 * factor in float32 at the byte offsets from `places` to `last`, a one after the last of them, zeros to the end of a group.
 */
export function packRows(): Func {
  const f = new Func('packRows')
  const [x, to, groups, rowBytes, toBytes, places, last, centres, factors] = f.params(I32, 9)
  const [place, along, offset, end, at] = f.locals(I32, 5)
  const rows = f.locals(I32, GROUP - 1)
  const row = (r: number) => i32.add(r === 0 ? x.get : rows[r - 1].get, offset.get)
  const [c, s] = f.locals(V128, 2)
  const v = f.locals(V128, 2)
  const both = (value: (i: number) => Code) => seq(...[0, 1].map((i) => v128.store(at.get, 16 * i, value(i))))
  const onwards = advance(at, i32.const(COLUMN))
  return f.body(
    whileTrue(
      groups.get,
      ...rows.map((each, r) => each.set(i32.add(r === 0 ? x.get : rows[r - 1].get, rowBytes.get))),
      place.set(places.get),
      at.set(to.get),
      end.set(i32.add(to.get, toBytes.get)),
      whileTrue(
        i32.lt_u(place.get, last.get),
        offset.set(i32.load(place.get)),
        along.set(i32.sub(place.get, places.get)),
        ...v.flatMap((each, i) => [
          each.set(v128.load32_splat(row(4 * i))),
          ...[1, 2, 3].map((r) => each.set(v128.load32_lane(r, row(4 * i + r), each.get))),
        ]),
        c.set(v128.load32_splat(i32.add(centres.get, along.get))),
        s.set(v128.load32_splat(i32.add(factors.get, along.get))),
        both((i) => f32x4.mul(f32x4.sub(v[i].get, c.get), s.get)),
        onwards,
        advance(place, i32.const(4)),
      ),
      both(() => f32x4.splat(f32.const(1))),
      onwards,
      whileTrue(
        i32.lt_u(at.get, end.get),
        both(() => f32x4.splat(f32.const(0))),
        onwards,
      ),
      to.set(end.get),
      advance(x, i32.shl(rowBytes.get, i32.const(3))),
      groups.set(i32.sub(groups.get, i32.const(1))),
    ),
  )
}

/**
 * name(wide, small, count, bytes): `count` rows of float64, of `bytes` each, are rounded to blocks of `width` rows of float32
 * that hold one entry of all their rows after the other; or `back`. With `narrow` the last block is as wide as its rows.
 */
function rounded(name: string, width: number, narrow: boolean, back: boolean): Func {
  const f = new Func(name)
  const [wide, small, count, bytes] = f.params(I32, 4)
  const [end, at, lane, step] = f.locals(I32, 4)
  return f.body(
    whileTrue(
      count.get,
      // how wide this block is, and where in it this row stands
      ifElse(
        i32.eqz(lane.get),
        step.set(
          narrow
            ? i32.shl(select(count.get, i32.const(width), i32.lt_u(count.get, i32.const(width))), i32.const(2))
            : i32.const(4 * width),
        ),
      ),
      at.set(i32.add(small.get, i32.shl(lane.get, i32.const(2)))),
      end.set(i32.add(wide.get, bytes.get)),
      whileTrue(
        i32.lt_u(wide.get, end.get),
        back
          ? f64.store(wide.get, 0, f64.promote_f32(f32.load(at.get)))
          : f32.store(at.get, 0, f32.demote_f64(f64.load(wide.get))),
        advance(wide, i32.const(8)),
        at.set(i32.add(at.get, step.get)),
      ),
      advance(lane, i32.const(1)),
      ifElse(
        i32.eq(i32.shl(lane.get, i32.const(2)), step.get),
        seq(
          lane.set(i32.const(0)),
          small.set(i32.add(small.get, i32.mul(i32.shr_u(bytes.get, i32.const(3)), step.get))),
        ),
      ),
      count.set(i32.sub(count.get, i32.const(1))),
    ),
  )
}

/** packTiles(w, to, classes, bytes): float64 weights of classes of `bytes` become tiles of float32. */
export const packTiles = (tile: number): Func => rounded('packTiles', tile, true, false)

/**
 * packTilesAcross(w, to, columns, rows, bytes, padded): what packTiles would make of the transpose, `columns` entries of `rows`
 * rows of `bytes`; a tile has room for `padded` rows.
 */
export function packTilesAcross(tile: number): Func {
  const f = new Func('packTilesAcross')
  const [w, to, columns, rows, bytes, padded] = f.params(I32, 6)
  const [from, end, left, width] = f.locals(I32, 4)
  return f.body(
    whileTrue(
      columns.get,
      width.set(select(columns.get, i32.const(tile), i32.lt_u(columns.get, i32.const(tile)))),
      from.set(w.get),
      left.set(rows.get),
      whileTrue(
        left.get,
        end.set(i32.add(to.get, i32.shl(width.get, i32.const(2)))),
        whileTrue(
          i32.lt_u(to.get, end.get),
          f32.store(to.get, 0, f32.demote_f64(f64.load(from.get))),
          advance(to, i32.const(4)),
          advance(from, i32.const(8)),
        ),
        advance(from, i32.sub(bytes.get, i32.shl(width.get, i32.const(3)))),
        advance(left, i32.const(-1)),
      ),
      advance(w, i32.shl(width.get, i32.const(3))),
      advance(to, i32.mul(i32.sub(padded.get, rows.get), i32.shl(width.get, i32.const(2)))),
      columns.set(i32.sub(columns.get, width.get)),
    ),
  )
}

/** packGroups(w, to, rows, bytes): rows of float64 become groups of eight rows; lanes without a row stay as they are. */
export const packGroups = (): Func => rounded('packGroups', GROUP, false, false)

/** unpackGroups(w, from, rows, bytes): groups of eight rows become rows of float64. */
export const unpackGroups = (): Func => rounded('unpackGroups', GROUP, false, true)
