import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  adjustLogits,
  correctPrior,
  crossEntropy,
  crossEntropyWithGrad,
  estimatePrior,
  softmax,
} from '../../src/index.ts'
import { expectClose } from '../support/compare.ts'
import { array, holds } from '../support/property.ts'
import { normals, seeded } from '../support/random.ts'
import { rowsAlong } from '../support/rows.ts'
import { expectError } from '../support/wrong.ts'

/** Shares of a few classes, each above 0. */
const shares = (classes: number) =>
  fc
    .array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: classes, maxLength: classes })
    .map((raw) => raw.map((share) => share / raw.reduce((a, b) => a + b, 0)))

/** Logits of any shape and axis with two priors. */
const mixed = array(8, 1).chain(({ shape, axis, x }) => {
  const classes = shape.length === 0 ? 1 : shape[axis < 0 ? axis + shape.length : axis]
  return fc.record({
    x: fc.constant(x),
    o: fc.constant({ shape, axis }),
    source: shares(classes),
    target: shares(classes),
  })
})

describe('adjustLogits', () => {
  test('adds τ log prior in training and takes it off at inference, on any shape and axis', () => {
    holds([mixed, fc.constantFrom(0, 0.5, 1, 2)], ({ x, o, source }, tau) => {
      for (const [when, sign] of [
        ['training', 1],
        ['inference', -1],
      ] as const) {
        const got = adjustLogits(x, source, { ...o, tau, when })
        for (const row of rowsAlong(o.shape, o.axis)) {
          for (const [c, at] of row.entries()) {
            // one rounding of a number below 20 and the logarithm's
            expect(Math.abs(got[at] - (x[at] + sign * tau * Math.log(source[c])))).toBeLessThan(1e-14)
          }
        }
      }
    })
  })

  test('trains by default, with the whole prior; τ = 0 changes nothing', () => {
    const x = [0.5, -1, 2]
    const prior = [0.5, 0.25, 0.25]
    expect(adjustLogits(x, prior)).toEqual(adjustLogits(x, prior, { when: 'training', tau: 1 }))
    for (const when of ['training', 'inference'] as const) {
      expect(adjustLogits(x, prior, { tau: 0, when })).toEqual(x)
    }
  })

  test('is undone by its counterpart, and at inference makes the prior even', () => {
    holds([mixed], ({ x, o, source }) => {
      const there = adjustLogits(x, source, { ...o, tau: 0.7 })
      expectClose(adjustLogits(there, source, { ...o, tau: 0.7, when: 'inference' }), x, 0, 1e-14)
      const even = source.map(() => 1 / source.length)
      const corrected = correctPrior(softmax(x, o), { ...o, sourcePrior: source, targetPrior: even })
      expectClose(softmax(adjustLogits(x, source, { ...o, when: 'inference' }), o), corrected, 1e-12, 1e-300)
    })
  })

  test('has the identity for its gradient: that of the loss after it is that of finite differences before', () => {
    const prior = [0.7, 0.2, 0.1]
    const loss = (at: number[]) => crossEntropy(adjustLogits(at, prior), [2])
    const x = [0.5, -1, 0.3]
    const { grad } = crossEntropyWithGrad(adjustLogits(x, prior), [2])
    const h = 2 ** -17
    const moved = (j: number, by: number) => loss(x.map((v, i) => (i === j ? v + by : v)))
    // h²/6 of a third derivative below 1 and 1e-15 of the loss over h
    const numeric = x.map((_, j) => (moved(j, h) - moved(j, -h)) / (2 * h))
    expectClose(grad, numeric, 0, 1e-9)
  })

  test('passes NaN and the infinities through, place by place', () => {
    const [a] = adjustLogits([1, 0], [0.5, 0.5])
    expect(adjustLogits([1, NaN, -Infinity, Infinity], [0.5, 0.2, 0.2, 0.1])).toEqual([a, NaN, -Infinity, Infinity])
    expect(adjustLogits([], [], { shape: [2, 0] })).toEqual([])
  })
})

