/**
 * Between strided and contiguous rows of float32: what lets every kernel over contiguous rows serve any axis.
 *
 * Method: a run of neighbouring rows is a matrix whose transpose lies contiguously. It is moved in squares of 4 × 4,
 * each transposed in registers by 8 shuffles, 16 columns (a cache line) at a time down all rows. Squares over the edge
 * load existing rows twice and at most 12 bytes behind a row, and store only what belongs to the matrix. Copies are
 * exact.
 */
import {
  type Code,
  Func,
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
import { storePartial } from './rows.ts'

/** Columns that pass down together. */
const BAND = 16

const words = (order: readonly number[]) => order.flatMap((word) => [0, 1, 2, 3].map((byte) => 4 * word + byte))
const interleaveLow = (a: Local, b: Local) => i8x16.shuffle(words([0, 4, 1, 5]), a.get, b.get)
const interleaveHigh = (a: Local, b: Local) => i8x16.shuffle(words([2, 6, 3, 7]), a.get, b.get)
const bothLow = (a: Local, b: Local) => i8x16.shuffle(words([0, 1, 4, 5]), a.get, b.get)
const bothHigh = (a: Local, b: Local) => i8x16.shuffle(words([2, 3, 6, 7]), a.get, b.get)

/** Transposes a square in registers: rows in v, columns into v. */
export function transposeSquare(v: readonly Local[], t: readonly Local[]): Code {
  return seq(
    t[0].set(interleaveLow(v[0], v[1])),
    t[1].set(interleaveHigh(v[0], v[1])),
    t[2].set(interleaveLow(v[2], v[3])),
    t[3].set(interleaveHigh(v[2], v[3])),
    v[0].set(bothLow(t[0], t[2])),
    v[1].set(bothHigh(t[0], t[2])),
    v[2].set(bothLow(t[1], t[3])),
    v[3].set(bothHigh(t[1], t[3])),
  )
}

const least = (a: Code, b: Code) => select(a, b, i32.lt_u(a, b))
const add = (local: Local, amount: Code) => local.set(i32.add(local.get, amount))
const positive = (local: Local) => i32.lt_s(i32.const(0), local.get)

/** transpose(from, fromStride, to, toStride, rows, columns): strides in bytes, `from` has the rows. */
export function transpose(): Func {
  const f = new Func('transpose', [], false)
  const [from, stride, to, toStride, rows, columns] = f.params(I32, 6)
  const [line, target, left, source, out, across, partial] = f.locals(I32, 7)
  const step = f.locals(I32, 4)
  const v = f.locals(V128, 4)
  const t = f.locals(V128, 4)
  const column = (k: number) => i32.add(out.get, i32.mul(toStride.get, i32.const(k)))
  const square = seq(
    ...v.map((each, k) => each.set(v128.load(i32.add(source.get, step[k].get)))),
    transposeSquare(v, t),
    ifElse(
      i32.or(partial.get, i32.lt_s(across.get, i32.const(4))),
      seq(
        ...v.map((each, k) =>
          ifElse(
            i32.lt_s(i32.const(k), across.get),
            ifElse(partial.get, storePartial(column(k), each, partial.get), v128.store(column(k), 0, each.get)),
          ),
        ),
      ),
      seq(...v.map((each, k) => v128.store(column(k), 0, each.get))),
    ),
    add(source, i32.const(16)),
    add(out, i32.shl(toStride.get, i32.const(2))),
    across.set(i32.sub(across.get, i32.const(4))),
  )
  const fourRows = seq(
    // bytes of the rows that are there, where fewer than 4 are
    partial.set(select(i32.shl(left.get, i32.const(2)), i32.const(0), i32.lt_u(left.get, i32.const(4)))),
    ...step.map((each, k) =>
      each.set(select(i32.mul(stride.get, i32.const(k)), i32.const(0), i32.lt_s(i32.const(k), left.get))),
    ),
    source.set(line.get),
    out.set(target.get),
    across.set(least(columns.get, i32.const(BAND))),
    whileTrue(positive(across), square),
    add(line, i32.shl(stride.get, i32.const(2))),
    add(target, i32.const(16)),
    left.set(i32.sub(left.get, i32.const(4))),
  )
  return f.body(
    whileTrue(
      positive(columns),
      line.set(from.get),
      target.set(to.get),
      left.set(rows.get),
      whileTrue(positive(left), fourRows),
      add(from, i32.const(4 * BAND)),
      add(to, i32.mul(toStride.get, i32.const(BAND))),
      columns.set(i32.sub(columns.get, i32.const(BAND))),
    ),
  )
}

/** Walks rows first … first + count of a strided array, run by run; a run lies within one outer slice. */
function moveRows(name: 'gather' | 'scatter', transposed: Func): Func {
  const f = new Func(name)
  const [from, to, length, inner, first, count] = f.params(I32, 6)
  const [strided, rows] = name === 'gather' ? [from, to] : [to, from]
  const [outer, run] = f.locals(I32, 2)
  const bytes = (floats: Code) => i32.shl(floats, i32.const(2))
  return f.body(
    outer.set(i32.div_u(first.get, inner.get)),
    first.set(i32.sub(first.get, i32.mul(outer.get, inner.get))),
    add(strided, bytes(i32.add(i32.mul(i32.mul(outer.get, length.get), inner.get), first.get))),
    whileTrue(
      count.get,
      run.set(least(i32.sub(inner.get, first.get), count.get)),
      name === 'gather'
        ? transposed.call(from.get, bytes(inner.get), to.get, bytes(length.get), length.get, run.get)
        : transposed.call(from.get, bytes(length.get), to.get, bytes(inner.get), run.get, length.get),
      add(rows, bytes(i32.mul(run.get, length.get))),
      // only the last run can end inside its slice: where there is a next one, it starts a slice
      add(strided, bytes(i32.add(run.get, i32.mul(i32.sub(length.get, i32.const(1)), inner.get)))),
      first.set(i32.const(0)),
      count.set(i32.sub(count.get, run.get)),
    ),
  )
}

/**
 * gather(x, to, length, inner, first, count): rows first … first + count of a strided array, contiguous at `to`.
 * Entry j of row r = o · inner + i stands at (o · length + j) · inner + i.
 */
export const gather = (transposed: Func): Func => moveRows('gather', transposed)

/** scatter(from, y, length, inner, first, count): contiguous rows back to their places in a strided array at `y`. */
export const scatter = (transposed: Func): Func => moveRows('scatter', transposed)
