import { describe, expect, test } from 'vitest'
import {
  crossFit,
  type FitOptions,
  fitBest,
  fitConformal,
  fitDirichlet,
  fitHistogramBinning,
  fitIsotonic,
  fitPlatt,
  fitTemperature,
  fitVectorScaling,
  nllCurve,
} from '../../src/calibration/index.ts'
import type { Labels, Logits } from '../../src/rows/types.ts'
import { expectError } from '../support/wrong.ts'
import { drawn } from './data.ts'

type Fit = (logits: Logits, labels: Labels, options?: FitOptions) => unknown

const byLikelihood: [string, Fit][] = [
  ['fitTemperature', fitTemperature],
  ['fitVectorScaling', fitVectorScaling],
  ['fitDirichlet', fitDirichlet],
  ['nllCurve', (logits, labels, options) => nllCurve(logits, labels, [1], options)],
]
const byClass: [string, Fit][] = [
  ['fitVectorScaling', fitVectorScaling],
  ['fitDirichlet', fitDirichlet],
  ['fitIsotonic', fitIsotonic],
  ['fitHistogramBinning', fitHistogramBinning],
]
const fits: [string, Fit][] = [
  ...byLikelihood,
  ...byClass.slice(2),
  ['fitPlatt', fitPlatt],
  ['fitConformal', fitConformal],
  ['fitBest', fitBest],
  ['crossFit', crossFit],
]

// two classes, so that Platt scaling takes them
const { logits, labels } = drawn(1, 20, 2)
const shape = [20, 2]

/** The logits with one entry changed, as float32 and float64, so that kernels and JavaScript see it. */
const changed = (at: number, value: number) => {
  const x = logits.slice()
  x[at] = value
  return [x, Float32Array.from(x)]
}

describe.each(fits)('%s', (where, fit) => {
  test('refuses labels of another length', () => {
    expectError(() => fit(logits, labels.slice(1), { shape }), RangeError, where, 'labels', /expected 20 .*got 19/)
    expectError(() => fit(logits, labels), RangeError, where, 'labels', /expected 1 .*pass shape/)
  })

  test('refuses a label out of range, by its row', () => {
    const wrong = labels.slice()
    wrong[7] = 2
    expectError(() => fit(logits, wrong, { shape }), RangeError, where, 'labels', /2 in row 7/)
    wrong[7] = -1
    expectError(() => fit(logits, wrong, { shape }), RangeError, where, 'labels', /-1 in row 7/)
  })

  test('refuses NaN and +Infinity, by row and class', () => {
    for (const bad of [NaN, Infinity]) {
      for (const x of changed(13, bad)) {
        expectError(
          () => fit(x, labels, { shape }),
          RangeError,
          where,
          'scores',
          new RegExp(`${bad} for class 1 in row 6`),
        )
      }
    }
  })

  test('refuses a row of nothing but -Infinity', () => {
    const x = logits.slice()
    x.fill(-Infinity, 8, 10)
    expectError(() => fit(x, labels, { shape }), RangeError, where, 'scores', /nothing but -Infinity in row 4/)
  })

  test('refuses rows of one class only, one class in all, and no row', () => {
    const same = labels.map(() => 1)
    expectError(() => fit(logits, same, { shape }), RangeError, where, 'labels', /two classes, got only class 1/)
    expectError(() => fit([1, 2], [0, 0], { shape: [2, 1] }), RangeError, where, 'scores', /at least two classes/)
    expectError(() => fit([], [], { shape: [0, 2] }), RangeError, where, 'labels', /at least one row/)
  })

  test('refuses probabilities unless it is told what they are', () => {
    const p = Float64Array.from(logits, (x, i) => 1 / (1 + Math.exp((i % 2 === 0 ? logits[i + 1] : logits[i - 1]) - x)))
    expectError(
      () => fit(p, labels, { shape }),
      RangeError,
      where,
      'scores',
      /these look like probabilities; pass from/,
    )
    expect(() => fit(p, labels, { shape, from: 'probabilities' })).not.toThrow()
    expect(() => fit(p, labels, { shape, from: 'logits' })).not.toThrow()
    const off = p.slice()
    off[6] += 0.01
    expectError(
      () => fit(off, labels, { shape, from: 'probabilities' }),
      RangeError,
      where,
      'scores',
      /the sum 1\.01\d* in row 3/,
    )
  })

  test('refuses options it does not know', () => {
    const options = { shape, mask: [true] } as FitOptions
    expectError(() => fit(logits, labels, options), TypeError, where, 'mask', /-Infinity/)
    // @ts-expect-error -- a word that is none
    expectError(() => fit(logits, labels, { shape, from: 'scores' }), RangeError, where, 'from')
  })
})

describe.each(byLikelihood)('%s', (where, fit) => {
  test('refuses a true class of probability 0, by its row', () => {
    for (const x of changed(2 * 11 + labels[11], -Infinity)) {
      expectError(() => fit(x, labels, { shape }), RangeError, where, 'scores', /true class \d in row 11/)
    }
  })
})

