/**
 * Gradient of softmax for many short float32 rows, 4 at once.
 *
 * Method: rows side by side, not transposed: each step takes one vector of each of the 4 rows, so that 4 sums run at
 * once. The last vector of a row overlaps its neighbour: its counted lanes are masked in the sum, and its results are
 * computed before any is written, so that the output may stand in an input's place. Products and sums as in
 * `softmaxBackward`.
 */
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
  i32x4,
  ifElse,
  type Local,
  select,
  seq,
  V128,
  v128,
  whileTrue,
} from './assembler.ts'
import { PRODUCT_SCALE } from './backward.ts'
import { demoted, LOW_HALVES } from './exp.ts'
import { HIGH_HALVES } from './quad.ts'
import { BASE, MASKS_OFFSET, storePartial } from './rows.ts'
import { promoted } from './short.ts'

/** Sums from here on are for the kernel of ordinary rows, which knows where to stop. */
const LIMIT = 2 ** 100

/**
 * softmaxBackwardShort(y, gy, out, groups, length): y (gy − Σ y gy) for 4 · groups rows, at temperature 1. Returns how
 * many rows it has done.
 */
export function softmaxBackwardShort(ordinary: Func): Func {
  const f = new Func('softmaxBackwardShort', [I32])
  const [y, gy, out, groups, bytes] = f.params(I32, 5)
  const [at, last, from, other, to, done, part] = f.locals(I32, 7)
  const [counted, scale] = f.locals(V128, 2)
  const sums = f.locals(V128, 4)
  const v = f.locals(V128, 4)
  const means = f.locals(V128, 4)
  const start = (...pairs: [Local, Local][]) =>
    seq(...pairs.map(([pointer, base]) => pointer.set(i32.add(base.get, at.get))))
  const rows = (pointers: Local[], step: (row: number) => Code) =>
    seq(
      ...[0, 1, 2, 3].map((row) =>
        seq(...(row === 0 ? [] : pointers.map((p) => p.set(i32.add(p.get, bytes.get)))), step(row)),
      ),
    )
  const inputs: [Local, Local][] = [
    [from, y],
    [other, gy],
  ]
  const product = f32x4.mul(f32x4.mul(v128.load(from.get), scale.get), v128.load(other.get))
  const value = (row: number) => f32x4.mul(v128.load(from.get), f32x4.sub(v128.load(other.get), means[row].get))
  const vectors = (body: Code) =>
    seq(
      at.set(i32.const(0)),
      whileTrue(i32.lt_s(at.get, last.get), body, at.set(i32.add(at.get, i32.const(16)))),
      at.set(last.get),
    )
  const both = (local: Local) => f64x2.add(...promoted(local))
  const within = (total: Local) => f64x2.lt(f64x2.abs(total.get), f64x2.splat(f64.const(LIMIT)))
  const total = (a: Local, b: Local) =>
    a.set(f64x2.add(i8x16.shuffle(LOW_HALVES, a.get, b.get), i8x16.shuffle(HIGH_HALVES, a.get, b.get)))
  const splatLane = (row: number) =>
    i8x16.shuffle(
      [0, 1, 2, 3].flatMap(() => [0, 1, 2, 3].map((byte) => 4 * row + byte)),
      v[0].get,
      v[0].get,
    )
  const group = seq(
    ...sums.map((sum) => sum.set(f64x2.splat(f64.const(0)))),
    vectors(
      seq(
        start(...inputs),
        rows([from, other], (row) => seq(v[row].set(product), sums[row].set(f64x2.add(sums[row].get, both(v[row]))))),
      ),
    ),
    start(...inputs),
    rows([from, other], (row) =>
      seq(v[row].set(v128.andnot(product, counted.get)), sums[row].set(f64x2.add(sums[row].get, both(v[row])))),
    ),
    total(sums[0], sums[1]),
    total(sums[2], sums[3]),
    ...[sums[0], sums[2]].map((sum) => sum.set(f64x2.mul(sum.get, f64x2.splat(f64.const(1 / PRODUCT_SCALE))))),
    v[0].set(demoted(sums[0].get, sums[2].get)),
  )
  const write = seq(
    ...means.map((mean, row) => mean.set(splatLane(row))),
    at.set(last.get),
    start(...inputs),
    rows([from, other], (row) => v[row].set(value(row))),
    vectors(
      seq(
        start(...inputs, [to, out]),
        rows([from, other, to], (row) => v128.store(to.get, 0, value(row))),
      ),
    ),
    start([to, out]),
    ifElse(
      i32.lt_u(bytes.get, i32.const(16)),
      rows([to], (row) => storePartial(to.get, v[row], bytes.get)),
      rows([to], (row) => v128.store(to.get, 0, v[row].get)),
    ),
    part.set(i32.const(4)),
  )
  const mask = (address: Code) => v128.load(i32.add(BASE, address), MASKS_OFFSET)
  const ones = v128.load32_splat(BASE, MASKS_OFFSET + 16)
  const four = i32.shl(bytes.get, i32.const(2))
  return f.body(
    scale.set(f32x4.splat(f32.const(PRODUCT_SCALE))),
    bytes.set(i32.shl(bytes.get, i32.const(2))),
    last.set(i32.sub(bytes.get, i32.const(16))),
    // lanes of the last vector that another one has, or that lie behind a row of fewer than 4 columns
    ifElse(
      i32.lt_s(last.get, i32.const(0)),
      seq(last.set(i32.const(0)), counted.set(v128.andnot(ones, mask(four)))),
      counted.set(mask(i32.and(i32.shl(i32.sub(i32.const(0), bytes.get), i32.const(2)), i32.const(48)))),
    ),
    whileTrue(
      groups.get,
      group,
      ifElse(
        i32.eq(i32x4.bitmask(v128.and(within(sums[0]), within(sums[2]))), i32.const(15)),
        write,
        part.set(ordinary.call(y.get, gy.get, out.get, i32.const(4), i32.shr_u(bytes.get, i32.const(2)), f64.const(1))),
      ),
      done.set(i32.add(done.get, part.get)),
      ...[y, gy, out].map((pointer) => pointer.set(i32.add(pointer.get, four))),
      // where a row was left these are the last
      groups.set(select(i32.sub(groups.get, i32.const(1)), i32.const(0), i32.eq(part.get, i32.const(4)))),
    ),
    done.get,
  )
}
