/**
 * IEEE 754 binary16 and back, on bit patterns in a Uint16Array.
 *
 * Method: decoding is exact. Encoding rounds a float64 once, to nearest, ties to even: adding 2^52 units of the half's
 * last place and taking them away again leaves a whole number of those units. (A detour through float32 would round
 * twice, which is wrong near ties.)
 */

/** The value of one half, exactly. */
export function fromHalf(bits: number): number {
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  const sign = bits & 0x8000 ? -1 : 1
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 31) return fraction ? NaN : sign * Infinity
  return sign * (1024 + fraction) * units[exponent]
}

/** The bits of the half nearest to a number: ties to even, infinity from 65520 on, every NaN 0x7e00. */
export function toHalf(value: number): number {
  if (Number.isNaN(value)) return 0x7e00
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0
  const size = Math.abs(value)
  if (size >= 65520) return sign | 0x7c00
  let exponent = 1
  if (size >= 2 ** -14) exponent = Math.min(30, Math.floor(Math.log2(size)) + 15)
  // log2 may round up to the next whole number just below a power of two
  if (size < 1024 * units[exponent] && exponent > 1) exponent--
  const unit = units[exponent]
  const round = unit * 2 ** 52
  const count = (size + round - round) / unit
  // a normal count lies in [1024, 2048]: its leading bit, or its carry, adds itself to the exponent field
  return sign | (((exponent - 1) << 10) + count)
}

/** units[e]: the value of the last place of a half with the exponent field e. */
const units = /* @__PURE__ */ Float64Array.from({ length: 31 }, (_, exponent) => 2 ** (Math.max(exponent, 1) - 25))

/**
 * Numbers as float16 bits, rounded to nearest, ties to even.
 *
 * @param numbers any array of numbers
 * @returns a new Uint16Array of the same length
 * @example
 * import { encodeFloat16 } from 'onesum'
 *
 * encodeFloat16([1, 65504, 1e9]) // → [15360, 31743, 31744]
 */
export function encodeFloat16(numbers: ArrayLike<number>): Uint16Array<ArrayBuffer> {
  const bits = new Uint16Array(numbers.length)
  for (let i = 0; i < bits.length; i++) bits[i] = toHalf(numbers[i])
  return bits
}

/**
 * Float16 bits as numbers, exactly.
 *
 * @param bits float16 bit patterns
 * @returns a new Float32Array of the same length
 * @example
 * import { decodeFloat16 } from 'onesum'
 *
 * decodeFloat16(Uint16Array.of(15360, 31743)) // → [1, 65504]
 */
export function decodeFloat16(bits: ArrayLike<number>): Float32Array<ArrayBuffer> {
  const numbers = new Float32Array(bits.length)
  for (let i = 0; i < numbers.length; i++) numbers[i] = fromHalf(bits[i])
  return numbers
}