describe.each(byClass)('%s', (where, fit) => {
  test('names the classes without rows', () => {
    const wide = drawn(2, 30, 4)
    const without = wide.labels.map((label) => (label === 2 ? 0 : label))
    expectError(() => fit(wide.logits, without, { shape: [30, 4] }), RangeError, where, 'labels', /none of class 2/)
    const two = without.map((label) => (label === 3 ? 1 : label))
    expectError(() => fit(wide.logits, two, { shape: [30, 4] }), RangeError, where, 'labels', /none of classes 2, 3/)
  })
})

describe('single fits', () => {
  test('temperature scaling names classes without rows in a field', () => {
    const wide = drawn(2, 30, 4)
    const without = wide.labels.map((label) => (label === 2 ? 0 : label))
    expect(fitTemperature(wide.logits, without, { shape: [30, 4] }).missing).toEqual([2])
  })

  test('Platt scaling takes two classes', () => {
    const wide = drawn(2, 30, 4)
    expectError(() => fitPlatt(wide.logits, wide.labels, { shape: [30, 4] }), RangeError, 'fitPlatt', 'scores')
  })

  test('Dirichlet calibration and Platt scaling refuse impossible classes', () => {
    const [x] = changed(2 * 5 + 1 - labels[5], -Infinity)
    expectError(() => fitDirichlet(x, labels, { shape }), RangeError, 'fitDirichlet', 'scores', /row 5/)
    expectError(() => fitPlatt(x, labels, { shape }), RangeError, 'fitPlatt', 'scores', /row 5/)
  })

  test('options out of range are refused', () => {
    const expectRefusal = (call: () => unknown, where: string, name: string) =>
      expectError(call, RangeError, where, name)
    expectRefusal(() => fitVectorScaling(logits, labels, { shape, l2: -1 }), 'fitVectorScaling', 'l2')
    expectRefusal(() => fitDirichlet(logits, labels, { shape, lambda: NaN }), 'fitDirichlet', 'lambda')
    expectRefusal(() => fitHistogramBinning(logits, labels, { shape, bins: 0 }), 'fitHistogramBinning', 'bins')
    expectRefusal(() => fitConformal(logits, labels, { shape, alpha: 1.1 }), 'fitConformal', 'alpha')
    expectRefusal(() => fitConformal(logits, labels, { shape, freeRanks: 1.5 }), 'fitConformal', 'freeRanks')
    expectRefusal(() => crossFit(logits, labels, { shape, folds: 1 }), 'crossFit', 'folds')
    expectRefusal(() => nllCurve(logits, labels, [1, 0], { shape }), 'nllCurve', 'temperatures')
  })

  test('a calibrator gives NaN for a row that has no softmax, as softmax does', () => {
    const all = [
      fitTemperature(logits, labels, { shape }),
      fitVectorScaling(logits, labels, { shape }),
      fitDirichlet(logits, labels, { shape }),
      fitIsotonic(logits, labels, { shape }),
      fitHistogramBinning(logits, labels, { shape }),
      fitPlatt(logits, labels, { shape }),
    ]
    for (const calibrator of all) {
      for (const row of [
        [NaN, 1],
        [Infinity, 1],
        [-Infinity, -Infinity],
      ]) {
        expect(calibrator.transform(row)).toEqual([NaN, NaN])
      }
      const p = calibrator.transform([1, 0])
      expect(p[0] + p[1]).toBeCloseTo(1, 14)
    }
  })
})

describe('rows that a fit takes from others', () => {
  test('are called by their own numbers: in folds', () => {
    const [x] = changed(2 * 11 + labels[11], -Infinity)
    expect(() => crossFit(x, labels, { shape })).toThrow(/^crossFit\.fold[01]: .* in row 11;/)
    expect(fitBest(x, labels, { shape, methods: ['isotonic', 'temperature'] }).candidates[1].failure).toMatch(/row 11;/)
  })

  test('are called by their own numbers: in the sample that a temperature is begun on', () => {
    // 6000 rows of 200 classes, every second of which is sampled
    const x = new Float32Array(1_200_000)
    for (let row = 0; row < 6000; row++) x[200 * row + (row % 7)] = 1
    const truth = Int32Array.from({ length: 6000 }, (_, row) => row % 5)
    x[200 * 4000 + (4000 % 5)] = -Infinity
    expectError(
      () => fitTemperature(x, truth, { shape: [6000, 200] }),
      RangeError,
      'fitTemperature',
      'scores',
      /in row 4000;/,
    )
  })
})

describe('inputs', () => {
  test.each(fits)('of %s are as they were afterwards', (_, fit) => {
    for (const x of [logits.slice(), Float32Array.from(logits), Array.from(logits)]) {
      const [before, truth] = [x.slice(), labels.slice()]
      fit(x, truth, { shape })
      expect(x).toEqual(before)
      expect(truth).toEqual(labels)
    }
  })
})
