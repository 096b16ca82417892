import { describe, test } from 'vitest'
import { brierScore, evaluate, expectedCalibrationError } from '../../src/metrics/index.ts'
import { expectClose } from '../support/compare.ts'
import { expectErrors, wrong } from './wrong-calls.ts'

// confidences 0.9 (right), 0.8 (wrong), 0.7 (right), 0.6 (right)
const p = [0.9, 0.1, 0.8, 0.2, 0.7, 0.3, 0.6, 0.4]
const labels = [0, 1, 0, 0]
const given = { shape: [4, 2], from: 'probabilities' } as const

describe('single metrics', () => {
  test('the Brier score is the squared error over classes', () => {
    expectClose([brierScore(p, labels, given)], [(2 * (0.01 + 0.64 + 0.09 + 0.16)) / 4], 1e-15, 0)
  })

  test('the calibration error has three norms, over bins of equal width', () => {
    // two bins: all four rows lie in (½, 1], claim 0.75 and are right three times in four
    for (const norm of ['l1', 'l2', 'max'] as const) {
      expectClose([expectedCalibrationError(p, labels, { ...given, bins: 2, norm })], [0], 0, 1e-15)
    }
    // ten bins: each row alone, with the gaps 0.1, 0.8, 0.3 and 0.4
    const of = (norm: 'l1' | 'l2' | 'max') => expectedCalibrationError(p, labels, { ...given, bins: 10, norm })
    expectClose([of('l1'), of('l2'), of('max')], [1.6 / 4, Math.sqrt(0.9 / 4), 0.8], 1e-14, 0)
  })

  test('or over bins of as many rows each', () => {
    // 0.6 and 0.7, both right: 0.35; 0.8 wrong and 0.9 right: 0.35
    const of = (norm: 'l1' | 'max') =>
      expectedCalibrationError(p, labels, { ...given, bins: 2, norm, strategy: 'quantile' })
    expectClose([of('l1'), of('max')], [0.35, 0.35], 1e-14, 0)
    expectClose([of('l1')], [evaluate(p, labels, { ...given, bins: 2 }).equalMass.ece], 1e-14, 0)
  })

  expectErrors([
    [
      'a norm that nobody knows',
      () => expectedCalibrationError(p, labels, { ...given, norm: wrong('l3') }),
      RangeError,
      `expectedCalibrationError: "norm" expected 'l1' or 'l2' or 'max', got "l3"`,
    ],
    [
      'an option of evaluate',
      () => brierScore(p, labels, wrong({ ...given, bins: 3 })),
      TypeError,
      'brierScore: "bins" expected one of the options shape, axis, dtype, sampleWeight, from, got an unknown option',
    ],
    [
      'labels of another number of rows',
      () => expectedCalibrationError(p, [0], given),
      RangeError,
      'expectedCalibrationError: "labels" expected 4 class indices, one per row, got 1',
    ],
  ])
})
