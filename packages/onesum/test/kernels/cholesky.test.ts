import { describe, expect, test } from 'vitest'
import { invert } from '../../src/kernels/cholesky.ts'
import { openLinear } from '../../src/kernels/training.ts'
import { kernels } from '../support/kernels.ts'
import { normals } from '../support/random.ts'
import { problem } from './linear-problem.ts'

describe(`the inverse of a symmetric matrix, ${kernels}`, () => {
  test('the inverse of a matrix times the matrix is the identity, at every remainder of a block', () => {
    for (const columns of [3, 7, 15, 16, 19, 31, 32, 47, 66]) {
      const { features } = problem(200, columns, 2, 'plain')
      const linear = openLinear(features, 2, 1)
      const n = linear.stride
      const [a, work] = linear.matrices(2) ?? []
      const x = normals(columns, 2 * n * n)
      const original = new Float64Array(n * n)
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < n; j++)
          for (let p = 0; p < 2 * n; p++) original[i * n + j] += x[i * 2 * n + p] * x[j * 2 * n + p]
      }
      a.set(original)
      expect(invert(a, work, n, linear.rowProducts)).toBe(true)
      let most = 0
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < n; j++) {
          let sum = i === j ? -1 : 0
          for (let p = 0; p < n; p++) sum += a[i * n + p] * original[p * n + j]
          most = Math.max(most, Math.abs(sum))
        }
      }
      // n · 2^-52 · condition, which is below 1e3 for twice as many columns as rows
      expect(most).toBeLessThan(n * 2 ** -52 * 1e3)
      linear.release()
    }
  })

  test('a matrix that is not positive definite has no inverse', () => {
    const { features } = problem(20, 3, 2, 'plain')
    const linear = openLinear(features, 2, 1)
    const [a, work] = linear.matrices(2) ?? []
    expect(invert(a, work, linear.stride, linear.rowProducts)).toBe(false)
    linear.release()
  })
})