describe('correctPrior', () => {
  test('weighs by target over source and makes rows sum to 1, on any shape and axis', () => {
    holds([mixed], ({ x, o, source, target }) => {
      const p = softmax(x, o)
      const got = correctPrior(p, { ...o, sourcePrior: source, targetPrior: target })
      for (const row of rowsAlong(o.shape, o.axis)) {
        const raw = row.map((at, c) => (p[at] * target[c]) / source[c])
        const total = raw.reduce((a, b) => a + b, 0)
        expectClose(
          row.map((at) => got[at]),
          raw.map((v) => v / total),
          1e-14,
          1e-300,
        )
      }
      const same = correctPrior(p, { ...o, sourcePrior: source, targetPrior: source })
      expectClose(same, p, 1e-14, 1e-300)
      const back = correctPrior(got, { ...o, sourcePrior: target, targetPrior: source })
      expectClose(back, p, 1e-13, 1e-300)
    })
  })

  test('gives classes of target share 0 nothing; a row that has nothing else is NaN, as one that holds NaN', () => {
    const priors = { sourcePrior: [0.5, 0.25, 0.25], targetPrior: [0, 0.5, 0.5] }
    expectClose(correctPrior([0.5, 0.25, 0.25], priors), [0, 0.5, 0.5], 1e-15, 0)
    expect(correctPrior([1, 0, 0], priors)).toEqual([NaN, NaN, NaN])
    expect(correctPrior([NaN, 0.5, 0.5], priors)).toEqual([NaN, NaN, NaN])
    expect(correctPrior([], { ...priors, shape: [0, 3] })).toEqual([])
  })

  test('keeps the kind that came in and writes over it where asked', () => {
    const priors = { sourcePrior: [0.5, 0.5], targetPrior: Float32Array.of(0.25, 0.75) }
    const p = Float32Array.of(0.5, 0.5)
    expect(correctPrior({ data: p, dims: [1, 2], type: 'float32' }, priors)).toEqual({
      data: Float32Array.of(0.25, 0.75),
      dims: [1, 2],
      type: 'float32',
    })
    expect(Array.from(p)).toEqual([0.5, 0.5])
    expect(correctPrior(p, { ...priors, out: p })).toBe(p)
  })
})

/** Two normal classes at −1 and 1 in a mix, and what a model trained on another mix says of them. */
function shifted(rows: number, share: number, sourcePrior: readonly [number, number]): number[] {
  const uniform = seeded(17)
  const noise = normals(18, rows)
  return Array.from(noise).flatMap((z) => {
    const x = z + (uniform() < share ? -1 : 1)
    return softmax([Math.log(sourcePrior[0]) - (x + 1) ** 2 / 2, Math.log(sourcePrior[1]) - (x - 1) ** 2 / 2])
  })
}

describe('estimatePrior', () => {
  const sourcePrior = [0.4, 0.6] as const

  test('finds the mix of shifted rows, within what so many rows can tell', () => {
    const rows = 20_000
    const { prior, converged } = estimatePrior(shifted(rows, 0.9, sourcePrior), { shape: [rows, 2], sourcePrior })
    expect(converged).toBe(true)
    // knowing the classes the deviation would be √(0.9 · 0.1 / 20000) = 0.0021; they overlap, which doubles it at most:
    // four times that, seeded
    expect(Math.abs(prior[0] - 0.9)).toBeLessThan(0.017)
    expect(prior[0] + prior[1]).toBeCloseTo(1, 12)
  })

  test('ends at the maximum of the likelihood: no mix on a fine grid has a larger one', () => {
    const rows = 500
    const p = shifted(rows, 0.75, sourcePrior)
    const { prior } = estimatePrior(p, { shape: [rows, 2], sourcePrior, tolerance: 1e-12, maxIterations: 100_000 })
    const likelihood = (t: number) => {
      let total = 0
      for (let i = 0; i < rows; i++) {
        total += Math.log((p[2 * i] * t) / sourcePrior[0] + (p[2 * i + 1] * (1 - t)) / sourcePrior[1])
      }
      return total
    }
    const best = likelihood(prior[0])
    // 500 terms of about 1 round to 1e-12 in all
    for (let t = 0.001; t < 1; t += 0.001) expect(likelihood(t)).toBeLessThanOrEqual(best + 1e-11)
  })

  test('counts the rows of a model that is certain, in one step and one to see that it is done', () => {
    const certain = [1, 0, 0, 0, 0, 1, 0, 0, 1, 0, 1, 0]
    const third = [1 / 3, 1 / 3, 1 / 3]
    const found = estimatePrior(certain, { shape: [4, 3], sourcePrior: third })
    expectClose(found.prior, [0.25, 0.25, 0.5], 1e-15, 0)
    expect(found).toMatchObject({ iterations: 2, converged: true })
    const columns = estimatePrior([1, 0, 0, 0, 0, 0, 0, 1, 0, 1, 1, 0], { shape: [3, 4], axis: 0, sourcePrior: third })
    expectClose(columns.prior, [0.25, 0.25, 0.5], 1e-15, 0)
  })

  test('stays at the source prior where the rows say nothing, and says where it stopped short', () => {
    const found = estimatePrior([0.4, 0.6, 0.4, 0.6], { shape: [2, 2], sourcePrior })
    expectClose(found.prior, sourcePrior, 1e-15, 0)
    const rows = 100
    const short = estimatePrior(shifted(rows, 0.9, sourcePrior), { shape: [rows, 2], sourcePrior, maxIterations: 3 })
    expect(short).toMatchObject({ iterations: 3, converged: false })
  })

  test('changes none of its inputs', () => {
    const p = Float64Array.of(0.3, 0.7, 0.9, 0.1)
    const prior = Float64Array.of(0.4, 0.6)
    estimatePrior(p, { shape: [2, 2], sourcePrior: prior })
    correctPrior(p, { shape: [2, 2], sourcePrior: prior, targetPrior: prior })
    expect(p).toEqual(Float64Array.of(0.3, 0.7, 0.9, 0.1))
    expect(prior).toEqual(Float64Array.of(0.4, 0.6))
  })

  test('refuses no rows, and options that are none', () => {
    const call = (o: object) => estimatePrior([0.5, 0.5], { sourcePrior: [0.5, 0.5], ...o })
    const empty = () => estimatePrior([], { shape: [0, 2], sourcePrior: [0.5, 0.5] })
    expectError(empty, RangeError, 'estimatePrior', 'probabilities', /at least one row/)
    for (const tolerance of [-1, NaN, 2])
      expectError(() => call({ tolerance }), RangeError, 'estimatePrior', 'tolerance')
    for (const maxIterations of [0, 1.5, NaN, Infinity]) {
      expectError(() => call({ maxIterations }), RangeError, 'estimatePrior', 'maxIterations')
    }
    expectError(() => call({ tolerance: '1' }), TypeError, 'estimatePrior', 'tolerance')
    const nan = () => estimatePrior([0.5, 0.5, NaN, 1], { shape: [2, 2], sourcePrior: [0.5, 0.5] })
    expectError(nan, RangeError, 'estimatePrior', 'probabilities', /NaN in row 1/)
  })
})

