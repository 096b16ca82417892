/**
 * The exponential that all float32 kernels share, four lanes to a vector, several vectors interleaved.
 *
 * Method, fast form, for rows with |max| <= 180 at temperature 1. With N = nearest(max · log2 e), x itself is reduced:
 * n = nearest(x · log2 e) − N comes out of adding m = 1.5 · 2^23 + 127 − N, whose low bits then hold 127 + n, so that the
 * scale 2^n is one shift away and the error does not grow with max − x. r = x − (n + N) ln 2 by Cody and Waite, ln 2
 * = 0.693359375 − 2.12194440e-4: the first part has 10 bits, so its product with n + N is exact without FMA, too.
 * exp(r) = 1 + r + r² q(r), q of degree 4, on |r| <= ln 2 / 2 and a little; e = s · 2^n + 2^n with s = r + r² q. With FMA q
 * is Horner's; without, where a step of it takes two instructions, ((c4 r + c3) r² + (c2 r + c1)) r + c0 is a step shorter.
 * What lies below 2^-126.5 of the row's top has n = −127 and scale 0: e is exactly 0.
 * Error, as a part of e, in units of 2^-24: within [−1.42, 1.33] with FMA, [−1.43, 1.37] without; no
 * pair of neighbouring inputs is inverted.
 *
 * Method, fine: what softmax takes where multiply-add is fused, for there an output carries the errors of two exponentials
 * and may be off by 3 ulp. A quarter of a unit of the above is the rounding of r. Fused, ln 2 = h + l with all 24 bits
 * of 0.69314718246 in h leaves r = x − (n + N) h without error, and what is missing of r, c = −n l, is below 2^-21: it is
 * taken from t by one multiply-add and added where it is not rounded away, r + (c + r (c + r q)). Left out are c N / n,
 * a factor that all entries of a row share, and c r² / 2, for most of which l is taken 1.05 times as large.
 * Error within [−1.22, 1.20] of the same units; no pair is inverted.
 *
 * Method, wide form, for any maximum and temperature. p = (x − max) · log2(e) / T, n = nearest(p) and r = (p − n) ln 2 in
 * float64, rounded once to float32; then the same polynomial, never the fine one: what rounding leaves out of r differs from
 * neighbour to neighbour, and adding it would invert some of them. Errors as of the fast form.
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
  0.49999982118606567, 0.16666530072689056, 0.04167184606194496, 0.00836788397282362, 0.0013584094122052193,
] as const

/** ln 2 in 24 bits, and 1.05 times what it is too large by, for the fine method. */
const LN2_NEAREST = Math.fround(Math.LN2)
const LN2_BEYOND = Math.fround(1.05 * 1.904654299957768e-9)

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
  /** For the fine method: t · low + start is what r lacks, and room for it. */
  readonly fine: { readonly start: Local; readonly rest: Local } | undefined
}

/** Where the constants stand in memory, in float32. */
export const CONSTANTS = Float32Array.of(LOG2E, -LN2_HIGH, -LN2_LOW, ...POLYNOMIAL)

/** Those of the fine method, in place of both parts of ln 2. */
export const FINE_CONSTANTS = Float32Array.of(-LN2_NEAREST, LN2_BEYOND, -MAGIC * LN2_BEYOND)
export const FINE_OFFSET = 48

/** Declares the constants and loads them from `base`, as splats: vector constants would be made anew in every turn. */
export function expConstants(f: Func, base: Code, fine = false): ExpConstants {
  const [log2e, high, low, ...c] = f.locals(V128, CONSTANTS.length)
  const splat = (local: Local, offset: number) => local.set(v128.load32_splat(base, offset))
  const part = fine ? f.locals(V128, 2) : undefined
  const replaced = part ? [high, low, part[0]] : []
  const load = seq(
    ...[log2e, high, low, ...c].map((local, i) => (replaced.includes(local) ? [] : splat(local, 4 * i))),
    ...replaced.map((local, i) => splat(local, FINE_OFFSET + 4 * i)),
  )
  return { load, log2e, high, low, c, fine: part && { start: part[0], rest: part[1] } }
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
    k.fine ? [] : stage(n, (i) => w.a[i].set(fm(w.q[i].get, k.low.get, w.a[i].get))),
    polynomial(w, k, fma),
  )
}

/**
 * q = e^r · 2^n from a = r and the biased exponents in the low bits of t, in which the fine method finds what it adds to r.
 */
export function polynomial(w: Lanes, { c, low, fine }: ExpConstants, fma: boolean): Code {
  const fm = madd(fma)
  const n = w.a.length
  const finely = (i: number, { start, rest }: { start: Local; rest: Local }): Code =>
    seq(
      rest.set(fm(w.t[i].get, low.get, start.get)),
      w.q[i].set(f32x4.add(w.a[i].get, fm(fm(w.q[i].get, w.a[i].get, rest.get), w.a[i].get, rest.get))),
    )
  const square = (i: number): Code => f32x4.mul(w.a[i].get, w.a[i].get)
  return seq(
    stage(n, (i) => w.q[i].set(fm(c[4].get, w.a[i].get, c[3].get))),
    fma
      ? seq(
          stage(n, (i) => w.q[i].set(fm(w.q[i].get, w.a[i].get, c[2].get))),
          stage(n, (i) => w.q[i].set(fm(w.q[i].get, w.a[i].get, c[1].get))),
        )
      : // two steps at once: where a step takes two instructions, vectors in hand wait for each other
        stage(n, (i) => w.q[i].set(fm(w.q[i].get, square(i), fm(c[2].get, w.a[i].get, c[1].get)))),
    stage(n, (i) => w.q[i].set(fm(w.q[i].get, w.a[i].get, c[0].get))),
    // vector by vector: the next group fills the gaps, where more vectors in hand would spill
    fine ? stage(n, (i) => finely(i, fine)) : stage(n, (i) => w.q[i].set(fm(square(i), w.q[i].get, w.a[i].get))),
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
      reduce(high, highHalf(w.a[i].get)),
      w.t[i].set(f64x2.add(low.get, row.magic.get)),
      w.q[i].set(f64x2.add(high.get, row.magic.get)),
      rest(low, w.t[i].get),
      rest(high, w.q[i].get),
      w.t[i].set(i32x4.add(i8x16.shuffle(LOW_DWORDS, w.t[i].get, w.q[i].get), bias.get)),
      w.a[i].set(demoted(low.get, high.get)),
    )
  return seq(stage(w.a.length, each), polynomial(w, { ...k, fine: undefined }, fma))
}

const highHalf = (vector: Code): Code => i8x16.shuffle(HIGH_HALF, vector, vector)

/** Two float64 vectors as one of float32. */
export const demoted = (low: Code, high: Code): Code =>
  i8x16.shuffle(LOW_HALVES, f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high))
