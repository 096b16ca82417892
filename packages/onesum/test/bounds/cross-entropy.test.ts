import { describe, expect, test } from 'vitest'
import { crossEntropy, crossEntropyWithGrad } from '../../src/index.ts'
import { expectWithin } from '../support/compare.ts'
import * as dd from '../support/double-double.ts'
import { normals, seeded } from '../support/random.ts'
import { referenceRow } from '../support/softmax-reference.ts'

/**
 * Loss and gradient of one row from the definition. At a label without smoothing the gradient is minus the sum of
 * the *other* probabilities, which p − 1 could not show at a margin of 80 even in double-double.
 */
function reference(x: ArrayLike<number>, mass: number[]): { loss: number; grad: number[]; p: number[] } {
  const { probabilities, logProbabilities } = referenceRow(x)
  const masses = mass.map((t): dd.DoubleDouble => [t, 0])
  const total = masses.reduce(dd.add, dd.zero)
  const loss = masses.reduce(
    (sum, t, j) => (mass[j] === 0 ? sum : dd.subtract(sum, dd.multiply(t, logProbabilities[j]))),
    dd.zero,
  )
  const label = mass.filter((t) => t !== 0).length === 1 ? mass.findIndex((t) => t !== 0) : -1
  const others = probabilities.reduce((sum, p, j) => (j === label ? sum : dd.add(sum, p)), dd.zero)
  const grad = probabilities.map((p, j) =>
    dd.toNumber(j === label ? dd.negate(dd.multiply(total, others)) : dd.subtract(dd.multiply(total, p), masses[j])),
  )
  return { loss: dd.toNumber(loss), grad, p: probabilities.map(dd.toNumber) }
}

/** A row whose label stands `margin` above the rest; negative margins are confident mistakes. */
function confident(seed: number, classes: number, label: number, margin: number): Float32Array {
  const x = Float32Array.from(normals(seed, classes))
  const largest = x.reduce((a, b, j) => (j === label ? a : Math.max(a, b)), -Infinity)
  x[label] = largest + margin
  return x
}

const lengths = [2, 3, 5, 8, 10, 17, 100, 1000]
const margins = [-80, -3, 0, 1, 5, 20, 40, 80]
const normal = 2 ** -126

/** Relative 1e-6 for every normal result; one smallest normal number below. */
const relative = (_: number, want: number) => (Math.abs(want) < normal ? normal : 1e-6 * Math.abs(want))

describe('cross-entropy in float32: index targets without smoothing', () => {
  for (const margin of margins) {
    test(`margin ${margin}: loss and gradient relative 1e-6, with and without class weights`, () => {
      for (const [seed, classes] of lengths.entries()) {
        const label = (seed * 7) % classes
        const x = confident(seed + 1, classes, label, margin)
        for (const weight of [undefined, Float32Array.from({ length: classes }, (_, j) => 0.3 + (j % 5))]) {
          const mass = Array.from(x, (_, j) => (j === label ? (weight?.[label] ?? 1) : 0))
          const want = reference(x, mass)
          const options = { shape: [1, classes], weight, reduction: 'none' as const }
          const { loss, grad } = crossEntropyWithGrad(x, [label], options)
          expect(loss).toBeInstanceOf(Float32Array)
          expectWithin(loss, [want.loss], relative)
          expectWithin(crossEntropy(x, [label], options), [want.loss], relative)
          expectWithin(grad, want.grad, relative)
          // the mean over one row divides by its weight
          const mean = crossEntropyWithGrad(x, [label], { shape: [1, classes], weight })
          const divisor = weight?.[label] ?? 1
          expectWithin([mean.loss], [want.loss / divisor], relative)
          expectWithin(
            mean.grad,
            want.grad.map((g) => g / divisor),
            relative,
          )
        }
      }
    })
  }

  test('logits as far apart as float32 reaches', () => {
    const largest = 3.4028234663852886e38
    const x = Float32Array.of(largest, -largest, 0)
    const options = { shape: [1, 3], reduction: 'none' as const }
    expect(crossEntropyWithGrad(x, [0], options)).toEqual({
      loss: Float32Array.of(0),
      grad: expect.any(Float32Array),
    })
    const { loss, grad } = crossEntropyWithGrad(x, [2], options)
    expect(Array.from(loss)).toEqual([largest])
    expect(Array.from(grad)).toEqual([1, 0, -1])
    // a loss of 6.8e38 is beyond float32 and within float64
    expect(crossEntropy(x, [1])).toBe(2 * largest)
    expect(Array.from(crossEntropy(x, [1], options))).toEqual([Infinity])
  })
})

