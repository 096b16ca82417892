/**
 * Derivatives of entmax from its output, one row in float64; sparsemax is alpha = 2.
 *
 * With weights s_j = p_j^(2 − alpha) over the support and 0 elsewhere, the Jacobian is
 * (diag(s) − s sᵀ / Σ s) / T (Peters, Niculae and Martins 2019, proposition 2): symmetric, and constant factors of s
 * come out of it. For alpha > 2 the weights of tiny p are taken in units of the largest.
 */
import { buffer, type MapRow } from './dense.ts'
import { overTemperature, shrink } from './softmax.ts'
import { dot, sum } from './sums.ts'

/** Turns probabilities into weights, in place, in units of the factor that is returned. */
function weigh(p: Float64Array, size: number, alpha: number): number {
  let unit = 1
  if (alpha > 2) for (let j = 0; j < size; j++) if (p[j] > 0 && p[j] < unit) unit = p[j]
  // NaN ** 0 would be 1
  for (let j = 0; j < size; j++) if (p[j] !== 0) p[j] = p[j] > 0 ? (p[j] / unit) ** (2 - alpha) : NaN
  return unit ** (2 - alpha)
}

/** Σ s_j g_j / Σ s_j; 0 where nothing has weight. */
function meanUnder(s: Float64Array, g: Float64Array, size: number): number {
  const total = sum(s, 0, size)
  return total === 0 ? 0 : dot(s, g, 0, size) / total
}

/** value · factor, where 0 stays 0 although the factor may be Infinity. */
const times = (value: number, factor: number): number => (value === 0 ? 0 : value * factor)

/** Derivatives where the mapping is constant or linear: 0, unless the row is NaN. */
const zeroRow: MapRow = ([y], size) => {
  for (let j = 0; j < size; j++) y[j] *= 0
}

/** s_j (gy_j − mean) / T, in place: VJP and JVP alike. */
export function entmaxVjpRow(alpha: number): MapRow {
  if (alpha === Infinity) return zeroRow
  return ([y, gy], size, temperature) => {
    const scale = shrink(gy, size)
    const unit = weigh(y, size, alpha)
    const mean = meanUnder(y, gy, size)
    for (let j = 0; j < size; j++) y[j] = times(overTemperature(y[j] * (gy[j] - mean), temperature) * scale, unit)
  }
}

/**
 * The derivative of ⟨gx, v⟩ in x: (2 − alpha) s_j (u_j − mean of u under s) / T², where
 * u_j = p_j^(1 − alpha) (gy_j − mean of gy) (v_j − mean of v), all means under s.
 */
export function entmaxHvpRow(alpha: number): MapRow {
  if (alpha === 2 || alpha === Infinity) return zeroRow
  return ([y, gy, v], size, temperature) => {
    const p = buffer(7, size)
    p.set(y.subarray(0, size))
    const unit = weigh(y, size, alpha)
    const gMean = meanUnder(y, gy, size)
    const vMean = meanUnder(y, v, size)
    for (let j = 0; j < size; j++) {
      gy[j] = (2 - alpha) * times((gy[j] - gMean) * (v[j] - vMean), p[j] === 0 ? 0 : p[j] ** (1 - alpha))
    }
    const mean = meanUnder(y, gy, size)
    for (let j = 0; j < size; j++) {
      const value = overTemperature(overTemperature(y[j] * (gy[j] - mean), temperature), temperature)
      y[j] = times(value, unit)
    }
  }
}

/** Below this alpha − 1 the gradient in alpha takes the form that does not divide by it. */
const NEAR = 0.5

/**
 * ⟨gy, ∂p / ∂alpha⟩ (Correia, Niculae and Martins, Adaptively sparse transformers, 2019, proposition 1):
 *
 *     ∂p_i / ∂alpha = (p_i − w_i) / a² + (h_i − w_i Σ h) / a,  a = alpha − 1, h_i = −p_i log p_i, w = s / Σ s
 *
 * As a → 0 both terms grow without bound and cancel. Written with l = log p, ε_i = (exp(−a l_i) − 1 + a l_i) / a²,
 * H = Σ h and m = Σ p ε, what is left of them is
 *
 *     p_i (m − ε_i − a (l_i m + H ε_i)) / (1 + a H + a² m),
 *
 * which at a = 0 is p_i (Σ p l² − l_i²) / 2, softmax's.
 */
export function entmaxAlphaGradRow(alpha: number): (values: Float64Array[], size: number) => number {
  return alpha === Infinity ? () => 0 : alpha - 1 < NEAR ? nearRow(alpha - 1) : farRow(alpha - 1)
}

function nearRow(a: number): (values: Float64Array[], size: number) => number {
  return ([p, gy], size) => {
    const logs = buffer(7, size)
    const beyond = buffer(8, size)
    for (let j = 0; j < size; j++) {
      logs[j] = p[j] === 0 ? 0 : Math.log(p[j])
      beyond[j] = logs[j] ** 2 * remainder(-a * logs[j])
    }
    const H = -dot(p, logs, 0, size)
    const m = dot(p, beyond, 0, size)
    for (let j = 0; j < size; j++) p[j] *= m - beyond[j] - a * (logs[j] * m + H * beyond[j])
    return dot(p, gy, 0, size) / (1 + a * (H + a * m))
  }
}

function farRow(a: number): (values: Float64Array[], size: number) => number {
  return ([p, gy], size) => {
    const h = buffer(7, size)
    const w = buffer(8, size)
    for (let j = 0; j < size; j++) h[j] = p[j] === 0 ? 0 : -p[j] * Math.log(p[j])
    w.set(p.subarray(0, size))
    weigh(w, size, a + 1)
    const total = sum(w, 0, size) || 1
    const H = sum(h, 0, size)
    for (let j = 0; j < size; j++) {
      const share = w[j] / total
      h[j] = ((p[j] - share) / a + h[j] - share * H) / a
    }
    return dot(h, gy, 0, size)
  }
}

/** (e^t − 1 − t) / t² for t >= 0: its series where the difference would cancel. */
function remainder(t: number): number {
  if (t > 0.5) return (Math.expm1(t) - t) / (t * t)
  let total = 0
  let term = 0.5
  for (let k = 3; term > 0 && total + term !== total; k++) {
    total += term
    term *= t / k
  }
  return total
}
