import { decodeFloat16, encodeFloat16 } from 'onesum'

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i
const WORD = /^([+-]?)(?:(nan)|inf(?:inity)?)$/i

/** A number written in full, or NaN, inf, Infinity in any case and sign; undefined for everything else. */
export function parseNumber(text: string): number | undefined {
  const first = text.charCodeAt(0)
  const second = text.charCodeAt(1)
  // after 1-9, "0." or a minus and a digit Number() is strict: no hexadecimal, no empty text
  if ((first >= 49 && first <= 57) || (first === 48 ? second === 46 : first === 45 && second >= 48 && second <= 57)) {
    const value = Number(text)
    return Number.isNaN(value) ? undefined : value
  }
  const trimmed = text.trim()
  if (DECIMAL.test(trimmed)) return Number(trimmed)
  const word = WORD.exec(trimmed)
  if (!word) return undefined
  if (word[2]) return Number.NaN
  return word[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
}

/** A JSON number, or one of the words that stand for non-finite ones; undefined for everything else. */
export function jsonNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  return value === 'NaN' || value === 'Infinity' || value === '-Infinity' ? Number(value) : undefined
}

/** Shortest decimal that reads back as the same float64. */
export function printFloat64(value: number): string {
  return value === 0 && 1 / value < 0 ? '-0' : String(value)
}

const POWERS = Array.from({ length: 23 }, (_, exponent) => 10 ** exponent)

// 10^k is exact, so its reciprocal is the float64 nearest to 10^-k
function powerOfTen(exponent: number): number {
  return exponent >= 0 ? (POWERS[exponent] as number) : 1 / (POWERS[-exponent] as number)
}

/**
 * Shortest decimal that reads back as the same float32.
 *
 * For k ≤ 22 and m < 2^53 both m and 10^k are exact, so m / 10^k is the float64 nearest to the decimal m·10^-k: testing
 * it tests what a reader of that decimal gets, and its own shortest text is that decimal.
 */
export function printFloat32(value: number): string {
  const size = Math.abs(value)
  if (!(size >= 1e-12 && size < 1e9)) return printRare(value)
  let exponent = Math.floor(Math.log10(size))
  // log10 may round across a power of ten
  if (size < powerOfTen(exponent)) exponent--
  else if (size >= powerOfTen(exponent + 1)) exponent++
  for (let digits = 6; digits <= 9; digits++) {
    const k = digits - 1 - exponent
    const power = POWERS[Math.abs(k)] as number
    const whole = Math.round(k >= 0 ? size * power : size / power)
    const candidate = k >= 0 ? whole / power : whole * power
    if (Math.fround(candidate) !== size) continue
    // String is several times as fast on the whole number as on the candidate; a zero at the end is left to it
    const text = k > 0 && whole % 10 !== 0 ? withPoint(String(whole), exponent) : String(candidate)
    return value < 0 ? `-${text}` : text
  }
  return printRare(value)
}

const LEADING = ['0.', '0.0', '0.00', '0.000', '0.0000', '0.00000']

/** The digits of d.ddd·10^exponent, the last not zero, as String writes that number. */
function withPoint(digits: string, exponent: number): string {
  if (exponent >= 0) return `${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`
  if (exponent >= -LEADING.length) return (LEADING[-1 - exponent] as string) + digits
  return `${digits.slice(0, 1)}.${digits.slice(1)}e${exponent}`
}

// zeros, non-finite, and magnitudes beyond the fast path's exact powers of ten
function printRare(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return printFloat64(value)
  // only subnormal numbers can do with fewer than 6 digits that are not zeros at the end of 6
  for (let digits = Math.abs(value) < 2 ** -126 ? 1 : 6; digits < 9; digits++) {
    const candidate = Number(value.toPrecision(digits))
    if (Math.fround(candidate) === value) return String(candidate)
  }
  return String(Number(value.toPrecision(9)))
}

const halves: string[] = []

/** Shortest decimal that reads back as the same float16, from its bits; each is worked out once. */
export function printFloat16(bits: number): string {
  halves[bits] ??= shortestHalf(bits)
  return halves[bits] as string
}

function shortestHalf(bits: number): string {
  const value = decodeFloat16(Uint16Array.of(bits))[0] as number
  if (value === 0 || !Number.isFinite(value)) return printFloat64(value)
  for (let digits = 1; digits < 5; digits++) {
    const candidate = Number(value.toPrecision(digits))
    if (encodeFloat16([candidate])[0] === bits) return String(candidate)
  }
  return String(Number(value.toPrecision(5)))
}
