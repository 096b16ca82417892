/**
 * The exponentials of a row, seen from its maximum: the piece that all of the softmax family shares.
 *
 * Method: with m the row's maximum and q_j = (x_j − m) / T, e_j = exp(q_j) lies in [0, 1] at any scale, and the sum
 * of all e but one maximum, `rest`, keeps full relative precision when the row is confident: log Σ e = log1p(rest),
 * and 1 − p_max = rest / (1 + rest). Σ e itself is 1 + rest.
 *
 * Error: exp is within 0.515 ulp. q_j carries the rounding of the difference and of the quotient, |q_j| · 2^-52 in all;
 * where that could pass 3e-14, below q = −128, both roundings are recovered (two-difference, and a product split after
 * Veltkamp and Dekker) and applied as e · (1 + error). So e_j is within 4e-14 relative down to 2^-1022, and to a few ulp
 * below q = −128.
 */
import { buffer } from './dense.ts'
import { productError } from './exact.ts'
import { exp } from './exp.ts'
import { sumBut } from './sums.ts'

/** From here on a difference of two numbers of this size may overflow. */
const LARGE = 2 ** 970

/** The index of the row's first maximum; −1 where there is no softmax: NaN, +Infinity, nothing but -Infinity, no entry. */
export function peak(x: Float64Array, size: number): number {
  let max = -Infinity
  let at = -1
  for (let j = 0; j < size; j++) {
    const value = x[j]
    if (value > max) {
      max = value
      at = j
    } else if (Number.isNaN(value)) return -1
  }
  return max === Infinity ? -1 : at
}

/** `peak` of a row where it stands: `size` entries from `start` on, `stride` apart. */
export function peakInPlace(x: Float32Array | Float64Array, start: number, stride: number, size: number): number {
  let max = -Infinity
  let at = -1
  for (let j = 0, i = start; j < size; j++, i += stride) {
    const value = x[i]
    if (value > max) {
      max = value
      at = j
    } else if (Number.isNaN(value)) return -1
  }
  return max === Infinity ? -1 : at
}

/** Writes q_j = (x_j − x_top) / T, for 0 < T < Infinity; finite wherever the exact value is. */
export function exponents(x: Float64Array, size: number, top: number, temperature: number, q: Float64Array): void {
  const max = x[top]
  if (Math.abs(max) >= LARGE) {
    for (let j = 0; j < size; j++) q[j] = ((x[j] * 0.5 - max * 0.5) / temperature) * 2
  } else if (temperature === 1) {
    for (let j = 0; j < size; j++) q[j] = x[j] - max
  } else {
    for (let j = 0; j < size; j++) q[j] = (x[j] - max) / temperature
  }
}

/**
 * Writes e_j = exp((x_j − x_top) / T) and returns the sum of all but e_top, which is 1.
 * The exponents q are those of `exponents`; x and e may be one array.
 */
export function exponentials(
  x: Float64Array,
  q: Float64Array,
  size: number,
  top: number,
  temperature: number,
  e: Float64Array,
): number {
  const max = x[top]
  const exact = Math.abs(max) < LARGE && temperature > 1e-280 && temperature < 1e280
  for (let j = 0; j < size; j++) {
    const exponent = q[j]
    let value = exp(exponent)
    if (exponent < -128 && exponent > -746 && exact) value += value * lostBy(x[j], max, exponent, temperature)
    e[j] = value
  }
  return sumBut(e, size, top)
}

/** The same in place, for who has no use for the exponents. */
export function exponentialsInPlace(x: Float64Array, size: number, top: number, temperature: number): number {
  const max = x[top]
  if (temperature !== 1 || !(Math.abs(max) < LARGE)) {
    const q = buffer(4, size)
    exponents(x, size, top, temperature, q)
    return exponentials(x, q, size, top, temperature, x)
  }
  for (let j = 0; j < size; j++) {
    const exponent = x[j] - max
    let value = exp(exponent)
    if (exponent < -128 && exponent > -746) value += value * lostBy(x[j], max, exponent, 1)
    x[j] = value
  }
  return sumBut(x, size, top)
}

/** (x − max) / T − q, to first order: what rounding took from q. */
function lostBy(x: number, max: number, q: number, temperature: number): number {
  const difference = x - max
  const max2 = x - difference
  const x2 = difference + max2
  const lost = x - x2 + (max2 - max)
  if (temperature === 1) return lost
  const product = q * temperature
  return (difference - product - productError(q, temperature, product) + lost) / temperature
}
