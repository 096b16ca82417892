import { describe, expect, test } from 'vitest'
import { dirichletObjective } from '../../src/calibration/dirichlet.ts'
import { fitDirichlet, fitPlatt, fitVectorScaling } from '../../src/calibration/index.ts'
import { openLabelled } from '../../src/calibration/labelled.ts'
import { plattObjective } from '../../src/calibration/platt.ts'
import { temperatureLoss } from '../../src/calibration/temperature-objective.ts'
import { vectorObjective } from '../../src/calibration/vector-scaling.ts'
import type { Minimization } from '../../src/optimize/lbfgs.ts'
import { expectWithin } from '../support/compare.ts'
import { normals } from '../support/random.ts'
import { differenceQuotient, drawn } from './data.ts'

const { logits, labels, shape } = drawn(1, 40, 4)
const { data } = openLabelled('test', logits, labels, { shape })

/** Fourth-order differences with h = 1e-3: h⁴ / 30 of the fifth derivative, below 1e-9 here, and 1e-13 of rounding. */
function expectGradient(evaluate: Minimization['evaluate'], at: Float64Array): void {
  const gradient = new Float64Array(at.length)
  evaluate(at, gradient)
  const scratch = new Float64Array(at.length)
  const want = gradient.map((_, i) => differenceQuotient((x) => evaluate(x, scratch), at, i, 1e-3))
  expectWithin(gradient, want, () => 1e-9)
}

describe('gradients agree with finite differences', () => {
  test('of vector scaling', () => {
    expectGradient(vectorObjective(data, 1.7, 3), normals(2, 8))
  })

  test('of Dirichlet calibration', () => {
    expectGradient(dirichletObjective(data, { lambda: 0.3, mu: 0.7 }), normals(3, 20, 0.5))
  })

  test('of the loss in 1 / T, and the curvature with them', () => {
    const lossAt = temperatureLoss(data)
    for (const b of [0.3, 1, 2.5]) {
      const at = (of: 'loss' | 'slope') => differenceQuotient(([x]) => lossAt(1 / x)[of], Float64Array.of(b), 0, 1e-3)
      const { slope, curvature } = lossAt(1 / b)
      expect(Math.abs(slope - at('loss'))).toBeLessThan(1e-9)
      expect(Math.abs(curvature - at('slope'))).toBeLessThan(1e-8)
    }
  })

  test('of Platt scaling, and its Hessian with them', () => {
    const two = drawn(4, 50, 2)
    const opened = openLabelled('test', two.logits, two.labels, { shape: two.shape }).data
    const objective = plattObjective(normals(5, 50), opened)
    for (const point of [
      [0.7, -0.3],
      [-2, 1],
      [0, 0],
    ]) {
      const at = Float64Array.from(point)
      const { gradient, hessian } = objective(at[0], at[1])
      for (const i of [0, 1]) {
        // sums over 50 rows, where the others are means
        const want = differenceQuotient(([a, b]) => objective(a, b).value, at, i, 1e-3)
        expect(Math.abs(gradient[i] - want)).toBeLessThan(5e-8)
        for (const j of [0, 1]) {
          const second = differenceQuotient(([a, b]) => objective(a, b).gradient[i], at, j, 1e-3)
          expect(Math.abs(hessian[i + j] - second)).toBeLessThan(5e-7)
        }
      }
    }
  })
})

