/**
 * The log-odds of every class of a row, and the gradient through them, in float64.
 *
 * Method: with q and e seen from the maximum and `rest` the sum of all e but one maximum, the others of class c ≠ top sum
 * to 1 + (rest − e_c), at least 1, so that L_c = q_c − log1p(rest − e_c): a sum of terms <= 0. The top's others are seen
 * from the largest of them, the second: L_top = gap − log1p(rest2), where neither a wide gap nor a near tie loses digits.
 */
import { buffer, mapEach } from './dense.ts'
import { exponentials, exponents, peak } from './exponentials.ts'
import { log, log1p } from './log.ts'
import { isSharer, overTemperature, shrink } from './softmax.ts'
import { sumBut } from './sums.ts'

/** The logits but the top one, in order of their places, as exponentials from the second. */
interface Others {
  /** (second − top) / T <= 0; -Infinity where no other is above -Infinity. */
  readonly gap: number
  /** The sum of all but the second. */
  readonly rest: number
}

/** Writes the exponentials of the others into `e`, 0 at the top. */
function othersOf(x: Float64Array, size: number, top: number, temperature: number, e: Float64Array): Others {
  const max = x[top]
  e.set(x.subarray(0, size))
  e[top] = -Infinity
  const second = peak(e, size)
  if (second < 0) {
    e.fill(0, 0, size)
    return { gap: -Infinity, rest: 0 }
  }
  const pair = buffer(7, 2)
  pair[0] = max
  pair[1] = e[second]
  exponents(pair, 2, 0, temperature, pair)
  const gap = pair[1]
  const q = buffer(6, size)
  exponents(e, size, second, temperature, q)
  return { gap, rest: exponentials(e, q, size, second, temperature, e) }
}

function logOddsRow([x]: Float64Array[], size: number, temperature: number): void {
  const top = peak(x, size)
  if (top < 0) x.fill(NaN, 0, size)
  else if (temperature === 0 || temperature === Infinity) limitRow(x, size, x[top], temperature)
  else {
    const others = othersOf(x, size, top, temperature, buffer(5, size))
    const q = buffer(4, size)
    exponents(x, size, top, temperature, q)
    const rest = exponentials(x, q, size, top, temperature, x)
    for (let j = 0; j < size; j++) x[j] = q[j] - log1p(Math.max(rest - x[j], 0))
    x[top] = -others.gap - log1p(others.rest)
  }
}

/** A share 1/s has odds of 1 to s − 1. */
function limitRow(x: Float64Array, size: number, max: number, temperature: number): void {
  let sharers = 0
  for (let j = 0; j < size; j++) sharers += isSharer(x[j], max, temperature) ? 1 : 0
  const odds = -log(sharers - 1)
  for (let j = 0; j < size; j++) x[j] = isSharer(x[j], max, temperature) ? odds : -Infinity
}

/**
 * gx_j = (gy_j − Σ_{c ≠ j} gy_c e_j / (Σ_{k ≠ c} e_k)) / T, in place.
 *
 * Among c ≠ top the quotients are e_j gy_c / (1 + rest − e_c), summed once; that of the top is j's share among the
 * others, which does not vanish with their mass.
 */
function logOddsVjpRow([x, gy]: Float64Array[], size: number, temperature: number): void {
  const top = peak(x, size)
  if (top < 0 || temperature === 0 || temperature === Infinity) {
    x.fill(top < 0 ? NaN : 0, 0, size)
    return
  }
  const grow = shrink(gy, size)
  const share = buffer(5, size)
  const others = othersOf(x, size, top, temperature, share)
  const q = buffer(4, size)
  exponents(x, size, top, temperature, q)
  const rest = exponentials(x, q, size, top, temperature, x)
  for (let j = 0; j < size; j++) q[j] = gy[j] / (1 + Math.max(rest - x[j], 0))
  q[top] = 0
  const total = sumBut(q, size, top)
  const fromTop = gy[top] / (1 + others.rest)
  for (let j = 0; j < size; j++) {
    const mixed = j === top ? total : x[j] * (total - q[j]) + share[j] * fromTop
    x[j] = overTemperature(gy[j] - mixed, temperature) * grow
  }
}

export const logOddsKernel = { js: mapEach(logOddsRow, -Infinity) }
export const logOddsVjpKernel = { js: mapEach(logOddsVjpRow) }
