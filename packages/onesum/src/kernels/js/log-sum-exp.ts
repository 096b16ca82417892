/** Log-sum-exp and its derivatives, one row in float64. */
import { buffer, mapEach, reduceEach } from './dense.ts'
import { exponentials, exponents, peak } from './exponentials.ts'
import { log1p } from './log.ts'
import { dot } from './sums.ts'

/** max + log1p(rest). */
function logSumExpRow(values: readonly Float64Array[], size: number): number {
  const x = values[0]
  const top = peak(x, size)
  if (top < 0) return withoutPeak(x, size)
  const max = x[top]
  return max + log1p(exponentialsOf(x, size, top))
}

/** A row that holds NaN gives NaN, else one that holds +Infinity that, and one with nothing above -Infinity that. */
export function withoutPeak(x: Float64Array, size: number): number {
  let largest = -Infinity
  for (let j = 0; j < size; j++) largest = Math.max(largest, x[j])
  return largest
}

/** Turns x into exp(x − max) and returns their sum but one maximum. */
export function exponentialsOf(x: Float64Array, size: number, top: number): number {
  const q = buffer(4, size)
  exponents(x, size, top, 1, q)
  return exponentials(x, q, size, top, 1, x)
}

/** Turns x into softmax(x); NaN where it has none. */
function probabilities(x: Float64Array, size: number): void {
  const top = peak(x, size)
  if (top < 0) {
    x.fill(NaN, 0, size)
    return
  }
  const total = 1 + exponentialsOf(x, size, top)
  for (let j = 0; j < size; j++) x[j] /= total
}

/** gx_j = gy · softmax(x)_j, from x itself: exp(x − lse) would carry the rounding of lse. */
function logSumExpVjpRow([x]: Float64Array[], size: number, _temperature: number, gy: number): void {
  probabilities(x, size)
  for (let j = 0; j < size; j++) x[j] *= gy
}

/** Σ_j softmax(x)_j v_j. */
function logSumExpJvpRow([x, v]: Float64Array[], size: number): number {
  probabilities(x, size)
  return dot(x, v, 0, size)
}

/** The derivative of ⟨gx, v⟩ in x: gy · p_j (v_j − ⟨p, v⟩) with p = softmax(x). */
function logSumExpHvpRow([x, v]: Float64Array[], size: number, _temperature: number, gy: number): void {
  probabilities(x, size)
  const mean = dot(x, v, 0, size)
  for (let j = 0; j < size; j++) x[j] *= gy * (v[j] - mean)
}

export const logSumExpRows = reduceEach(logSumExpRow)
export const logSumExpVjpRows = mapEach(logSumExpVjpRow)
export const logSumExpJvpRows = reduceEach(logSumExpJvpRow)
export const logSumExpHvpRows = mapEach(logSumExpHvpRow)
