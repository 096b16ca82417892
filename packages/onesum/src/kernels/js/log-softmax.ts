/** Log-softmax and its derivatives, one row in float64. */
import { buffer, mapEach } from './dense.ts'
import { exp } from './exp.ts'
import { exponentials, exponents, peak } from './exponentials.ts'
import { log, log1p } from './log.ts'
import { isSharer, overTemperature, shrink } from './softmax.ts'
import { dot, sum } from './sums.ts'

/** q_j − log1p(rest), in place: both terms are <= 0, so nothing cancels, near 0 either. */
function logSoftmaxRow(values: readonly Float64Array[], size: number, temperature: number): void {
  const x = values[0]
  const top = peak(x, size)
  if (top < 0) x.fill(NaN, 0, size)
  else if (temperature === 0 || temperature === Infinity) limitRow(x, size, x[top], temperature)
  else {
    const q = buffer(4, size)
    exponents(x, size, top, temperature, q)
    const logTotal = log1p(exponentials(x, q, size, top, temperature, x))
    for (let j = 0; j < size; j++) x[j] = q[j] - logTotal
  }
}

/** The logarithms of softmax's limits at temperature 0 and Infinity. */
function limitRow(x: Float64Array, size: number, max: number, temperature: number): void {
  let sharers = 0
  for (let j = 0; j < size; j++) sharers += isSharer(x[j], max, temperature) ? 1 : 0
  const share = sharers === 1 ? 0 : -log(sharers)
  for (let j = 0; j < size; j++) x[j] = isSharer(x[j], max, temperature) ? share : -Infinity
}

/** gx_j = (gy_j − exp(logY_j) Σ_k gy_k) / T, in place. */
function logSoftmaxVjpRow(values: readonly Float64Array[], size: number, temperature: number): void {
  const logY = values[0]
  const gy = values[1]
  const scale = shrink(gy, size)
  const total = sum(gy, 0, size)
  for (let j = 0; j < size; j++) {
    logY[j] = overTemperature(gy[j] - exp(logY[j]) * total, temperature) * scale
  }
}

/** (v_j − Σ_k exp(logY_k) v_k) / T, in place. */
function logSoftmaxJvpRow([logY, v]: Float64Array[], size: number, temperature: number): void {
  const scale = shrink(v, size)
  for (let j = 0; j < size; j++) logY[j] = exp(logY[j])
  const mean = dot(logY, v, 0, size)
  for (let j = 0; j < size; j++) logY[j] = overTemperature(v[j] - mean, temperature) * scale
}

/** The derivative of ⟨gx, v⟩ in x: −Σ_k gy_k · y_j (v_j − ⟨y, v⟩) / T² with y = exp(logY), in place. */
function logSoftmaxHvpRow([logY, gy, v]: Float64Array[], size: number, temperature: number): void {
  const total = sum(gy, 0, size)
  for (let j = 0; j < size; j++) logY[j] = exp(logY[j])
  const mean = dot(logY, v, 0, size)
  for (let j = 0; j < size; j++) {
    const curvature = logY[j] * (mean - v[j])
    logY[j] = overTemperature(overTemperature(total * curvature, temperature), temperature)
  }
}

export const logSoftmaxRows = mapEach(logSoftmaxRow, -Infinity)
export const logSoftmaxVjpRows = mapEach(logSoftmaxVjpRow)
export const logSoftmaxJvpRows = mapEach(logSoftmaxJvpRow)
export const logSoftmaxHvpRows = mapEach(logSoftmaxHvpRow)
