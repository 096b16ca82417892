/** float16 as bits, written for the tests alone so that they do not lean on the library's own conversion. */

/** The value of binary16 `bits`. */
export function halfOfBits(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 31
  const fraction = bits & 0x3ff
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN
  if (exponent === 0) return sign * fraction * 2 ** -24
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

/** The bits of the binary16 nearest to `value`, ties to even. */
export function bitsOfHalf(value: number): number {
  if (Number.isNaN(value)) return 0x7e00
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0
  const magnitude = Math.abs(value)
  // 65520 is halfway between the largest half and the next power of two, and rounds to it: infinity.
  if (magnitude >= 65520) return sign | 0x7c00
  const exponent = magnitude < 2 ** -14 ? -14 : Math.floor(Math.log2(magnitude))
  // log2 may be one off at a power of two: a fraction of 2048 carries into the exponent by itself.
  const unit = 2 ** (exponent - 10)
  const steps = roundToEven(magnitude / unit)
  return sign | (steps < 1024 ? steps : ((exponent + 14) << 10) + steps)
}

/** Distance in units of binary16, counting through zero. */
export function halfUlpDistance(a: number, b: number): number {
  return Math.abs(ordinal(a) - ordinal(b))
}

function ordinal(bits: number): number {
  return bits & 0x8000 ? -(bits & 0x7fff) : bits
}

function roundToEven(x: number): number {
  const down = Math.floor(x)
  const rest = x - down
  if (rest !== 0.5) return Math.round(x)
  return down % 2 === 0 ? down : down + 1
}
