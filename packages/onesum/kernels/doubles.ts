/**
 * The passes that kernels over contiguous float64 rows share: the row's maximum, its exponentials with their sum, and a sum
 * of products.
 *
 * Method: q = x − max, n = nearest(q · log2 e) comes out of adding 1.5 · 2^52 + 1023, whose low bits then hold n + 1023, so
 * that 2^n is one shift away. r = q − n ln 2 by Cody and Waite; ln 2 has a high part of 32 bits, whose product with n is
 * exact. exp(r) = 1 + r + r² p(r), p near-minimax of degree 8 on |r| <= ln 2 / 2: relative error below 3e-16, with all
 * roundings below 8e-16; exp(0) is exactly 1, and no result is above it. q is held at −1023 ln 2, where 2^n has the bits of
 * 0: what lies below 2^-1022 of the maximum is 0, or a subnormal within 2^-1022 of the exact value.
 *
 * The rounding of q, at most 2.9e-14 down to −512 and twice that below, stays: it is inside the bounds of float64 softmax.
 * Sums are added in blocks of 512 numbers, at most 130 additions to a lane (1.5e-14), and blocks by two-sums, so that errors
 * do not grow with the length.
 *
 * No fused multiply-add: one module for all engines. NaN passes through: all but the clamp is arithmetic, and pmax keeps it.
 */
import {
  type Code,
  F64,
  Func,
  f64,
  f64x2,
  I32,
  i32,
  i64,
  i64x2,
  ifElse,
  type Local,
  select,
  seq,
  V128,
  v128,
  whileTrue,
} from './assembler.ts'
import { BASE, ifPartial, walkToEnd } from './rows.ts'

/** p(r), from degree 0. */
const POLYNOMIAL = [
  0.49999999999998324, 0.16666666666611551, 0.04166666666813659, 0.008333333370871011, 0.0013888888516196552,
  0.00019841185235063756, 2.4801931749532152e-5, 2.76349912381144e-6, 2.7476786091169686e-7,
] as const

/** log2 e, the number that rounds, ln 2 in two parts, the clamp, and p. */
export const DOUBLE_CONSTANTS = Float64Array.of(
  Math.LOG2E,
  1.5 * 2 ** 52 + 1023,
  0.6931471803691238,
  1.9082149292705877e-10,
  -1023 * Math.LN2,
  ...POLYNOMIAL,
)

/** Where they stand behind the other constants. */
export const DOUBLE_OFFSET = 208

/** Vectors of float64 in an interleaved group. */
export const PAIRS = 2

/** Bytes of a block. */
const BLOCK = 4096

const each = (count: number, step: (i: number) => Code): Code =>
  seq(...Array.from({ length: count }, (_, i) => step(i)))

/** Stores what of a vector lies in [at, end). */
export const storeRest = (to: Code, vector: Local, at: Local, end: Local): Code =>
  ifElse(
    i32.ge_u(i32.sub(end.get, at.get), i32.const(16)),
    v128.store(to, 0, vector.get),
    v128.store64_lane(0, to, vector.get),
  )

/** Both lanes' sum. */
const across = (v: Local): Code => f64.add(f64x2.extract_lane(0, v.get), f64x2.extract_lane(1, v.get))

/** maximum(x, bytes): the largest entry, NaN left aside; -Infinity in an empty row. */
export function maximum64(): Func {
  const f = new Func('maximum', [F64], false)
  const [at, end] = f.params(I32, 2)
  const v = f.locals(V128, PAIRS)
  const take = (i: number, value: Code) => v[i].set(f64x2.pmax(v[i].get, value))
  const load = (i: number) => v128.load(at.get, 16 * i)
  return f.body(
    ...v.map((one) => one.set(f64x2.splat(f64.const(-Infinity)))),
    end.set(i32.add(at.get, end.get)),
    walkToEnd(
      at,
      end,
      each(PAIRS, (i) => take(i, load(i))),
      // both halves of what is left, or the one entry twice
      seq(
        take(0, v128.load64_splat(at.get)),
        ifPartial(at, end, at.set(i32.sub(at.get, i32.const(8)))),
        take(1, v128.load64_splat(at.get, 8)),
      ),
      PAIRS,
    ),
    ...v.slice(1).map((one) => take(0, one.get)),
    take(1, f64x2.splat(f64x2.extract_lane(1, v[0].get))),
    f64x2.extract_lane(0, f64x2.pmax(v[0].get, v[1].get)),
  )
}

/** A sum of blocks: `block` adds to `sum`, which begins each at 0, up to `end`; `total` is that of them all. */
function summed(f: Func, at: Local, end: Local, last: Local, block: (sum: Local) => Code) {
  const [sum, high, low, part, next] = f.locals(V128, 5)
  return {
    run: whileTrue(
      i32.lt_u(at.get, last.get),
      end.set(i32.add(at.get, i32.const(BLOCK))),
      end.set(select(end.get, last.get, i32.lt_u(end.get, last.get))),
      block(sum),
      // two-sum (Knuth): part is the new sum less the old
      next.set(f64x2.add(high.get, sum.get)),
      part.set(f64x2.sub(next.get, high.get)),
      low.set(
        f64x2.add(low.get, f64x2.add(f64x2.sub(high.get, f64x2.sub(next.get, part.get)), f64x2.sub(sum.get, part.get))),
      ),
      high.set(next.get),
      sum.set(f64x2.splat(f64.const(0))),
    ),
    total: f64.add(across(high), across(low)),
  }
}

