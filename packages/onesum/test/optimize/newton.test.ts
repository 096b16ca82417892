import { describe, expect, test } from 'vitest'
import { increasingRoot, type RootProblem } from '../../src/optimize/newton.ts'

const problem = (evaluate: RootProblem['evaluate'], more: Partial<RootProblem> = {}): RootProblem => ({
  evaluate,
  start: 0,
  low: -10,
  high: 10,
  reach: 2,
  tolerance: 1e-7,
  ...more,
})

describe('Newton in one dimension', () => {
  test('finds the root of an increasing function to the square of its tolerance', () => {
    const { x, bound, converged } = increasingRoot(problem((x) => [Math.exp(x) - 5, Math.exp(x)]))
    expect([bound, converged]).toEqual([null, true])
    // half of f''/f' = 1 times the square of the last step
    expect(Math.abs(x - Math.log(5))).toBeLessThan(1e-14)
  })

  test.each([
    ['where Newton alone runs away', -9, (x: number) => [Math.atan(x - 3), 1 / (1 + (x - 3) ** 2)] as const],
    ['where the slope is nothing', 0, (x: number) => [(x - 3) ** 3, 3 * (x - 3) ** 2] as const],
    ['where the slope lies', 0, (x: number) => [x - 3, -1] as const],
  ])('comes to the root %s', (_, start, evaluate) => {
    const { x, converged } = increasingRoot(problem(evaluate, { start, tolerance: 1e-9 }))
    expect(converged).toBe(true)
    // Newton on a triple root shortens its way by a third, bisection by a half: twice the last step is left
    expect(Math.abs(x - 3)).toBeLessThan(3e-9)
  })

  test('stops at the bound beyond which the root lies', () => {
    expect(increasingRoot(problem((x) => [x - 11, 1]))).toMatchObject({ x: 10, bound: 'high', converged: true })
    expect(increasingRoot(problem((x) => [x + 11, 1]))).toMatchObject({ x: -10, bound: 'low', converged: true })
  })

  test('finds a root beside a bound, and on it', () => {
    // within the tolerance of the bound, which was tried, bisection steps in
    expect(Math.abs(increasingRoot(problem((x) => [x - 10 + 1e-9, 1])).x - 10)).toBeLessThan(1e-7)
    expect(increasingRoot(problem((x) => [x - 10, 1]))).toMatchObject({ x: 10, bound: null })
  })

  test('says when evaluations ran out', () => {
    const { evaluations, converged } = increasingRoot(problem((x) => [x ** 3 - 7, 0], { evaluations: 4 }))
    expect([evaluations, converged]).toEqual([4, false])
  })
})
