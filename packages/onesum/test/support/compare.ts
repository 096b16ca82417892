import { expect } from 'vitest'
import { halfUlpDistance } from './half.ts'

const bits = new Int32Array(1)
const float = new Float32Array(bits.buffer)

function ordinal(value: number): number {
  float[0] = value
  const b = bits[0]
  return b < 0 ? -(b & 0x7fffffff) : b
}

/** Distance of two float32 in units in the last place: +0 equals -0, subnormals count. */
export function ulpDistance(a: number, b: number): number {
  return Math.abs(ordinal(a) - ordinal(b))
}

const double = new Float64Array(1)
const words = new Uint32Array(double.buffer)

/** The float32 spacing at a float64 reference value; 2^-149 below the normal range. */
export function ulp32(value: number): number {
  double[0] = value
  const exponent = ((words[1] >>> 20) & 0x7ff) - 1023
  return 2 ** (Math.max(-126, Math.min(exponent, 127)) - 23)
}

/** Where the first pair differs by more than its tolerance, as a sentence; '' where none does. */
export function firstDifference(
  got: ArrayLike<number>,
  want: ArrayLike<number>,
  tolerance: (index: number, want: number) => number,
): string {
  if (got.length !== want.length) return `length ${got.length} instead of ${want.length}`
  for (let i = 0; i < want.length; i++) {
    const a = got[i]
    const b = want[i]
    if (Object.is(a, b) || a === b || (Number.isNaN(a) && Number.isNaN(b))) continue
    const allowed = tolerance(i, b)
    // an infinity must be met exactly: |a - b| <= Infinity would let everything through
    if (!Number.isFinite(a) || !Number.isFinite(b) || !(Math.abs(a - b) <= allowed)) {
      return `[${i}] ${a} instead of ${b}, off by ${Math.abs(a - b)}, allowed ${allowed}`
    }
  }
  return ''
}

/** |got - want| <= atol + rtol |want|; NaN must meet NaN and an infinity must be equal. */
export function expectClose(got: ArrayLike<number>, want: ArrayLike<number>, rtol: number, atol: number): void {
  expect(firstDifference(got, want, (_, w) => atol + rtol * Math.abs(w))).toBe('')
}

/** Like `expectClose`, with a tolerance for each element. */
export function expectWithin(
  got: ArrayLike<number>,
  want: ArrayLike<number>,
  tolerance: (index: number, want: number) => number,
): void {
  expect(firstDifference(got, want, tolerance)).toBe('')
}

/** Same bits, NaN meeting NaN; the sign of zero counts. */
export function expectSame(got: ArrayLike<number>, want: ArrayLike<number>): void {
  expect(Array.from(got)).toEqual(Array.from(want))
}

/** Largest magnitude, 0 for an empty array; infinities and NaN left out. */
export function maxAbs(values: ArrayLike<number>): number {
  let largest = 0
  for (let i = 0; i < values.length; i++) {
    const magnitude = Math.abs(values[i])
    if (Number.isFinite(magnitude) && magnitude > largest) largest = magnitude
  }
  return largest
}

/** Units in the last place between two numbers of the same kind: float16 given as bits, or float32. */
export function halfOrSingleUlps(half: boolean, a: number, b: number): number {
  return half ? halfUlpDistance(a, b) : ulpDistance(a, b)
}