/** The sum of a group, halves first. */
const tree = (group: readonly Local[]): Code =>
  group.length === 1
    ? group[0].get
    : f64x2.add(tree(group.slice(0, group.length / 2)), tree(group.slice(group.length / 2)))

/**
 * exponentials(x, y, bytes, max, move): exp(x − max), stored at y, or where `move` is 0 and not −1 all in one place of 64
 * bytes at y. Returns their sum but one maximum's. Beside an infinite maximum all others count as 0, unless NaN is there.
 */
export function exponentials64(): Func {
  const f = new Func('exponentials', [F64], false)
  const [at, to, last] = f.params(I32, 3)
  const max = f.param(F64)
  const move = f.param(I32)
  const end = f.local(I32)
  const [log2e, magic, high, low, floor, ...c] = f.locals(V128, DOUBLE_CONSTANTS.length)
  const [maxes, ties] = f.locals(V128, 2)
  const [q, t, n, tied] = [0, 1, 2, 3].map(() => f.locals(V128, PAIRS))
  const next = (vectors: number) => to.set(i32.add(to.get, i32.and(move.get, i32.const(16 * vectors))))
  const exp = (count: number): Code =>
    seq(
      each(count, (i) => tied[i].set(f64x2.eq(q[i].get, maxes.get))),
      each(count, (i) => q[i].set(f64x2.pmax(f64x2.sub(q[i].get, maxes.get), floor.get))),
      each(count, (i) => t[i].set(f64x2.add(f64x2.mul(q[i].get, log2e.get), magic.get))),
      each(count, (i) => n[i].set(f64x2.sub(t[i].get, magic.get))),
      each(count, (i) => q[i].set(f64x2.sub(q[i].get, f64x2.mul(n[i].get, high.get)))),
      each(count, (i) => q[i].set(f64x2.sub(q[i].get, f64x2.mul(n[i].get, low.get)))),
      each(count, (i) => n[i].set(f64x2.add(f64x2.mul(c[8].get, q[i].get), c[7].get))),
      ...[6, 5, 4, 3, 2, 1, 0].map((k) =>
        each(count, (i) => n[i].set(f64x2.add(f64x2.mul(n[i].get, q[i].get), c[k].get))),
      ),
      each(count, (i) => q[i].set(f64x2.add(q[i].get, f64x2.mul(f64x2.mul(q[i].get, q[i].get), n[i].get)))),
      each(count, (i) => t[i].set(i64x2.shl(t[i].get, i32.const(52)))),
      each(count, (i) => q[i].set(f64x2.add(f64x2.mul(q[i].get, t[i].get), t[i].get))),
    )
  const add = (sum: Local, count: number): Code =>
    seq(
      each(count, (i) => q[i].set(v128.andnot(q[i].get, tied[i].get))),
      each(count, (i) => ties.set(i64x2.sub(ties.get, tied[i].get))),
      sum.set(f64x2.add(sum.get, tree(q.slice(0, count)))),
      next(count),
    )
  const sums = summed(f, at, end, last, (sum) =>
    walkToEnd(
      at,
      end,
      seq(
        each(PAIRS, (i) => q[i].set(v128.load(at.get, 16 * i))),
        exp(PAIRS),
        each(PAIRS, (i) => v128.store(to.get, 16 * i, q[i].get)),
        add(sum, PAIRS),
      ),
      seq(
        q[0].set(v128.load(at.get)),
        ifPartial(at, end, q[0].set(f64x2.replace_lane(1, q[0].get, f64.const(-Infinity)))),
        exp(1),
        storeRest(to.get, q[0], at, end),
        add(sum, 1),
      ),
      PAIRS,
    ),
  )
  return f.body(
    ...[log2e, magic, high, low, floor, ...c].map((local, i) =>
      local.set(v128.load64_splat(BASE, DOUBLE_OFFSET + 8 * i)),
    ),
    maxes.set(f64x2.splat(max.get)),
    last.set(i32.add(at.get, last.get)),
    sums.run,
    f64.add(
      sums.total,
      f64.sub(
        f64.convert_i64_s(i64.add(i64x2.extract_lane(0, ties.get), i64x2.extract_lane(1, ties.get))),
        f64.const(1),
      ),
    ),
  )
}

/** dot(a, b, bytes, move): Σ a · b, where `move` is 0 and not −1 with one place of 64 bytes at a for all. */
export function dot64(): Func {
  const f = new Func('dot', [F64], false)
  const [a, at, last, move] = f.params(I32, 4)
  const end = f.local(I32)
  const v = f.locals(V128, PAIRS)
  const product = (i: number) => v[i].set(f64x2.mul(v128.load(a.get, 16 * i), v128.load(at.get, 16 * i)))
  const add = (sum: Local, count: number) =>
    seq(
      sum.set(f64x2.add(sum.get, tree(v.slice(0, count)))),
      a.set(i32.add(a.get, i32.and(move.get, i32.const(16 * count)))),
    )
  const sums = summed(f, at, end, last, (sum) =>
    walkToEnd(
      at,
      end,
      seq(each(PAIRS, product), add(sum, PAIRS)),
      seq(product(0), ifPartial(at, end, v[0].set(f64x2.replace_lane(1, v[0].get, f64.const(0)))), add(sum, 1)),
      PAIRS,
    ),
  )
  return f.body(last.set(i32.add(at.get, last.get)), sums.run, sums.total)
}
