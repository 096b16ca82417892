/**
 * The exponential that all float32 kernels share, four lanes to a vector, several vectors interleaved.
 *
 * Method, fast form, for rows with |max| <= 180 at temperature 1. With N = nearest(max · log2 e), x itself is reduced:
 * n = nearest(x · log2 e) − N comes out of adding m = 1.5 · 2^23 + 127 − N, whose low bits then hold 127 + n, so that the
 * scale 2^n is one shift away and the error does not grow with max − x. r = x − (n + N) ln 2 by Cody and Waite, ln 2
 * = 0.693359375 − 2.12194440e-4: the first part has 10 bits, so its product with n + N is exact without FMA, too.
 * exp(r) = 1 + r + r² q(r), q of degree 4, on |r| <= ln 2 / 2 and a little; e = s · 2^n + 2^n with s = r + r² q.
 * What lies below 2^-126.5 of the row's top has n = −127 and scale 0: e is exactly 0.
 * Error at most 1.01 ulp with FMA, 1.02 without (0.99 for maxima above -150); no pair of neighbouring inputs is inverted.
 *
 * Method, wide form, for any maximum and temperature. p = (x − max) · log2(e) / T, n = nearest(p) and r = (p − n) ln 2 in
 * float64, rounded once to float32; then the same polynomial.
 *
 * NaN passes through both: every step but the clamp is arithmetic, and pmax(x, low) keeps an x that is NaN; the scale is
 * multiplied as a number, never added to an exponent.
 */
import { type Code, type Func, f32x4, f64x2, i8x16, i32, i32x4, type Local, seq, V128, v128 } from './assembler.ts'
import { HIGH_HALF } from './rows.ts'

export const LOG2E = Math.LOG2E
export const LN2_HIGH = 0.693359375
export const LN2_LOW = -2.1219444e-4

/** q(r), from degree 0. */
export const POLYNOMIAL = [
  0.4999999403952552, 0.1666652113199234, 0.04166838899254799, 0.008368716575205326, 0.001381459878757596,
] as const

/** 1.5 · 2^23 + 127: adding it rounds to whole numbers, and leaves them biased as exponents in the low bits. */
export const MAGIC = 12583039

/** 1.5 · 2^52: the same for float64, unbiased. */
export const MAGIC64 = 6755399441055744

/** The fast form takes rows whose maximum is at most this far from 0. */
export const FAST_LIMIT = 180

/** a · b + c: fused where the engine fuses, rounded twice elsewhere. */
export const madd =
  (fma: boolean) =>
  (a: Code, b: Code, c: Code): Code =>
    fma ? f32x4.relaxed_madd(a, b, c) : f32x4.add(f32x4.mul(a, b), c)

/** Constants of the polynomial and of the reduction, loaded before a loop. */
export interface ExpConstants {
  readonly load: Code
  readonly log2e: Local
  readonly high: Local
  readonly low: Local
  readonly c: readonly Local[]
}

/** Where the constants stand in memory, in float32. */
export const CONSTANTS = Float32Array.of(LOG2E, -LN2_HIGH, -LN2_LOW, ...POLYNOMIAL)

/** Declares the constants and loads them from `base`, as splats: vector constants would be made anew in every turn. */
export function expConstants(f: Func, base: Code): ExpConstants {
  const [log2e, high, low, ...c] = f.locals(V128, CONSTANTS.length)
  const load = seq(...[log2e, high, low, ...c].map((local, i) => local.set(v128.load32_splat(base, 4 * i))))
  return { load, log2e, high, low, c }
}

/** Working vectors of one interleaved group. */
export interface Lanes {
  readonly a: readonly Local[]
  readonly t: readonly Local[]
  readonly q: readonly Local[]
}

export function lanes(f: Func, count: number): Lanes {
  return { a: f.locals(V128, count), t: f.locals(V128, count), q: f.locals(V128, count) }
}

/** One step for every vector of the group, before the next step begins. */
const stage = (count: number, step: (i: number) => Code): Code =>
  seq(...Array.from({ length: count }, (_, i) => step(i)))

