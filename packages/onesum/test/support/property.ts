import fc from 'fast-check'
import { vi } from 'vitest'

/** Fixed seed, so that a failure here is a failure everywhere; `ONESUM_TEST_ALL=1` looks twenty times longer. */
export const settings = { seed: 20240607, numRuns: process.env.ONESUM_TEST_ALL === '1' ? 4000 : 200 }

// hundreds of runs need more than the runner's five seconds on a busy machine, thousands need minutes
vi.setConfig({ testTimeout: settings.numRuns > 200 ? 600_000 : 60_000 })

/** Checks a property with the settings of all properties. */
export function holds<T extends [unknown, ...unknown[]]>(
  arbitraries: { [K in keyof T]: fc.Arbitrary<T[K]> },
  body: (...args: T) => void,
): void {
  fc.assert(fc.property<T>(...arbitraries, body), settings)
}

/** A finite logit of moderate size. */
export const logit = (limit = 30) => fc.double({ min: -limit, max: limit, noNaN: true })

/** One row of logits. */
export const row = (maxLength = 40, limit = 30) => fc.array(logit(limit), { minLength: 1, maxLength })

/** An array of any rank from 0 to 5 with one of its axes: few entries, extents of 1 and 0 among them. */
export const array = (limit = 30, smallest = 0) =>
  fc.array(fc.integer({ min: smallest, max: 4 }), { maxLength: 5 }).chain((shape) => {
    const size = shape.reduce((a, b) => a * b, 1)
    const rank = Math.max(shape.length, 1)
    return fc.record({
      shape: fc.constant(shape),
      axis: fc.integer({ min: -rank, max: rank - 1 }),
      x: fc.array(logit(limit), { minLength: size, maxLength: size }),
    })
  })

/** Two rows of the same length as a given one, for gradients and directions. */
export const triple = (maxLength = 6, limit = 5) =>
  fc.integer({ min: 1, max: maxLength }).chain((length) => {
    const values = (bound: number) => fc.array(logit(bound), { minLength: length, maxLength: length })
    return fc.record({ x: values(limit), gy: values(2), v: values(2) })
  })

/** Σ aᵢ bᵢ */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i]
  return sum
}

/** Σ |aᵢ| */
export function absSum(a: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i])
  return sum
}

/** x + h · direction */
export function step(x: readonly number[], direction: readonly number[], h: number): number[] {
  return x.map((value, i) => value + h * direction[i])
}

/** The unit vectors of a space. */
export function units(length: number): number[][] {
  return Array.from({ length }, (_, i) => Array.from({ length }, (_, j) => (i === j ? 1 : 0)))
}