describe('fits end where the gradient vanishes', () => {
  test('vector scaling', () => {
    const fitted = fitVectorScaling(logits, labels, { shape, l2: 2 })
    expect(fitted.converged).toBe(true)
    const gradient = new Float64Array(8)
    vectorObjective(data, 1, 0)(Float64Array.of(...fitted.weights, ...fitted.bias), gradient)
    const bias = fitted.bias.map((b) => (2 / 40) * b)
    // the loss pulls the offsets exactly as hard as the penalty, to the tolerance of the fit
    expectWithin(
      gradient.slice(4),
      bias.map((b) => -b),
      () => 1.001e-7,
    )
  })

  test('Dirichlet calibration, with the penalties of its formula', () => {
    const fitted = fitDirichlet(logits, labels, { shape, lambda: 0.2, mu: 0.1 })
    expect(fitted.converged).toBe(true)
    const gradient = new Float64Array(20)
    dirichletObjective(data, { lambda: 0, mu: 0 })(Float64Array.of(...fitted.weights, ...fitted.bias), gradient)
    const penalty = Array.from({ length: 20 }, (_, at) => {
      if (at >= 16) return (2 * 0.1 * fitted.bias[at - 16]) / 4
      return at % 5 === 0 ? 0 : (2 * 0.2 * fitted.weights[at]) / (4 * 3)
    })
    expectWithin(
      gradient,
      penalty.map((p) => -p),
      () => 1.001e-6,
    )
  })

  test('Platt scaling, whose two conditions can be written down', () => {
    const two = drawn(6, 200, 2, 2)
    const { slope, intercept } = fitPlatt(two.logits, two.labels, { shape: two.shape })
    const ones = two.labels.reduce((a, b) => a + b)
    const targets = [1 / (200 - ones + 2), (ones + 1) / (ones + 2)]
    let [plain, weighted] = [0, 0]
    for (let row = 0; row < 200; row++) {
      const f = two.logits[2 * row + 1] - two.logits[2 * row]
      const residual = 1 / (1 + Math.exp(-(slope * f + intercept))) - targets[two.labels[row]]
      plain += residual
      weighted += residual * f
    }
    // 1e-11 a row, and log-odds of up to 12
    expect(Math.abs(plain)).toBeLessThan(1e-8)
    expect(Math.abs(weighted)).toBeLessThan(1e-7)
  })
})

describe('what a fit finds', () => {
  test('vector scaling takes back a factor and an offset of each class', () => {
    const source = drawn(7, 20_000, 3)
    const [factors, offsets] = [
      [2, 0.5, 1],
      [1, -1, 0],
    ]
    const spoilt = source.logits.map((x, i) => (x - offsets[i % 3]) / factors[i % 3])
    const { weights, bias } = fitVectorScaling(spoilt, source.labels, { shape: source.shape })
    for (let k = 0; k < 3; k++) {
      // the standard error is 1 / sqrt(20,000 · information), about 0.02 for each; offsets are only known up to a shift
      expect(Math.abs(weights[k] - factors[k])).toBeLessThan(0.12)
      expect(Math.abs(bias[k] - bias[0] - (offsets[k] - offsets[0]))).toBeLessThan(0.15)
    }
  })

  test('Dirichlet calibration takes back a mixture of classes', () => {
    const source = drawn(8, 20_000, 3, 1, 1)
    // rows of the mixture sum to 1, so that its inverse may see log-probabilities in the place of logits
    const spoilt = source.logits.map((x, i) => (i % 3 === 0 ? 1.5 * x - 0.5 * source.logits[i + 1] : x))
    const fitted = fitDirichlet(spoilt, source.labels, { shape: source.shape })
    const p = fitted.transform(spoilt, { shape: source.shape })
    const want = source.logits
    let worst = 0
    for (let row = 0; row < 200; row++) {
      const e = [0, 1, 2].map((k) => Math.exp(want[3 * row + k]))
      const total = e[0] + e[1] + e[2]
      e.forEach((value, k) => {
        worst = Math.max(worst, Math.abs(value / total - p[3 * row + k]))
      })
    }
    // nine parameters known to about 0.02 each, on logits of size 1 to 3
    expect(worst).toBeLessThan(0.06)
  })

  test('Dirichlet calibration gives a class of probability 0 what it gives one of 2^-1022', () => {
    const source = drawn(8, 200, 3)
    const fitted = fitDirichlet(source.logits, source.labels, { shape: source.shape })
    const least = Math.log(2) * -1022
    for (const [impossible, possible] of [
      [
        [0, -Infinity, -Infinity],
        [0, least, least],
      ],
      [
        [1, -Infinity, 1],
        [1, 1 + Math.LN2 + least, 1],
      ],
    ]) {
      const p = fitted.transform(impossible)
      const want = fitted.transform(possible)
      // exponents of some 700 hold their last digits to 1e-13, times weights of some units
      for (const k of [0, 1, 2]) expect(Math.abs(p[k] - want[k])).toBeLessThanOrEqual(1e-12)
      expect(p[0] + p[1] + p[2]).toBeCloseTo(1, 14)
    }
  })

  test('Platt scaling takes back slope and intercept', () => {
    const source = drawn(9, 20_000, 2)
    const spoilt = source.logits.map((x, i) => (i % 2 === 1 ? 3 * x + 2 : 3 * x))
    const { slope, intercept } = fitPlatt(spoilt, source.labels, { shape: source.shape })
    // p of the log-odds d = (f − 2) / 3
    expect(Math.abs(3 * slope - 1)).toBeLessThan(0.06)
    expect(Math.abs(intercept + 2 / 3)).toBeLessThan(0.08)
  })
})
