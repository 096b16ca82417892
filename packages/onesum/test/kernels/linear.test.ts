import { describe, expect, test } from 'vitest'
import { JsLinear } from '../../src/kernels/js/linear.ts'
import type { Features } from '../../src/kernels/linear.ts'
import { openLinear, tallyColumns } from '../../src/kernels/training.ts'
import { WasmLinear } from '../../src/kernels/wasm/linear.ts'
import { kernels } from '../support/kernels.ts'
import { normals } from '../support/random.ts'
import { every, FLOAT32, type Problem, problem, worst } from './linear-problem.ts'

/** Value, gradient and Hessian by their definitions, and the sums of magnitudes behind them. */
function expected({ features, targets, classes, weights }: Problem) {
  const { rows, columns, centre, factor, elements } = features
  const stride = weights.length / classes
  const gradient = new Float64Array(weights.length)
  const hessian = new Float64Array(stride * stride)
  const [gradientScale, hessianScale] = [gradient.slice(), hessian.slice()]
  let [value, scale] = [0, 0]
  for (let row = 0; row < rows; row++) {
    const x = Float64Array.from({ length: stride }, (_, j) => {
      if (j < columns) return ((elements[row * columns + j] as number) - centre[j]) * factor[j]
      return j === columns ? 1 : 0
    })
    const z = Array.from({ length: classes }, (_, c) => x.reduce((sum, xj, j) => sum + xj * weights[c * stride + j], 0))
    const top = Math.max(...z)
    const sum = z.reduce((total, each) => total + Math.exp(each - top), 0)
    const [mass, own] = [targets.mass[row], targets.own[row]]
    const target = new Float64Array(classes)
    targets.spread?.(row, target)
    target[targets.labels[row]] += own
    value += mass * (top + Math.log(sum)) - z.reduce((total, each, c) => total + target[c] * each, 0)
    scale +=
      mass * (Math.abs(top) + Math.log(sum)) + z.reduce((total, each, c) => total + target[c] * Math.abs(each), 0)
    let spread = mass
    for (let c = 0; c < classes; c++) {
      const p = Math.exp(z[c] - top) / sum
      spread -= mass * p * p
      for (let j = 0; j < stride; j++) {
        gradient[c * stride + j] += (mass * p - target[c]) * x[j]
        gradientScale[c * stride + j] += (mass * p + target[c]) * Math.abs(x[j])
      }
    }
    for (let i = 0; i < stride; i++) {
      for (let j = 0; j <= i; j++) {
        hessian[i * stride + j] += spread * x[i] * x[j]
        hessianScale[i * stride + j] += mass * Math.abs(x[i] * x[j])
      }
    }
  }
  return { value, scale, gradient, gradientScale, hessian, hessianScale }
}

