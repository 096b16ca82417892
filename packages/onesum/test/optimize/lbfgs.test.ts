import { describe, expect, test } from 'vitest'
import { type Minimization, minimize } from '../../src/optimize/lbfgs.ts'
import { normals } from '../support/random.ts'

/** Rosenbrock's valley in any even dimension: the minimum 0 at (1, …, 1). */
const rosenbrock =
  (pairs: number): Minimization['evaluate'] =>
  (x, gradient) => {
    let value = 0
    for (let i = 0; i < 2 * pairs; i += 2) {
      const [a, b] = [1 - x[i], x[i + 1] - x[i] * x[i]]
      value += a * a + 100 * b * b
      gradient[i] = -2 * a - 400 * x[i] * b
      gradient[i + 1] = 200 * b
    }
    return value
  }

describe('L-BFGS', () => {
  test.each([1, 10, 100])('reaches the bottom of %i of Rosenbrock’s valleys from (-1.2, 1)', (pairs) => {
    const start = Float64Array.from({ length: 2 * pairs }, (_, i) => (i % 2 === 0 ? -1.2 : 1))
    const { x, value, converged, iterations } = minimize({ dimension: 2 * pairs, evaluate: rosenbrock(pairs), start })
    expect(converged).toBe(true)
    expect(iterations).toBeLessThan(100)
    // the smallest eigenvalue of the Hessian at the minimum is 0.4: a gradient of 1e-8 is at most 2.5e-8 away in each pair
    for (const entry of x) expect(Math.abs(entry - 1)).toBeLessThan(4e-8)
    expect(value).toBeLessThan(1e-14)
  })

  test('solves a quadratic with a condition of ten thousand', () => {
    const n = 30
    const [curvature, b] = [Float64Array.from({ length: n }, (_, i) => 10 ** ((4 * i) / (n - 1))), normals(1, n)]
    const { x, converged } = minimize({
      dimension: n,
      iterations: 2000,
      evaluate(x, gradient) {
        let value = 0
        for (let i = 0; i < n; i++) {
          gradient[i] = curvature[i] * x[i] - b[i]
          value += x[i] * (0.5 * curvature[i] * x[i] - b[i])
        }
        return value
      },
    })
    expect(converged).toBe(true)
    // |x − b / c| = |gradient| / c, and no curvature is below 1
    for (let i = 0; i < n; i++) expect(Math.abs(x[i] - b[i] / curvature[i])).toBeLessThanOrEqual(1e-8)
  })

  test('finds the minimum of log-sum-exp of affine functions, where its gradient vanishes', () => {
    const a = normals(2, 20 * 3)
    const evaluate: Minimization['evaluate'] = (x, gradient) => {
      let total = 0
      gradient.fill(0)
      for (let k = 0; k < 20; k++) {
        const e = Math.exp(a[3 * k] * x[0] + a[3 * k + 1] * x[1] + a[3 * k + 2])
        total += e
        for (let i = 0; i < 2; i++) gradient[i] += e * a[3 * k + i]
      }
      for (let i = 0; i < 2; i++) gradient[i] /= total
      return Math.log(total)
    }
    const { value, gradient, converged } = minimize({ dimension: 2, evaluate })
    expect(converged).toBe(true)
    expect(Math.max(...gradient.map(Math.abs))).toBeLessThanOrEqual(1e-8)
    // a convex function: nothing around is lower
    const scratch = new Float64Array(2)
    const { x } = minimize({ dimension: 2, evaluate })
    for (const [dx, dy] of [
      [1, 0],
      [-1, 0],
      [0, 1],
      [0, -1],
    ]) {
      expect(evaluate(Float64Array.of(x[0] + 1e-3 * dx, x[1] + 1e-3 * dy), scratch)).toBeGreaterThan(value)
    }
  })

  test('takes Infinity for a place that is not allowed', () => {
    // x − log x, with its minimum at 1
    const { x, converged } = minimize({
      dimension: 1,
      start: Float64Array.of(20),
      evaluate([at], gradient) {
        gradient[0] = 1 - 1 / at
        return at > 0 ? at - Math.log(at) : Infinity
      },
    })
    expect(converged).toBe(true)
    expect(Math.abs(x[0] - 1)).toBeLessThan(1e-7)
  })

  test('stays where the gradient is nothing, and says when iterations ran out', () => {
    const evaluate: Minimization['evaluate'] = ([x], gradient) => {
      gradient[0] = 2 * x
      return x * x
    }
    expect(minimize({ dimension: 1, evaluate })).toMatchObject({ iterations: 0, evaluations: 1, converged: true })
    const start = Float64Array.of(-1.2, 1)
    const stopped = minimize({ dimension: 2, evaluate: rosenbrock(1), start, iterations: 3 })
    expect(stopped).toMatchObject({ iterations: 3, converged: false })
    expect(Array.from(start)).toEqual([-1.2, 1])
  })

  test('ends where a function has no minimum', () => {
    const { converged, iterations } = minimize({
      dimension: 1,
      tolerance: 0,
      iterations: 50,
      evaluate([x], gradient) {
        gradient[0] = -1
        return -x
      },
    })
    expect(converged).toBe(false)
    expect(iterations).toBeLessThanOrEqual(50)
  })
})
