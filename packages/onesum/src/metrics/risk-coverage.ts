/** Selective prediction: the error rate that is left when the least confident rows are refused. */
import { log1p } from '../kernels/js/log.ts'
import type { RiskCoverage, RiskPoint } from './metrics.ts'
import type { Group } from './ranking.ts'

const POINTS = 100

/**
 * The risk–coverage curve and the area under it, (1/n) Σ_i (wrong rows among the i most confident) / i.
 *
 * Within a group of m rows with e wrong ones, that starts after k rows with w wrong ones, wrong rows come evenly:
 * Σ (w + (i − k) e/m) / i over i in (k, k + m] = e + (w − k e/m)(H(k + m) − H(k)). At worst all wrong rows of the group
 * come first, at best last, which bounds the error where the group's order is not known.
 *
 * Geifman and El-Yaniv, Selective Classification for Deep Neural Networks, 2017; Geifman, Uziel and El-Yaniv,
 * Bias-Reduced Uncertainty Estimation for Deep Neural Classifiers, 2019.
 */
export function riskCoverage(ascending: readonly Group[], rows: number, exact: boolean): RiskCoverage {
  const curve: RiskPoint[] = []
  let [area, highest, lowest] = [0, 0, 0]
  let [seen, wrong] = [0, 0]
  for (let g = ascending.length - 1; g >= 0; g--) {
    const { count, correct, lower, upper } = ascending[g]
    const errors = count - correct
    const rate = errors / count
    const even = rate * count + (wrong - seen * rate) * harmonic(seen, seen + count)
    area += even
    if (lower < upper) {
      highest += errors + (wrong - seen) * harmonic(seen, seen + errors)
      highest += (wrong + errors) * harmonic(seen + errors, seen + count)
      lowest += wrong * harmonic(seen, seen + correct)
      lowest += errors + (wrong - seen - correct) * harmonic(seen + correct, seen + count)
    } else {
      highest += even
      lowest += even
    }
    for (let next = nextPoint(seen, rows); next <= seen + count; next = nextPoint(next, rows)) {
      curve.push({ coverage: next / rows, risk: (wrong + (next - seen) * rate) / next, confidence: lower })
    }
    seen += count
    wrong += errors
  }
  const error = Math.max(highest - area, area - lowest, 0) / rows
  return { aurc: area / rows, curve, exact, error: exact ? 0 : error }
}

/** The first number of rows after `seen` at which the curve has a point; past the end where there is none. */
function nextPoint(seen: number, rows: number): number {
  if (rows <= POINTS) return seen + 1
  return Math.ceil(((Math.floor((seen * POINTS) / rows) + 1) * rows) / POINTS)
}

/** From here on the series of the harmonic numbers is exact to 2^-53: its next term is 1 / (252 · 256^6), 1.4e-17. */
const SERIES = 256

/** H(to) − H(from) = Σ 1/i over i in (from, to], without cancellation. */
export function harmonic(from: number, to: number): number {
  let total = 0
  let i = from
  const loop = to - from < SERIES ? to : Math.max(from, Math.min(to, SERIES))
  while (i < loop) total += 1 / ++i
  if (i === to) return total
  // H(n) = ln n + γ + 1/(2n) − 1/(12n²) + 1/(120n⁴) − …
  const [a, b] = [1 / i, 1 / to]
  return total + log1p((to - i) / i) + (b - a) / 2 - (b * b - a * a) / 12 + (b ** 4 - a ** 4) / 120
}
