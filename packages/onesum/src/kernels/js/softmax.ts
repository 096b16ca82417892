/** Softmax and its derivatives, one row in float64. */
import { mapEach } from './dense.ts'
import { exponentialsInPlace, peak } from './exponentials.ts'
import { dot } from './sums.ts'

/** y_j = exp((x_j − max) / T) / Σ_k exp((x_k − max) / T), in place. */
export function softmaxRow(values: readonly Float64Array[], size: number, temperature: number): void {
  const x = values[0]
  const top = peak(x, size)
  if (top < 0) x.fill(NaN, 0, size)
  else if (temperature === 0 || temperature === Infinity) limitRow(x, size, x[top], temperature)
  else {
    const total = 1 + exponentialsInPlace(x, size, top, temperature)
    for (let j = 0; j < size; j++) x[j] /= total
  }
}

/** The limits: T = 0 shares the mass among the maxima, T = Infinity among all entries above -Infinity. */
export function limitRow(x: Float64Array, size: number, max: number, temperature: number): void {
  let sharers = 0
  for (let j = 0; j < size; j++) sharers += isSharer(x[j], max, temperature) ? 1 : 0
  for (let j = 0; j < size; j++) x[j] = isSharer(x[j], max, temperature) ? 1 / sharers : 0
}

/** Whether an entry has a share in the limit at temperature 0 or Infinity. */
export function isSharer(x: number, max: number, temperature: number): boolean {
  return temperature === 0 ? x === max : x > -Infinity
}

/** gx_j = y_j (gy_j − Σ_k y_k gy_k) / T, in place; the Jacobian is symmetric, so this is VJP and JVP alike. */
function softmaxVjpRow(values: readonly Float64Array[], size: number, temperature: number): void {
  const y = values[0]
  const gy = values[1]
  const scale = shrink(gy, size)
  const mean = dot(y, gy, 0, size)
  for (let j = 0; j < size; j++) y[j] = overTemperature(y[j] * (gy[j] - mean), temperature) * scale
}

/**
 * The derivative of ⟨gx, v⟩ in x: y_j ((gy_j − ⟨y, gy⟩)(v_j − ⟨y, v⟩) − cov) / T², where cov is the mean under y of
 * the product of deviations; constants fall out of the Jacobian, so deviations may stand for gy and v.
 */
function softmaxHvpRow([y, gy, v]: Float64Array[], size: number, temperature: number): void {
  const gMean = dot(y, gy, 0, size)
  const vMean = dot(y, v, 0, size)
  for (let j = 0; j < size; j++) gy[j] = (gy[j] - gMean) * (v[j] - vMean)
  const covariance = dot(y, gy, 0, size)
  for (let j = 0; j < size; j++) {
    y[j] = overTemperature(overTemperature(y[j] * (gy[j] - covariance), temperature), temperature)
  }
}

/** value / T; at the limits, where softmax is constant almost everywhere, 0, unless the value says NaN. */
export function overTemperature(value: number, temperature: number): number {
  if (temperature === 1) return value
  if (temperature === 0 || temperature === Infinity) return Number.isNaN(value) ? NaN : 0
  return value / temperature
}

/** Divides gradients near the end of the range by a power of two, so that their sums stay finite; returns it. */
export function shrink(g: Float64Array, size: number): number {
  let large = false
  for (let j = 0; j < size; j++) if (Math.abs(g[j]) > 2 ** 970) large = true
  if (!large) return 1
  for (let j = 0; j < size; j++) g[j] *= 2 ** -60
  return 2 ** 60
}

export const softmaxRows = mapEach(softmaxRow)
export const softmaxVjpRows = mapEach(softmaxVjpRow)
export const softmaxHvpRows = mapEach(softmaxHvpRow)
