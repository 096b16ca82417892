/** Selective prediction: the error rate that is left when the least confident rows are refused. */
import { log1p } from '../kernels/js/log.ts'
import type { RiskCoverage, RiskPoint } from './metrics.ts'
import type { Group } from './ranking.ts'

const POINTS = 100

/**
 * The risk–coverage curve and the area under it, (1/n) Σ_i (wrong rows among the i most confident) / i; where rows have
 * weights, Σ_i w_i (weight of the wrong rows among the i most confident) / (weight of these i), over all weight.
 *
 * Within a group of m rows that weighs c, e of it wrong, and starts after a weight of k with w wrong, rows weigh u = c/m each
 * and wrong ones come evenly: Σ u (w + i u e/c) / (k + i u) over i to m = e + (w − k e/c) Σ 1 / (k/u + i). At worst all wrong
 * rows of the group come first, at best last, which bounds the error where the group's order is not known: the risk rises to
 * (w + e) / (k + e) with the wrong rows and falls with the others, and sums of falling terms lie below their integrals.
 *
 * Geifman and El-Yaniv, Selective Classification for Deep Neural Networks, 2017; Geifman, Uziel and El-Yaniv,
 * Bias-Reduced Uncertainty Estimation for Deep Neural Classifiers, 2019.
 */
export function riskCoverage(ascending: readonly Group[], exact: boolean): RiskCoverage {
  const groups = [...ascending].reverse()
  let [area, highest, lowest] = [0, 0, 0]
  let [seen, wrong] = [0, 0]
  for (const { rows, count, correct, lower, upper } of groups) {
    const errors = count - correct
    const rate = errors / count
    const even = errors + (wrong - seen * rate) * harmonic((seen * rows) / count, rows)
    area += even
    if (lower < upper) {
      const [first, last] = [seen + errors, seen + correct]
      if (first > 0) highest += (wrong + errors) * (errors / first + log1p(correct / first))
      lowest += errors
      if (last > 0) lowest += (wrong * correct) / last + (wrong - last) * log1p(errors / last)
    } else {
      highest += even
      lowest += even
    }
    seen += count
    wrong += errors
  }
  const error = Math.max(highest - area, area - lowest, 0) / seen
  return { aurc: area / seen, curve: curveOf(groups, seen), exact, error: exact ? 0 : error }
}

/** A point after each row; of more than 100 rows, one after the first that reaches each hundredth of the total. */
function curveOf(groups: readonly Group[], total: number): RiskPoint[] {
  const everyRow = groups.reduce((sum, { rows }) => sum + rows, 0) <= POINTS
  const curve: RiskPoint[] = []
  let [seen, wrong, mark] = [0, 0, 1]
  for (const { rows, count, correct, lower } of groups) {
    const weight = count / rows
    const errors = count - correct
    for (let i = 0; i < rows; ) {
      i = everyRow ? i + 1 : Math.max(i + 1, Math.ceil(((mark * total) / POINTS - seen) / weight))
      if (i > rows) break
      const at = i === rows ? seen + count : seen + i * weight
      curve.push({ coverage: at / total, risk: (wrong + (i * errors) / rows) / at, confidence: lower })
      mark = Math.floor((at * POINTS) / total) + 1
    }
    seen += count
    wrong += errors
  }
  // the last of weights that do not add up exactly
  const { lower } = groups[groups.length - 1]
  if (curve[curve.length - 1].coverage < 1) curve.push({ coverage: 1, risk: wrong / total, confidence: lower })
  return curve
}

/** From here on the series of the harmonic numbers is exact to 2^-53: its next term is 1 / (252 · 256^6), 1.4e-17. */
const SERIES = 256

/** H(from + more) − H(from) = Σ 1/(from + i) over i from 1 to `more`, without cancellation; `from` may be any number >= 0. */
export function harmonic(from: number, more: number): number {
  let total = 0
  let i = 0
  const loop = more < SERIES ? more : Math.max(0, Math.ceil(SERIES - from))
  while (i < loop) total += 1 / (from + ++i)
  if (i === more) return total
  // H(n) = ln n + γ + 1/(2n) − 1/(12n²) + 1/(120n⁴) − …
  const [a, b] = [1 / (from + i), 1 / (from + more)]
  return total + log1p((more - i) / (from + i)) + (b - a) / 2 - (b * b - a * a) / 12 + (b ** 4 - a ** 4) / 120
}
