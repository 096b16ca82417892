/**
 * L-BFGS with an inverse Hessian to begin with, one iteration at a time.
 *
 * Method: the two-loop recursion of Nocedal (Updating quasi-Newton matrices with limited storage, 1980) over the last ten
 * pairs; H0 = γ · M⁻¹ with γ = sᵀy / yᵀM⁻¹y, where M approximates the Hessian. It stops where half the squared length of
 * the gradient in H, which is what another step would gain if H were the inverse Hessian, is a small part of the value.
 */
import { searchLine, type Trial } from './line-search.ts'

const MEMORY = 10

/** How many vectors `minimize` needs. */
export const VECTORS = 2 * MEMORY + 6

/** What is minimised. */
export interface Objective {
  /** VECTORS of them, the first of which holds where to begin. */
  readonly vectors: readonly Float64Array[]
  dot(a: Float64Array, b: Float64Array): number
  /** to = a + factor · b. */
  combine(to: Float64Array, a: Float64Array, factor: number, b: Float64Array): void
  /** The value at x; the gradient goes into `gradient`. */
  evaluate(x: Float64Array, gradient: Float64Array): number
  /** to = M⁻¹ · vector. */
  precondition(vector: Float64Array, to: Float64Array): void
  /** Told of each iteration: M may become a better one, at x, where the last evaluation was. */
  renew(x: Float64Array, before: number, value: number): void
  /** Whether the value can only go on towards 0, with weights without bound. */
  unbounded(value: number): boolean
}

/** Why an optimisation ended. */
export type Reason =
  /** Another step would gain less than `tolerance`, as a part of the objective. */
  | 'tolerance'
  /** No step goes down any further in the precision of the arithmetic. */
  | 'precision'
  /** The classes can be told apart without error: without a penalty there is no minimum. */
  | 'separable'
  | 'iterations'

/** Where an optimisation is. */
export interface State {
  readonly x: Float64Array
  readonly gradient: Float64Array
  readonly value: number
  readonly iterations: number
  readonly evaluations: number
  /** Undefined while it runs. */
  readonly reason: Reason | undefined
}

export interface Limits {
  readonly tolerance: number
  readonly maxIterations: number
}

/** A step, the gradient's change along it, and 1 / their product. */
interface Pair {
  readonly step: Float64Array
  readonly change: Float64Array
  rho: number
}

/** Goes down from the first of the vectors; yields after each iteration, and ends with a reason. */
export function* minimize(objective: Objective, limits: Limits): Generator<State, State> {
  const { vectors, dot, combine } = objective
  const [, , , , direction, work, ...rest] = vectors
  let [x, gradient, nextX, nextGradient] = vectors
  const unused = Array.from(
    { length: MEMORY },
    (_, k): Pair => ({ step: rest[2 * k], change: rest[2 * k + 1], rho: 0 }),
  )
  const pairs: Pair[] = []
  let scale = 1
  let value = objective.evaluate(x, gradient)
  let evaluations = 1
  let iterations = 0
  let next = value
  const at = (step: number): Trial => {
    combine(nextX, x, step, direction)
    evaluations++
    next = objective.evaluate(nextX, nextGradient)
    return { value: next, slope: dot(nextGradient, direction) }
  }
  const state = (reason: Reason | undefined): State => ({ x, gradient, value, iterations, evaluations, reason })
  for (;;) {
    let slope = descend(objective, pairs, scale, gradient, direction, work)
    if (!(slope < 0) && pairs.length > 0) {
      unused.push(...pairs.splice(0))
      slope = descend(objective, pairs, scale, gradient, direction, work)
    }
    if (-slope / 2 <= limits.tolerance * Math.abs(value)) return state('tolerance')
    if (objective.unbounded(value)) return state('separable')
    if (iterations >= limits.maxIterations) return state('iterations')
    if (!(slope < 0)) return state('precision')
    if (searchLine(at, { value, slope }) === undefined) {
      // what the pairs say of the curvature may be wrong here: once more without them
      if (pairs.length === 0) return state('precision')
      unused.push(...pairs.splice(0))
      continue
    }
    iterations++
    objective.renew(nextX, value, next)
    // the newest pair takes the arrays of the oldest
    const pair = unused.pop() ?? (pairs.shift() as Pair)
    combine(pair.step, nextX, -1, x)
    combine(pair.change, nextGradient, -1, gradient)
    const curvature = dot(pair.step, pair.change)
    if (curvature > 0) {
      pair.rho = 1 / curvature
      pairs.push(pair)
      objective.precondition(pair.change, work)
      scale = curvature / dot(pair.change, work)
    } else unused.push(pair)
    ;[x, nextX, gradient, nextGradient, value] = [nextX, x, nextGradient, gradient, next]
    yield state(undefined)
  }
}

/** direction = −H · gradient; returns the slope along it. */
function descend(
  { dot, combine, precondition }: Objective,
  pairs: readonly Pair[],
  scale: number,
  gradient: Float64Array,
  direction: Float64Array,
  work: Float64Array,
): number {
  const alphas: number[] = []
  combine(work, gradient, 0, gradient)
  for (let k = pairs.length - 1; k >= 0; k--) {
    const { step, change, rho } = pairs[k]
    alphas[k] = rho * dot(step, work)
    combine(work, work, -alphas[k], change)
  }
  precondition(work, direction)
  // times −γ
  combine(direction, direction, -scale - 1, direction)
  for (let k = 0; k < pairs.length; k++) {
    const { step, change, rho } = pairs[k]
    combine(direction, direction, -alphas[k] - rho * dot(change, direction), step)
  }
  return dot(gradient, direction)
}
