/** Masks: any of their kinds, broadcast as in NumPy, become one byte per entry: 1 keeps, 0 leaves out. */
import { show, wrongKind, wrongValue } from '../check.ts'
import { sizeOf } from './layout.ts'
import { className, unwrap } from './open.ts'

const EXPECTED = 'booleans, or whole numbers 0 (leave out) and 1 (keep)'
const ADDITIVE =
  'an additive mask (0 and -Infinity) is not one of these: add it to the logits, or pass the entries it keeps'

/** Reads a mask for an array of the given shape; undefined where there is none. */
export function readMask(where: string, value: unknown, shape: readonly number[]): Uint8Array | undefined {
  if (value === undefined) return undefined
  const { array, tensor, shape: own } = unwrap(where, 'mask', value, EXPECTED)
  const flags = readFlags(where, array, tensor?.type)
  const from = own ?? fitTrailing(where, flags.length, shape)
  if (own && sizeOf(own) !== flags.length) {
    throw wrongValue(where, 'mask', `${flags.length} entries, as many as its data`, `[${own}]`)
  }
  return broadcast(where, flags, from, shape)
}

function readFlags(where: string, array: unknown, type: string | undefined): Uint8Array {
  const kind = className(array)
  if (!Array.isArray(array) && (kind === undefined || kind === 'DataView')) {
    throw wrongKind(where, 'mask', EXPECTED, show(array))
  }
  const source = array as ArrayLike<unknown>
  const flags = new Uint8Array(source.length)
  for (let i = 0; i < flags.length; i++) {
    const flag = source[i]
    if (flag === true || flag === 1 || flag === 1n) flags[i] = 1
    else if (!(flag === false || flag === 0 || flag === 0n)) {
      const got = `${show(flag)} at index ${i}`
      if (Array.isArray(flag)) {
        throw wrongKind(where, 'mask', EXPECTED, got, 'flatten it with .flat(), or pass { data, shape }')
      }
      throw typeof flag === 'number' || typeof flag === 'bigint'
        ? wrongValue(where, 'mask', EXPECTED, got, ADDITIVE)
        : wrongKind(where, 'mask', EXPECTED, got)
    }
  }
  // floats that are all 0 and 1 may still be meant additively, where 0 keeps: refuse to guess
  if (/^Float/.test(kind ?? '') || type === 'float16') {
    throw wrongKind(where, 'mask', EXPECTED, show(array), ADDITIVE)
  }
  return flags
}

/** The trailing axes that hold as many entries as a flat mask. */
function fitTrailing(where: string, length: number, shape: readonly number[]): readonly number[] {
  for (let rank = 0; rank <= shape.length; rank++) {
    const trailing = shape.slice(shape.length - rank)
    if (sizeOf(trailing) === length) return trailing
  }
  const fitting = [...shape.map((_, i) => sizeOf(shape.slice(i))), 1].join(' or ')
  throw wrongValue(where, 'mask', `${fitting} entries, to fit the trailing axes of [${shape}]`, String(length))
}

function broadcast(where: string, flags: Uint8Array, from: readonly number[], to: readonly number[]): Uint8Array {
  const missing = to.length - from.length
  if (missing < 0 || from.some((extent, i) => extent !== 1 && extent !== to[missing + i])) {
    throw wrongValue(where, 'mask', `a shape that broadcasts to [${to}]`, `[${from}]`)
  }
  if (flags.length === sizeOf(to)) return flags
  const strides = to.map((_, d) => (d < missing || from[d - missing] === 1 ? 0 : sizeOf(from.slice(d - missing + 1))))
  const full = new Uint8Array(sizeOf(to))
  const index = to.map(() => 0)
  let at = 0
  for (let i = 0; i < full.length; i++) {
    full[i] = flags[at]
    for (let d = to.length - 1; d >= 0; d--) {
      at += strides[d]
      if (++index[d] < to[d]) break
      at -= strides[d] * to[d]
      index[d] = 0
    }
  }
  return full
}
