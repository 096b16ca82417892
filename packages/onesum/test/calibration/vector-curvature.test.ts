import { expect, test } from 'vitest'
import { fitVectorScaling } from '../../src/calibration/index.ts'
import { openLabelled } from '../../src/calibration/labelled.ts'
import { whitened } from '../../src/calibration/vector-curvature.ts'
import { vectorObjective } from '../../src/calibration/vector-scaling.ts'
import { expectWithin } from '../support/compare.ts'
import { normals } from '../support/random.ts'
import { differenceQuotient, drawn } from './data.ts'

const { logits, labels, shape } = drawn(31, 60, 4)
const { data } = openLabelled('test', logits, labels, { shape })
const start = Float64Array.of(1.2, 0.8, 1, 0.5, 0.1, -0.2, 0.3, 0)
const objective = vectorObjective(data, 1.3, 0.5)
const problem = whitened(data, 1.3, 0.5 / 60, objective, start)

test('the variables of vector scaling lead there and back', () => {
  // two products and two quotients each way
  expectWithin(problem.unwhiten(problem.start), start, () => 1e-13)
})

test('the gradient in them agrees with finite differences', () => {
  const u = problem.start.map((value, i) => value + normals(32, 8)[i])
  const [gradient, scratch] = [new Float64Array(8), new Float64Array(8)]
  problem.evaluate(u, gradient)
  // fourth order with h = 1e-3, as in the other objectives; a unit of u is up to ten of (w, b)
  const want = gradient.map((_, i) => differenceQuotient((x) => problem.evaluate(x, scratch), u, i, 1e-3))
  expectWithin(gradient, want, () => 1e-7)
})

test('the blocks of the Hessian are the identity', () => {
  const gradientAt = (u: Float64Array) => {
    const gradient = new Float64Array(8)
    problem.evaluate(u, gradient)
    return gradient
  }
  for (let k = 0; k < 4; k++) {
    for (const i of [k, 4 + k]) {
      for (const j of [k, 4 + k]) {
        const second = differenceQuotient((u) => gradientAt(u)[i], problem.start, j, 1e-3)
        expect(Math.abs(second - (i === j ? 1 : 0))).toBeLessThan(1e-6)
      }
    }
  }
})

test('the fit ends where the gradient vanishes, with a class that is rare and one at -Infinity in some rows', () => {
  const rare = drawn(33, 400, 5)
  const x = rare.logits.map((value, i) => (i % 5 === 4 ? value - 6 : i % 35 === 3 ? -Infinity : value))
  const own = rare.labels.map((label, row) => (x[5 * row + label] === -Infinity ? 0 : label))
  own[0] = 4
  const fitted = fitVectorScaling(x, own, { shape: rare.shape, l2: 1 })
  expect(fitted.converged).toBe(true)
  const gradient = new Float64Array(10)
  const opened = openLabelled('test', x, own, { shape: rare.shape }).data
  vectorObjective(opened, 1, 0)(Float64Array.of(...fitted.weights, ...fitted.bias), gradient)
  // the loss pulls the offsets exactly as hard as the penalty, to the tolerance of the fit
  expectWithin(
    gradient.slice(5),
    fitted.bias.map((b) => -b / 400),
    () => 1.001e-7,
  )
})