/** q = exp(x) · 2^-N from a = x, fast form; `m` and `floor` belong to the row. */
export function expFast(w: Lanes, k: ExpConstants, m: Local, floor: Local, fma: boolean): Code {
  const fm = madd(fma)
  const n = w.a.length
  return seq(
    stage(n, (i) => w.a[i].set(f32x4.pmax(w.a[i].get, floor.get))),
    stage(n, (i) => w.t[i].set(fm(w.a[i].get, k.log2e.get, m.get))),
    stage(n, (i) => w.q[i].set(f32x4.sub(w.t[i].get, m.get))),
    stage(n, (i) => w.a[i].set(fm(w.q[i].get, k.high.get, w.a[i].get))),
    stage(n, (i) => w.a[i].set(fm(w.q[i].get, k.low.get, w.a[i].get))),
    polynomial(w, k, fma),
  )
}

/** q = e^r · 2^n from a = r and the biased exponents in the low bits of t. */
export function polynomial(w: Lanes, { c }: ExpConstants, fma: boolean): Code {
  const fm = madd(fma)
  const n = w.a.length
  return seq(
    stage(n, (i) => w.q[i].set(fm(c[4].get, w.a[i].get, c[3].get))),
    stage(n, (i) => w.q[i].set(fm(w.q[i].get, w.a[i].get, c[2].get))),
    stage(n, (i) => w.q[i].set(fm(w.q[i].get, w.a[i].get, c[1].get))),
    stage(n, (i) => w.q[i].set(fm(w.q[i].get, w.a[i].get, c[0].get))),
    stage(n, (i) => w.q[i].set(fm(f32x4.mul(w.a[i].get, w.a[i].get), w.q[i].get, w.a[i].get))),
    stage(n, (i) => w.t[i].set(i32x4.shl(w.t[i].get, i32.const(23)))),
    stage(n, (i) => w.q[i].set(fm(w.q[i].get, w.t[i].get, w.t[i].get))),
  )
}

/** What the wide form needs of the row, in float64 splats, and three working vectors. */
export interface WideRow {
  /** The row's maximum. */
  readonly max: Local
  /** log2(e) / T. */
  readonly scale: Local
  readonly magic: Local
  readonly floor: Local
  readonly ln2: Local
  readonly p: readonly [Local, Local]
}

export function wideRow(f: Func): WideRow {
  const [max, scale, magic, floor, ln2, low, high] = f.locals(V128, 7)
  return { max, scale, magic, floor, ln2, p: [low, high] }
}

/** Where the wide form's constants stand behind the others, in float64. */
export const WIDE_CONSTANTS = Float64Array.of(MAGIC64, Math.LN2)
export const WIDE_OFFSET = 32

export function loadWide(row: WideRow, base: Code): Code {
  const each = [row.magic, row.ln2]
  return seq(...each.map((local, i) => local.set(v128.load64_splat(base, WIDE_OFFSET + 8 * i))))
}

const LOW_DWORDS = [0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27]
export const LOW_HALVES = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23]

/** q = exp((x − max) / T) from a = x, wide form. */
export function expWide(w: Lanes, k: ExpConstants, row: WideRow, bias: Local, fma: boolean): Code {
  const [low, high] = row.p
  const reduce = (p: Local, half: Code): Code =>
    p.set(f64x2.pmax(f64x2.mul(f64x2.sub(f64x2.promote_low_f32x4(half), row.max.get), row.scale.get), row.floor.get))
  const rest = (p: Local, whole: Code): Code =>
    p.set(f64x2.mul(f64x2.sub(p.get, f64x2.sub(whole, row.magic.get)), row.ln2.get))
  const each = (i: number): Code =>
    seq(
      reduce(low, w.a[i].get),
      reduce(high, i8x16.shuffle(HIGH_HALF, w.a[i].get, w.a[i].get)),
      w.t[i].set(f64x2.add(low.get, row.magic.get)),
      w.q[i].set(f64x2.add(high.get, row.magic.get)),
      rest(low, w.t[i].get),
      rest(high, w.q[i].get),
      w.t[i].set(i32x4.add(i8x16.shuffle(LOW_DWORDS, w.t[i].get, w.q[i].get), bias.get)),
      w.a[i].set(i8x16.shuffle(LOW_HALVES, f32x4.demote_f64x2_zero(low.get), f32x4.demote_f64x2_zero(high.get))),
    )
  return seq(stage(w.a.length, each), polynomial(w, k, fma))
}
