/**
 * The moments of contiguous float32 rows under their own softmax, in float64 throughout: what a temperature is fitted by.
 *
 * Method: d = x − max, p = d · log2(e) / T, n = nearest(p), and exp(d / T) = 2^n · 2^(p − n), the last factor by its Taylor
 * polynomial of degree 8 in f = p − n, |f| <= 1/2: relative error below 3e-10. d is clamped where 2^n would be 2^-1023, whose
 * bits are those of 0, so that logits of -Infinity add exactly nothing. Two lanes of float64, four vectors interleaved.
 *
 * NaN passes through: the clamp keeps it, all else is arithmetic. Beside an infinite maximum d is NaN.
 */
import {
  type Code,
  F32,
  F64,
  Func,
  f32,
  f32x4,
  f64,
  f64x2,
  I32,
  i8x16,
  i32,
  i64x2,
  type Local,
  seq,
  V128,
  v128,
  whileTrue,
} from './assembler.ts'
import { BASE, HIGH_HALF, partialMask, walk } from './rows.ts'

/** The degree of 2^f's polynomial. */
const DEGREE = 8

/** 1.5 · 2^52 + 1023: adding it rounds to whole numbers, and leaves them biased as exponents in the low bits. */
const MAGIC_BIASED = 6755399441055744 + 1023

/** Where the constants stand behind the others, in float64: the coefficients ln2^k / k! from k = 0, then the magic number. */
export const MOMENT_CONSTANTS = Float64Array.from({ length: DEGREE + 2 }, (_, k) => {
  let coefficient = 1
  for (let i = 1; i <= k; i++) coefficient *= Math.LN2 / i
  return k > DEGREE ? MAGIC_BIASED : coefficient
})
export const MOMENT_OFFSET = 128

/** Vectors of float32 in a group: twice as many of float64. */
const PAIRS = 2

/** a · b + c: fused where the engine fuses, rounded twice elsewhere. */
const madd =
  (fma: boolean) =>
  (a: Code, b: Code, c: Code): Code =>
    fma ? f64x2.relaxed_madd(a, b, c) : f64x2.add(f64x2.mul(a, b), c)

/**
 * moments(x, rows, length, scale, out): `scale` is log2(e) / T; four float64 per row at `out`: the maximum, Σ e, Σ e d and
 * Σ e d², where d = x − max and e = exp(d / T). Σ e is NaN where the row has no softmax.
 */
export function moments(fma: boolean, maximum: Func): Func {
  const fm = madd(fma)
  const f = new Func('moments')
  const [x, rows, bytes] = f.params(I32, 3)
  const scale = f.param(F64)
  const out = f.param(I32)
  const [at, end] = f.locals(I32, 2)
  const top = f.local(F32)
  const [center, factor, floor, magic, least, zeroth, first, second] = f.locals(V128, 8)
  const c = f.locals(V128, DEGREE + 1)
  const singles = f.locals(V128, PAIRS)
  const [d, t, q, p] = [0, 1, 2, 3].map(() => f.locals(V128, 2 * PAIRS))

  const stage = (count: number, step: (i: number) => Code) => seq(...Array.from({ length: count }, (_, i) => step(i)))
  const half = (i: number): Code => {
    const pair = singles[i >> 1].get
    return f64x2.promote_low_f32x4(i % 2 === 0 ? pair : i8x16.shuffle(HIGH_HALF, pair, pair))
  }
  const add = (sum: Local, value: Code) => sum.set(f64x2.add(sum.get, value))
  const each = (load: (i: number) => Code, pairs: number): Code => {
    const n = 2 * pairs
    return seq(
      stage(pairs, (i) => singles[i].set(load(i))),
      stage(n, (i) => d[i].set(f64x2.pmax(f64x2.sub(half(i), center.get), floor.get))),
      stage(n, (i) => q[i].set(f64x2.mul(d[i].get, factor.get))),
      stage(n, (i) => t[i].set(f64x2.add(q[i].get, magic.get))),
      stage(n, (i) => q[i].set(f64x2.sub(q[i].get, f64x2.sub(t[i].get, magic.get)))),
      stage(n, (i) => t[i].set(i64x2.shl(t[i].get, i32.const(52)))),
      stage(n, (i) => p[i].set(fm(c[DEGREE].get, q[i].get, c[DEGREE - 1].get))),
      ...c
        .slice(0, DEGREE - 1)
        .reverse()
        .map((coefficient) => stage(n, (i) => p[i].set(fm(p[i].get, q[i].get, coefficient.get)))),
      stage(n, (i) => t[i].set(f64x2.mul(t[i].get, p[i].get))),
      stage(n, (i) => seq(add(zeroth, t[i].get), t[i].set(f64x2.mul(t[i].get, d[i].get)))),
      stage(n, (i) => seq(add(first, t[i].get), second.set(fm(t[i].get, d[i].get, second.get)))),
    )
  }
  const load = (i: number) => v128.load(at.get, 16 * i)
  const total = (sum: Local) => f64.add(f64x2.extract_lane(0, sum.get), f64x2.extract_lane(1, sum.get))
  return f.body(
    ...c.map((local, k) => local.set(v128.load64_splat(BASE, MOMENT_OFFSET + 8 * k))),
    magic.set(v128.load64_splat(BASE, MOMENT_OFFSET + 8 * c.length)),
    bytes.set(i32.shl(bytes.get, i32.const(2))),
    factor.set(f64x2.splat(scale.get)),
    floor.set(f64x2.splat(f64.div(f64.const(-1023), scale.get))),
    least.set(f32x4.splat(f32.const(-Infinity))),
    whileTrue(
      rows.get,
      top.set(maximum.call(x.get, bytes.get)),
      center.set(f64x2.splat(f64.promote_f32(top.get))),
      zeroth.set(f64x2.splat(f64.const(0))),
      first.set(zeroth.get),
      second.set(zeroth.get),
      at.set(x.get),
      end.set(i32.add(x.get, bytes.get)),
      walk(
        at,
        end,
        {
          group: each(load, PAIRS),
          single: each(load, 1),
          partial: each((i) => v128.bitselect(load(i), least.get, partialMask(BASE, at, end)), 1),
        },
        PAIRS,
      ),
      f64.store(out.get, 0, f64.promote_f32(top.get)),
      f64.store(out.get, 8, total(zeroth)),
      f64.store(out.get, 16, total(first)),
      f64.store(out.get, 24, total(second)),
      out.set(i32.add(out.get, i32.const(32))),
      x.set(end.get),
      rows.set(i32.sub(rows.get, i32.const(1))),
    ),
  )
}