describe('priors and probabilities that are none', () => {
  const takers: [string, string, boolean, (prior: never) => unknown][] = [
    ['adjustLogits', 'prior', true, (prior) => adjustLogits([1, 2], prior)],
    ['correctPrior', 'sourcePrior', true, (p) => correctPrior([0.5, 0.5], { sourcePrior: p, targetPrior: [0.5, 0.5] })],
    [
      'correctPrior',
      'targetPrior',
      false,
      (p) => correctPrior([0.5, 0.5], { sourcePrior: [0.5, 0.5], targetPrior: p }),
    ],
    ['estimatePrior', 'sourcePrior', true, (p) => estimatePrior([0.5, 0.5], { sourcePrior: p })],
  ]
  for (const [where, name, positive, call] of takers) {
    const refuses = (prior: unknown, kind: typeof TypeError | typeof RangeError, says?: RegExp) =>
      expectError(() => call(prior as never), kind, where, name, says)

    test(`${where}: ${name} must sum to 1 ± 1e-3; the error names the sum`, () => {
      refuses([0.5, 0.25], RangeError, /the sum 0\.75/)
      refuses([0.5, 0.502], RangeError, /the sum 1\.002/)
      refuses([30, 70], RangeError, /the sum 100.*divide counts/)
      expect(() => call([0.5, 0.5009] as never)).not.toThrow()
    })

    test(`${where}: ${name} has one share per class, none of them negative or NaN`, () => {
      refuses([1], RangeError, /2 shares, one per class/)
      refuses([0.5, 0.25, 0.25], RangeError, /2 shares/)
      refuses([1.5, -0.5], RangeError, /-0\.5 for class 1/)
      refuses([NaN, 1], RangeError, /NaN for class 0/)
      if (positive) refuses([0, 1], RangeError, /shares > 0, got 0 for class 0; .*share/)
      for (const prior of [undefined, null, 0.5, '1', [['1']], Int32Array.of(0, 1)]) refuses(prior, TypeError)
    })
  }

  test('rows that are no distribution are refused, and those that look like logits pointed to softmax', () => {
    const priors = { sourcePrior: [0.5, 0.5], targetPrior: [0.5, 0.5], shape: [2, 2] }
    for (const [f, where] of [
      [(p: number[]) => correctPrior(p, priors), 'correctPrior'],
      [(p: number[]) => estimatePrior(p, { shape: [2, 2], sourcePrior: [0.5, 0.5] }), 'estimatePrior'],
    ] as const) {
      expectError(() => f([0.5, 0.5, 2, 1]), RangeError, where, 'probabilities', /the sum 3 in row 1; .*softmax/)
      expectError(() => f([0.5, 0.5, 1.5, -0.5]), RangeError, where, 'probabilities', /-0\.5 in row 1/)
      expectError(() => f([0, 0, 0.5, 0.5]), RangeError, where, 'probabilities', /the sum 0 in row 0/)
      expectError(() => f([Infinity, 0, 0.5, 0.5]), RangeError, where, 'probabilities', /row 0/)
    }
  })

  test('adjustLogits takes a tau that is finite and not negative, and one of two times', () => {
    const call = (o: object) => adjustLogits([1, 2], [0.5, 0.5], o)
    for (const tau of [-1, NaN, Infinity]) expectError(() => call({ tau }), RangeError, 'adjustLogits', 'tau', /finite/)
    expectError(() => call({ tau: '1' }), TypeError, 'adjustLogits', 'tau')
    expectError(() => call({ when: 'test' }), RangeError, 'adjustLogits', 'when', /'training' or 'inference'/)
    expectError(() => call({ when: 1 }), TypeError, 'adjustLogits', 'when')
  })
})
