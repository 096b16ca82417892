/**
 * Float16 to float32 and back, on contiguous arrays, in integer arithmetic.
 *
 * Method, decoding: the 15 bits without the sign, shifted to float32's place, become the float by adding 112 to their
 * exponent. A subnormal half f · 2^-24 is read with exponent 113 instead, as 2^-14 + f · 2^-24, and 2^-14 is
 * subtracted; where the exponent is 31, all exponent bits are set. Exact; no float32 subnormal ever occurs.
 *
 * Method, encoding: below 2^-14, adding 0.5 rounds to units of 2^-24, to nearest, ties to even, and leaves the half in
 * the low bits. Above, adding 0xfff and the lowest kept bit before the shift does the same, with the carry going into
 * the exponent; from 65520 on it reaches infinity, where the minimum holds all that is larger. Every NaN becomes
 * 0x7e00.
 * Source: F. Giesen, "Float → half variants", 2012.
 */
import {
  type Code,
  Func,
  f32x4,
  I32,
  i16x8,
  i32,
  i32x4,
  ifElse,
  type Local,
  seq,
  V128,
  v128,
  whileTrue,
} from './assembler.ts'
import { storePartial } from './rows.ts'

const FLOAT_BIAS = 112 << 23
const HALF_INFINITY = 0x7c00
const HALF_NAN = 0x7e00
const TWO_TO_MINUS_14 = 113 << 23
const ONE_HALF = 126 << 23

/** Splats of integers, set before a loop. */
function constants<Name extends string>(f: Func, values: Record<Name, number>): Record<Name, Code> & { set: Code } {
  const names = Object.keys(values) as Name[]
  const locals = f.locals(V128, names.length)
  const set = seq(...names.map((name, i) => locals[i].set(i32x4.splat(i32.const(values[name])))))
  return { set, ...(Object.fromEntries(names.map((name, i) => [name, locals[i].get])) as Record<Name, Code>) }
}

/** Walks `count` entries: `eight` at once, then `four`, then `rest` for what is left. */
function walkEntries(
  { from, to, count }: Record<'from' | 'to' | 'count', Local>,
  [fromBytes, toBytes]: readonly [number, number],
  { eight, four, rest }: Record<'eight' | 'four' | 'rest', Code>,
): Code {
  const turn = (entries: number, code: Code) =>
    seq(
      code,
      from.set(i32.add(from.get, i32.const(fromBytes * entries))),
      to.set(i32.add(to.get, i32.const(toBytes * entries))),
      count.set(i32.sub(count.get, i32.const(entries))),
    )
  return seq(
    whileTrue(i32.ge_u(count.get, i32.const(8)), turn(8, eight)),
    ifElse(i32.ge_u(count.get, i32.const(4)), turn(4, four)),
    ifElse(count.get, rest),
  )
}

/** halvesToFloats(from, to, count): every float16 as the float32 of the same value. */
export function halvesToFloats(): Func {
  const f = new Func('halvesToFloats')
  const at = { from: f.param(I32), to: f.param(I32), count: f.param(I32) }
  const [h, size, out] = f.locals(V128, 3)
  const k = constants(f, {
    magnitude: 0x7fff,
    sign: 0x80000000,
    bias: FLOAT_BIAS,
    least: TWO_TO_MINUS_14,
    normal: 1 << 23,
    finite: (31 << 23) - 1,
    infinity: 255 << 23,
  })
  const decode = (offset: number) =>
    seq(
      h.set(v128.load16x4_u(at.from.get, offset)),
      size.set(i32x4.shl(v128.and(h.get, k.magnitude), i32.const(13))),
      out.set(
        v128.bitselect(
          f32x4.sub(i32x4.add(size.get, k.least), k.least),
          i32x4.add(size.get, k.bias),
          i32x4.lt_s(size.get, k.normal),
        ),
      ),
      out.set(v128.or(out.get, v128.and(i32x4.gt_s(size.get, k.finite), k.infinity))),
      out.set(v128.or(out.get, v128.and(i32x4.shl(h.get, i32.const(16)), k.sign))),
    )
  const store = (offset: number) => v128.store(at.to.get, offset, out.get)
  return f.body(
    k.set,
    walkEntries(at, [2, 4], {
      eight: seq(decode(0), store(0), decode(8), store(16)),
      four: seq(decode(0), store(0)),
      rest: seq(decode(0), storePartial(at.to.get, out, i32.shl(at.count.get, i32.const(2)))),
    }),
  )
}

/** floatsToHalves(from, to, count): every float32 as the nearest float16, ties to even. */
export function floatsToHalves(): Func {
  const f = new Func('floatsToHalves')
  const at = { from: f.param(I32), to: f.param(I32), count: f.param(I32) }
  const [v, size, first, second] = f.locals(V128, 4)
  const k = constants(f, {
    half: ONE_HALF,
    one: 1,
    rebias: 0xfff - FLOAT_BIAS,
    normal: TWO_TO_MINUS_14,
    infinity: HALF_INFINITY,
    nan: HALF_NAN,
  })
  const right = (vector: Code, bits: number) => i32x4.shr_u(vector, i32.const(bits))
  const encode = (offset: number, out: Local) =>
    seq(
      v.set(v128.load(at.from.get, offset)),
      size.set(f32x4.abs(v.get)),
      out.set(i32x4.add(i32x4.add(size.get, k.rebias), v128.and(right(size.get, 13), k.one))),
      out.set(
        v128.bitselect(
          i32x4.sub(f32x4.add(size.get, k.half), k.half),
          i32x4.min_s(right(out.get, 13), k.infinity),
          i32x4.lt_s(size.get, k.normal),
        ),
      ),
      out.set(v128.or(out.get, right(v128.xor(v.get, size.get), 16))),
      out.set(v128.bitselect(k.nan, out.get, f32x4.ne(v.get, v.get))),
    )
  const narrow = (low: Local, high: Local) => i16x8.narrow_i32x4_u(low.get, high.get)
  const odd = i32.and(at.count.get, i32.const(1))
  return f.body(
    k.set,
    walkEntries(at, [4, 2], {
      eight: seq(encode(0, first), encode(16, second), v128.store(at.to.get, 0, narrow(first, second))),
      four: seq(encode(0, first), v128.store64_lane(0, at.to.get, narrow(first, first))),
      rest: seq(
        encode(0, first),
        first.set(narrow(first, first)),
        ifElse(
          i32.and(at.count.get, i32.const(2)),
          seq(v128.store32_lane(0, at.to.get, first.get), ifElse(odd, v128.store16_lane(2, at.to.get, first.get, 4))),
          v128.store16_lane(0, at.to.get, first.get),
        ),
      ),
    }),
  )
}