describe(`the arithmetic of a linear layer, ${kernels}`, () => {
  const sizes = [
    ...Array.from({ length: 12 }, (_, i) => [17, 5, i + 1]),
    ...[1, 7, 8, 9, 239, 240, 241, 500].map((rows) => [rows, 3, 4]),
    ...Array.from({ length: 9 }, (_, i) => [30, i + 1, 3]),
    ...[31, 32, 33, 64, 65, 100].map((classes) => [40, 6, classes]),
    [300, 67, 10],
  ]
  for (const kind of ['plain', 'weighted', 'spread'] as const) {
    test(`values, gradients and Hessians at every remainder of tile, group and panel: ${kind}`, () => {
      for (const [rows, columns, classes] of sizes) {
        const one = problem(rows, columns, classes, kind)
        const want = expected(one)
        const linear = openLinear(one.features, classes, 2)
        const precision = linear instanceof JsLinear ? 1e-12 : FLOAT32
        const [weights, gradient] = linear.vectors
        weights.set(one.weights)
        linear.aim(one.targets)
        const value = linear.evaluate(weights, gradient)
        const at = `${rows} × ${columns} × ${classes}`
        expect(Math.abs(value - want.value), at).toBeLessThanOrEqual(precision * want.scale + 1e-300)
        expect(worst(gradient, want.gradient, want.gradientScale), at).toBeLessThan(precision)
        const [hessian] = linear.matrices(1) ?? []
        linear.hessian(hessian, 1)
        const { stride } = linear
        const lower = hessian.map((each, i) => (i % stride <= Math.floor(i / stride) ? each : 0))
        expect(worst(lower, want.hessian, want.hessianScale), at).toBeLessThan(precision)
        linear.release()
      }
    })
  }

  test('curvatures by class, and moments of picked rows, are those of their definitions', () => {
    for (const [rows, columns, classes] of [
      [17, 5, 3],
      [241, 4, 7],
      [600, 7, 51],
    ]) {
      const one = problem(rows, columns, classes, 'spread')
      const linear = openLinear(one.features, classes, 2)
      const precision = linear instanceof JsLinear ? 1e-12 : FLOAT32
      const [weights] = linear.vectors
      const { stride } = linear
      weights.set(one.weights)
      linear.aim(one.targets)
      const x = (row: number) =>
        Float64Array.from({ length: stride }, (_, j) => {
          const { elements, centre, factor } = one.features
          if (j < columns) return ((elements[row * columns + j] as number) - centre[j]) * factor[j]
          return j === columns ? 1 : 0
        })
      const seen: number[] = []
      linear.curvatures(weights, (row, curvatures) => {
        seen.push(row)
        const own = x(row)
        const z = Array.from({ length: classes }, (_, c) =>
          own.reduce((sum, xj, j) => sum + xj * weights[c * stride + j], 0),
        )
        const all = z.reduce((sum, each) => sum + Math.exp(each), 0)
        z.forEach((each, c) => {
          const p = Math.exp(each) / all
          // z has rounding of its terms: |x| · |w| is below 40 here
          expect(Math.abs(curvatures[c] - one.targets.mass[row] * p * (1 - p))).toBeLessThan(40 * precision)
        })
      })
      expect(seen).toEqual(Array.from({ length: rows - 1 }, (_, i) => i + 1))
      const [matrix] = linear.matrices(1) ?? []
      const picked = Array.from({ length: Math.ceil(rows / 2) }, (_, i) => 2 * i)
      const factors = picked.map((row) => 1 + Math.cos(row))
      expect(linear.moments(matrix, picked, factors)).toBe(true)
      for (let i = 0; i < stride; i++) {
        for (let j = 0; j <= i; j++) {
          const terms = picked.map((row, at) => factors[at] * x(row)[i] * x(row)[j])
          const scale = terms.reduce((sum, each) => sum + Math.abs(each), 0)
          const want = terms.reduce((sum, each) => sum + each, 0)
          expect(Math.abs(matrix[i * stride + j] - want)).toBeLessThanOrEqual(precision * scale)
        }
      }
      linear.release()
    }
  })

  test('a Hessian from part of the rows is near that of all', () => {
    const one = problem(6000, 5, 3, 'plain')
    const linear = openLinear(one.features, 3, 1)
    linear.aim(one.targets)
    const [all, third] = linear.matrices(2) ?? []
    linear.hessian(all, 1)
    linear.hessian(third, 3)
    const { stride } = linear
    for (let i = 0; i < 6; i++) {
      // a mean of 2000 independent squares is within a tenth, four times its standard deviation
      expect(Math.abs(third[i * stride + i] / all[i * stride + i] - 1)).toBeLessThan(0.15)
    }
    linear.release()
  })

  test('kernels take the features where there are kernels', () => {
    const { features } = problem(20, 3, 3, 'plain')
    const linear = openLinear(features, 3, 1)
    expect(linear instanceof WasmLinear).toBe(kernels !== 'js')
    linear.release()
  })

  test('a loss of 1e-9 keeps its digits: from the sum of the other terms', () => {
    const features = {
      elements: Float32Array.of(1),
      rows: 1,
      columns: 1,
      taken: every(1),
      centre: Float64Array.of(0),
      factor: Float64Array.of(1),
    }
    const linear = openLinear(features, 3, 2)
    const [weights, gradient] = linear.vectors
    weights.fill(0)
    weights[0] = 21
    linear.aim({ labels: Int32Array.of(0), mass: Float64Array.of(1), own: Float64Array.of(1) })
    const others = 2 * Math.exp(-21)
    expect(linear.evaluate(weights, gradient) / Math.log1p(others)).toBeCloseTo(1, 6)
    expect(gradient[0] / (-others / (1 + others))).toBeCloseTo(1, 6)
    linear.release()
  })

  test('dot and combine are those of float64', () => {
    const { features } = problem(50, 6, 11, 'plain')
    const linear = openLinear(features, 11, 3)
    const [a, b, to] = linear.vectors
    a.set(normals(1, a.length))
    b.set(normals(2, b.length))
    const dot = a.reduce((sum, each, i) => sum + each * b[i], 0)
    expect(linear.dot(a, b)).toBeCloseTo(dot, 10)
    linear.combine(to, a, -0.5, b)
    expect(
      worst(
        to,
        a.map((each, i) => each - 0.5 * b[i]),
        a.map(() => 1),
      ),
    ).toBeLessThan(1e-15)
    linear.release()
  })

  test('sums of columns are those of float64, whatever the number of columns', () => {
    for (const columns of [1, 2, 3, 4, 5, 67, 20000]) {
      const rows = 13
      const elements = Float32Array.from(normals(columns, rows * columns))
      const origin = normals(columns + 1, columns)
      const [sums, squares] = [new Float64Array(columns), new Float64Array(columns)]
      tallyColumns(elements, columns, origin, sums, squares)
      for (let j = 0; j < columns; j += 1 + Math.floor(columns / 50)) {
        const own = Array.from({ length: rows }, (_, row) => elements[row * columns + j] - origin[j])
        expect(sums[j]).toBeCloseTo(
          own.reduce((sum, x) => sum + x, 0),
          12,
        )
        expect(squares[j]).toBeCloseTo(
          own.reduce((sum, x) => sum + x * x, 0),
          12,
        )
      }
    }
  })
})

test('columns that are not taken are as if they were not there', () => {
  const [rows, columns, classes] = [83, 9, 3]
  const { features, targets } = problem(rows, columns, classes, 'weighted')
  const taken = Int32Array.of(1, 4, 5, 8)
  const narrow: Features = {
    elements: Float32Array.from({ length: rows * taken.length }, (_, i) => {
      return features.elements[Math.floor(i / taken.length) * columns + taken[i % taken.length]]
    }),
    rows,
    columns: taken.length,
    taken: every(taken.length),
    centre: Float64Array.from(taken, (j) => features.centre[j]),
    factor: Float64Array.from(taken, (j) => features.factor[j]),
  }
  const [some, all] = [{ ...features, taken }, narrow].map((each) => {
    const linear = openLinear(each, classes, 2)
    const [weights, gradient] = linear.vectors
    weights.set(Float64Array.from({ length: weights.length }, (_, i) => Math.sin(i)))
    linear.aim(targets)
    const found = [linear.evaluate(weights, gradient), ...gradient]
    linear.release()
    return found
  })
  // the same numbers in the same order: the same bits
  expect(some).toEqual(all)
})
