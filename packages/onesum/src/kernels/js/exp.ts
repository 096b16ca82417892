/**
 * The exponential in float64, of IEEE operations alone, so that every engine gives the same bits (Math.exp is each
 * engine's own, and takes twice the time).
 *
 * Method: x = n · ln 2 / 128 + r with |r| <= ln 2 / 256, so e^x = 2^(n >> 7) · 2^((n & 127) / 128) · e^r. The first two
 * factors come from tables, the last from its Taylor polynomial of degree 5 (Tang, Table-Driven Implementation of the
 * Exponential Function, 1989). ln 2 / 128 has a high part of 33 bits, whose product with n is exact.
 *
 * Error: below 0.515 ulp, units of 2^-1074 where the result is subnormal. Never decreasing.
 */
import { productError } from './exact.ts'

const PER_STEP = 184.6649652337873
const STEP_HIGH = 0.0054152123475432745
const STEP_LOW = 5.812982117197185e-13

/** Adding and subtracting it rounds to a whole number. */
const ROUND = 1.5 * 2 ** 52

/** ln 2^-1022: below it, results are subnormal. */
const LEAST_NORMAL = -708.3964185322641

/** Pairs for i in 0 … 127: 2^(i / 128) rounded, and what that leaves out, relative to it. */
const fractions = /* @__PURE__ */ fractionalPowers()

/** 2^(k − 1023). */
const powers = /* @__PURE__ */ wholePowers()

/** e^x. */
export function exp(x: number): number {
  if (!(Math.abs(x) < 708)) return outlying(x)
  const n = x * PER_STEP + ROUND - ROUND
  const i = (n & 127) << 1
  const fraction = fractions[i]
  return (fraction + fraction * beyond(x, n, fractions[i + 1])) * powers[(n >> 7) + 1023]
}

/** e^(x − n · ln 2 / 128) − 1 + tail; each addition puts the larger term first, so that rounding keeps the order. */
function beyond(x: number, n: number, tail: number): number {
  const r = x - n * STEP_HIGH - n * STEP_LOW
  const r2 = r * r
  return r + tail + r2 * (0.5 + r * (1 / 6) + r2 * (1 / 24 + r * (1 / 120)))
}

/** e^x where it may be subnormal, 0 or infinite, or x is NaN. */
function outlying(x: number): number {
  if (x > 709.8) return Infinity
  if (x < -745.2) return 0
  if (Number.isNaN(x)) return NaN
  const n = x * PER_STEP + ROUND - ROUND
  const i = (n & 127) << 1
  const fraction = fractions[i]
  const rest = fraction * beyond(x, n, fractions[i + 1])
  const k = n >> 7
  if (x > LEAST_NORMAL) return (fraction + rest) * 2 * powers[k + 1022]
  // in units of 2^-1074 the sum of both parts is rounded once, to a whole number: beside 2^52 nothing else is left
  const unit = powers[k + 1074 + 1023]
  const whole = fraction * unit + 2 ** 52
  const left = fraction * unit - (whole - 2 ** 52)
  return (whole + (left + rest * unit) - 2 ** 52) * Number.MIN_VALUE
}

/** 2^(i / 128) by multiplying in pairs of float64, whose error stays below 2^-96. */
function fractionalPowers(): Float64Array {
  const rootHigh = 1.0054299011128027
  const rootLow = 9.499186535455032e-17
  const table = new Float64Array(256)
  let high = 1
  let low = 0
  for (let i = 0; i < 256; i += 2) {
    table[i] = high
    table[i + 1] = low / high
    const product = high * rootHigh
    const rest = productError(high, rootHigh, product) + (high * rootLow + low * rootHigh)
    high = product + rest
    low = rest - (high - product)
  }
  return table
}

function wholePowers(): Float64Array {
  const table = new Float64Array(2047).fill(1)
  for (let k = 1024; k < 2047; k++) table[k] = table[k - 1] * 2
  for (let k = 1022; k >= 0; k--) table[k] = table[k + 1] / 2
  return table
}