describe('cross-entropy in float32: smoothing and distributions', () => {
  const uniform = seeded(3)
  const kinds = ['smoothing', 'distribution', 'both'] as const
  for (const kind of kinds) {
    for (const margin of margins) {
      test(`${kind}, margin ${margin}: loss relative 1e-6, gradient within 1e-6 (W p_j + t_j)`, () => {
        for (const [seed, classes] of lengths.entries()) {
          const label = (seed * 7) % classes
          const x = confident(seed + 1, classes, label, margin)
          const weight = Float64Array.from({ length: classes }, (_, j) => 0.3 + (j % 5))
          const smoothing = kind === 'distribution' ? 0 : 0.1
          const raw = Array.from(x, (_, j) => (j === label ? 1 : 0) + (kind === 'smoothing' ? 0 : uniform()))
          const sum = raw.reduce((a, b) => a + b, 0)
          const target = Float64Array.from(raw, (r) => r / sum)
          const mass = Array.from(target, (t, j) => weight[j] * (t * (1 - smoothing) + smoothing / classes))
          const want = reference(x, mass)
          const total = mass.reduce((a, b) => a + b, 0)
          const { loss, grad } = crossEntropyWithGrad(x, kind === 'smoothing' ? [label] : target, {
            shape: [1, classes],
            weight,
            labelSmoothing: smoothing,
            reduction: 'none',
          })
          expectWithin(loss, [want.loss], relative)
          expectWithin(grad, want.grad, (j) => 1e-6 * (total * want.p[j] + mass[j]) + 2 ** -149)
        }
      })
    }
  }
})

describe("reduction 'none'", () => {
  test('gives an array of losses, also for a single row without a shape', () => {
    expect(crossEntropy([0, 0], [1], { reduction: 'none' })).toEqual([Math.LN2])
    expect(crossEntropyWithGrad(Float32Array.of(0, 0), [1], { reduction: 'none' })).toEqual({
      loss: Float32Array.of(Math.LN2),
      grad: Float32Array.of(0.5, -0.5),
    })
  })
})

describe('cross-entropy in float64', () => {
  for (const margin of [...margins, 300, 700]) {
    test(`margin ${margin}: the loss keeps 1e-13 near 0 too, the gradient 1e-11`, () => {
      for (const [seed, classes] of lengths.entries()) {
        const label = (seed * 7) % classes
        const x = Float64Array.from(confident(seed + 1, classes, label, margin))
        const want = reference(
          x,
          Array.from(x, (_, j) => (j === label ? 1 : 0)),
        )
        const { loss, grad } = crossEntropyWithGrad(x, [label])
        // log-softmax promises 1e-13 for normal results, and the loss is minus one of them
        expectWithin([loss], [want.loss], (_, w) => Math.max(1e-13 * Math.abs(w), 2 ** -1022))
        expectWithin(grad, want.grad, (_, w) => Math.max(1e-11 * Math.abs(w), 2 ** -1022))
        // logits that are float32, asked for in float64, with a gradient and without
        const single = Float32Array.from(x)
        const asked = { dtype: 'float64', reduction: 'none' } as const
        for (const losses of [
          crossEntropyWithGrad(single, [label], asked).loss,
          crossEntropy(single, [label], asked),
        ]) {
          expectWithin(losses, [want.loss], (_, w) => Math.max(1e-13 * Math.abs(w), 2 ** -1022))
        }
      }
    })
  }
})
