import { describe, expect, test } from 'vitest'
import { openLinear } from '../../src/kernels/training.ts'
import { kernels } from '../support/kernels.ts'
import { normals } from '../support/random.ts'
import { FLOAT32, problem, worst } from './linear-problem.ts'

describe(`what takes the place of an inverse Hessian, ${kernels}`, () => {
  test('the product with a symmetric matrix is that of float32', () => {
    const { features } = problem(50, 6, 11, 'plain')
    const linear = openLinear(features, 11, 2)
    const [a, to] = linear.vectors
    a.set(normals(1, a.length))
    const { stride } = linear
    const [matrix] = linear.matrices(1) ?? []
    const values = normals(3, stride * stride)
    for (let i = 0; i < stride; i++)
      for (let j = 0; j < stride; j++) matrix[i * stride + j] = values[Math.min(i, j) * stride + Math.max(i, j)]
    const inverse = linear.openInverse()
    inverse?.set(matrix)
    inverse?.multiply(a, to)
    const product = Float64Array.from(a, (_, i) => {
      const c = Math.floor(i / stride)
      return matrix
        .subarray((i % stride) * stride)
        .subarray(0, stride)
        .reduce((sum, each, j) => sum + each * a[c * stride + j], 0)
    })
    expect(
      worst(
        to,
        product,
        product.map(() => stride),
      ),
    ).toBeLessThan(FLOAT32)
    linear.release()
  })

  test('substitution solves with the factor of each class', () => {
    for (const columns of [1, 3, 4, 8, 18]) {
      const classes = 3
      const { features } = problem(50, columns, classes, 'plain')
      const linear = openLinear(features, classes, 3)
      const { stride } = linear
      const [given, found] = linear.vectors
      const [l] = linear.matrices(1) ?? []
      const solver = linear.openFactors()
      const factors = Array.from({ length: classes }, (_, c) => {
        const values = normals(10 * columns + c, stride * stride, 0.3)
        return values.map((value, i) => (i % stride === Math.floor(i / stride) ? 1 + Math.abs(value) : value))
      })
      factors.forEach((each, c) => {
        l.set(each)
        solver?.set(c, l)
      })
      const wanted = normals(columns, classes * stride)
      factors.forEach((each, c) => {
        for (let i = 0; i < stride; i++) {
          let value = 0
          for (let j = 0; j < stride; j++) {
            for (let p = 0; p <= Math.min(i, j); p++) {
              value += each[i * stride + p] * each[j * stride + p] * wanted[c * stride + j]
            }
          }
          given[c * stride + i] = value
        }
      })
      solver?.solve(given, found)
      // float32 factors, whose condition is below 1e3 at this size
      wanted.forEach((value, i) => {
        expect(Math.abs(found[i] - value)).toBeLessThan(1e3 * 2 ** -23)
      })
      linear.release()
    }
  })
})
