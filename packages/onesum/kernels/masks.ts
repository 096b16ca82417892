/**
 * Masked float32 entries replaced by a value: -Infinity before a kernel, 0 or -Infinity behind it.
 *
 * Method: 16 bytes of mask at once, compared with 0 and sign-extended twice to 4 vectors of whole lanes, which choose
 * between entry and value. Entries are copied bit by bit, NaN included; a masked one influences nothing.
 */
import {
  type Code,
  Func,
  I32,
  i8x16,
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

/** fillMasked(x, mask, to, count, bits): mask byte ? x : the float32 with these bits; `to` may be `x`. */
export function fillMasked(): Func {
  const f = new Func('fillMasked')
  const [x, mask, to, count, bits] = [f.param(I32), f.param(I32), f.param(I32), f.param(I32), f.param(I32)]
  const [value, zero, masked, half, out] = f.locals(V128, 5)
  const choose = (offset: number, lanes: Code) => out.set(v128.bitselect(value.get, v128.load(x.get, offset), lanes))
  const store = (offset: number) => v128.store(to.get, offset, out.get)
  const advance = (entries: number) =>
    seq(
      ...([x, to] as Local[]).map((local) => local.set(i32.add(local.get, i32.const(4 * entries)))),
      mask.set(i32.add(mask.get, i32.const(entries))),
      count.set(i32.sub(count.get, i32.const(entries))),
    )
  const eight = (offset: number) =>
    seq(
      choose(offset, i32x4.extend_low_i16x8_s(half.get)),
      store(offset),
      choose(offset + 16, i32x4.extend_high_i16x8_s(half.get)),
      store(offset + 16),
    )
  const four = seq(
    masked.set(i8x16.eq(v128.load32_zero(mask.get), zero.get)),
    choose(0, i32x4.extend_low_i16x8_s(i16x8.extend_low_i8x16_s(masked.get))),
  )
  return f.body(
    value.set(i32x4.splat(bits.get)),
    zero.set(i32x4.splat(i32.const(0))),
    whileTrue(
      i32.ge_u(count.get, i32.const(16)),
      masked.set(i8x16.eq(v128.load(mask.get), zero.get)),
      half.set(i16x8.extend_low_i8x16_s(masked.get)),
      eight(0),
      half.set(i16x8.extend_high_i8x16_s(masked.get)),
      eight(32),
      advance(16),
    ),
    whileTrue(i32.ge_u(count.get, i32.const(4)), four, store(0), advance(4)),
    ifElse(count.get, seq(four, storePartial(to.get, out, i32.shl(count.get, i32.const(2))))),
  )
}
