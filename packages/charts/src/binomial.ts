/** How often something of a known probability happens in so many trials. */

/**
 * The central range of the share of hits: outside it, on each side, lies at most `tail` of the probability.
 *
 * Exact but for rounding: the weights grow out of the mode by p(k + 1) / p(k) = (n − k) / (k + 1) · q / (1 − q), both
 * ways, until they no longer count.
 */
export function binomialRange(trials: number, chance: number, tail = 0.025): { lower: number; upper: number } {
  if (!(trials > 0)) return { lower: 0, upper: 1 }
  if (!(chance > 0 && chance < 1)) return { lower: chance, upper: chance }
  const odds = chance / (1 - chance)
  const mode = Math.min(trials, Math.floor((trials + 1) * chance))
  const below: number[] = [1]
  for (let k = mode; k > 0 && below[mode - k] > negligible; k--) {
    below.push((below[mode - k] * k) / ((trials - k + 1) * odds))
  }
  const above: number[] = []
  for (let k = mode, weight = 1; k < trials && weight > negligible; k++) {
    weight *= ((trials - k) / (k + 1)) * odds
    above.push(weight)
  }
  const weights = [...below.reverse(), ...above]
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const first = mode - below.length + 1
  return {
    lower: (first + within(weights, tail * total)) / trials,
    upper: (first + weights.length - 1 - within(weights.reverse(), tail * total)) / trials,
  }
}

const negligible = 1e-18

/** How many of the first weights together stay within the limit. */
function within(weights: readonly number[], limit: number): number {
  let sum = 0
  let i = 0
  while (i < weights.length - 1) {
    sum += weights[i]
    if (sum > limit) break
    i++
  }
  return i
}
