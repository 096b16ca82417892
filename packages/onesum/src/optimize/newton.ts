/**
 * Newton's method in one dimension, kept between bounds by bisection.
 *
 * Method: each value narrows the bracket that must hold the root; a Newton step is taken where it stays inside the bracket
 * and within `reach`, else the step is cut to it (Press et al., Numerical Recipes, section 9.4, "rtsafe"). A minimum is
 * the root of its derivative.
 */

/** An increasing function and its slope: `[value, slope]`. A slope that is not positive is taken for none. */
export type Increasing = (x: number) => readonly [value: number, slope: number]

/** Where and how long to look. */
export interface RootProblem {
  readonly evaluate: Increasing
  readonly start: number
  readonly low: number
  readonly high: number
  /** The longest step. */
  readonly reach: number
  /** A step this short is the last one taken: what is left is of the order of its square. */
  readonly tolerance: number
  /** The most evaluations; by default 100. */
  readonly evaluations?: number
}

/** What was found. */
export interface Root {
  readonly x: number
  /** Where the function has no root between the bounds: the bound at which it comes nearest to one. */
  readonly bound: 'low' | 'high' | null
  readonly evaluations: number
  /** Whether the last step was within the tolerance. */
  readonly converged: boolean
}

/** The root of an increasing function, or the bound beyond which it lies. */
export function increasingRoot({
  evaluate,
  start,
  low,
  high,
  reach,
  tolerance,
  evaluations: most = 100,
}: RootProblem): Root {
  let [left, right] = [-Infinity, Infinity]
  let x = Math.min(high, Math.max(low, start))
  for (let evaluations = 1; evaluations <= most; evaluations++) {
    const [value, slope] = evaluate(x)
    if (value === 0) return { x, bound: null, evaluations, converged: true }
    const bound = value > 0 ? 'low' : 'high'
    if (x === (value > 0 ? low : high)) return { x, bound, evaluations, converged: true }
    if (value > 0) right = x
    else left = x
    const step = slope > 0 ? -value / slope : value > 0 ? -reach : reach
    let next = x + Math.min(reach, Math.max(-reach, step))
    // a step that leaves the bracket ends between two points that were tried
    if (!(next > left && next < right)) next = left + (right - left) / 2
    next = Math.min(high, Math.max(low, next))
    if (Math.abs(next - x) <= tolerance && next !== low && next !== high) {
      return { x: next, bound: null, evaluations, converged: true }
    }
    x = next
  }
  return { x, bound: null, evaluations: most, converged: false }
}
