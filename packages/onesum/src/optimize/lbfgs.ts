/**
 * L-BFGS: a smooth function of many variables, minimised from its values and gradients.
 *
 * Method: Liu and Nocedal, On the limited memory BFGS method for large scale optimization, 1989: the two-loop recursion
 * over the last pairs of steps and gradient changes, scaled by yᵀs / yᵀy, with a line search for the strong Wolfe conditions.
 */
import { dot } from '../kernels/js/sums.ts'
import { lineSearch } from './line-search.ts'

/** What is minimised, and when to stop. */
export interface Minimization {
  readonly dimension: number
  /** The value at x; writes the gradient into `gradient`. Infinity where x is not allowed. */
  readonly evaluate: (x: Float64Array, gradient: Float64Array) => number
  /** Where to begin; by default at 0. */
  readonly start?: Float64Array
  /** Stops where no entry of the gradient is larger; by default 1e-8. */
  readonly tolerance?: number
  /** By default 500. */
  readonly iterations?: number
  /** How many pairs are kept; by default 10. */
  readonly memory?: number
}

/** What was found. */
export interface Minimum {
  readonly x: Float64Array
  readonly value: number
  readonly gradient: Float64Array
  readonly iterations: number
  readonly evaluations: number
  /** Whether the gradient is within the tolerance; false where iterations ran out or rounding ended the descent. */
  readonly converged: boolean
}

/** A step, the change of the gradient along it, and 1 / their product. */
interface Pair {
  readonly s: Float64Array
  readonly y: Float64Array
  rho: number
}

/** A minimum of `evaluate`, a global one where it is convex. */
export function minimize({
  dimension,
  evaluate,
  start,
  tolerance = 1e-8,
  iterations: most = 500,
  memory = 10,
}: Minimization): Minimum {
  let x = start ? Float64Array.from(start) : new Float64Array(dimension)
  let gradient = new Float64Array(dimension)
  let [nextX, nextGradient] = [new Float64Array(dimension), new Float64Array(dimension)]
  const direction = new Float64Array(dimension)
  const pairs: Pair[] = []
  let value = evaluate(x, gradient)
  let evaluations = 1
  let next = value
  const line = (step: number): [number, number] => {
    for (let i = 0; i < dimension; i++) nextX[i] = x[i] + step * direction[i]
    evaluations++
    next = evaluate(nextX, nextGradient)
    return [next, dot(nextGradient, direction, 0, dimension)]
  }
  let iterations = 0
  while (iterations < most && !(largest(gradient) <= tolerance)) {
    descend(pairs, gradient, direction)
    let slope = dot(gradient, direction, 0, dimension)
    if (!(slope < 0)) {
      pairs.length = 0
      descend(pairs, gradient, direction)
      slope = dot(gradient, direction, 0, dimension)
    }
    const first = pairs.length > 0 ? 1 : Math.min(1, 1 / Math.sqrt(-slope))
    if (lineSearch(line, value, slope, first) === undefined) {
      if (pairs.length === 0) break
      // what the pairs say of the curvature is wrong here: once more along the gradient
      pairs.length = 0
      continue
    }
    iterations++
    remember(pairs, memory, x, nextX, gradient, nextGradient)
    ;[x, nextX, gradient, nextGradient, value] = [nextX, x, nextGradient, gradient, next]
  }
  return { x, value, gradient, iterations, evaluations, converged: largest(gradient) <= tolerance }
}

/** direction = −H · gradient, by the two loops over the pairs, newest first and then oldest first. */
function descend(pairs: readonly Pair[], gradient: Float64Array, direction: Float64Array): void {
  const n = gradient.length
  const alphas: number[] = []
  for (let i = 0; i < n; i++) direction[i] = -gradient[i]
  for (let k = pairs.length - 1; k >= 0; k--) {
    const { s, y, rho } = pairs[k]
    const alpha = rho * dot(s, direction, 0, n)
    alphas[k] = alpha
    for (let i = 0; i < n; i++) direction[i] -= alpha * y[i]
  }
  const newest = pairs.at(-1)
  if (newest) {
    const scale = 1 / (newest.rho * dot(newest.y, newest.y, 0, n))
    for (let i = 0; i < n; i++) direction[i] *= scale
  }
  for (let k = 0; k < pairs.length; k++) {
    const { s, y, rho } = pairs[k]
    const beta = alphas[k] - rho * dot(y, direction, 0, n)
    for (let i = 0; i < n; i++) direction[i] += beta * s[i]
  }
}

/** Keeps the newest pair, unless rounding left it no curvature; the arrays of the oldest are used again. */
function remember(
  pairs: Pair[],
  memory: number,
  x: Float64Array,
  nextX: Float64Array,
  gradient: Float64Array,
  nextGradient: Float64Array,
): void {
  const n = x.length
  const oldest = pairs.length >= memory ? pairs.shift() : undefined
  const pair = oldest ?? { s: new Float64Array(n), y: new Float64Array(n), rho: 0 }
  const { s, y } = pair
  for (let i = 0; i < n; i++) {
    s[i] = nextX[i] - x[i]
    y[i] = nextGradient[i] - gradient[i]
  }
  const curvature = dot(s, y, 0, n)
  if (!(curvature > 2 ** -52 * dot(y, y, 0, n) * 1e-8)) return
  pair.rho = 1 / curvature
  pairs.push(pair)
}

/** The largest magnitude; NaN where there is one. */
function largest(a: Float64Array): number {
  let most = 0
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i]))
  return most
}
