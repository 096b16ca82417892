import { describe, expect, test } from 'vitest'
import { calibratedEce, calibrationErrors } from '../../src/metrics/calibration-errors.ts'
import { evaluate } from '../../src/metrics/index.ts'
import { expectClose } from '../support/compare.ts'
import { seeded } from '../support/random.ts'

/** Rows of three classes whose labels are drawn from their own probabilities, sharpened by `power` afterwards. */
function source(rows: number, seed: number, power = 1) {
  const uniform = seeded(seed)
  const labels: number[] = []
  const logits: number[] = []
  for (let r = 0; r < rows; r++) {
    const x = [4 * uniform(), 4 * uniform(), 4 * uniform()]
    const total = x.reduce((sum, value) => sum + Math.exp(value), 0)
    const drawn = uniform() * total
    labels.push(drawn < Math.exp(x[0]) ? 0 : drawn < Math.exp(x[0]) + Math.exp(x[1]) ? 1 : 2)
    logits.push(...x.map((value) => value * power))
  }
  return { logits, labels, shape: [rows, 3] }
}

describe('calibration errors', () => {
  test('of two bins, by hand', () => {
    // 4 rows claim 0.9 and 2 are right; 1 row claims 0.4 and is right
    const got = calibrationErrors({ count: [4, 0, 1], correct: [2, 0, 1], confidence: [3.6, 0, 0.4] })
    const squares = (4 * 0.4 ** 2 + 0.6 ** 2) / 5
    // of the first bin alone: 0.4² less 0.5 · 0.5 / 3
    const debiased = (4 * (0.4 ** 2 - 0.25 / 3)) / 5
    expectClose(
      [got.ece, got.overconfidence, got.underconfidence, got.mce, got.eceL2, got.debiasedEce],
      [(1.6 + 0.6) / 5, 1.6 / 5, 0.6 / 5, 0.6, Math.sqrt(squares), Math.sqrt(debiased)],
      1e-15,
      0,
    )
  })

  test('the debiased one is 0 where chance explains more than there is', () => {
    expect(calibrationErrors({ count: [4], correct: [2], confidence: [2.1] }).debiasedEce).toBe(0)
    expect(calibrationErrors({ count: [1], correct: [1], confidence: [0.5] }).debiasedEce).toBe(0)
  })

  test('of a calibrated source are what chance gives, at any size', () => {
    for (const [rows, seed] of [
      [300, 1],
      [3000, 2],
      [30_000, 3],
    ]) {
      const { logits, labels, shape } = source(rows, seed)
      const { ece, calibratedEce, debiasedEce, eceL2 } = evaluate(logits, labels, { shape })
      // five standard deviations: one in two million
      expect(Math.abs(ece - calibratedEce.mean)).toBeLessThan(5 * calibratedEce.deviation)
      expect(debiasedEce).toBeLessThan(eceL2)
    }
  })

  test('what chance gives is what simulation gives', () => {
    const bins = [
      [40, 0.55],
      [200, 0.8],
      [15, 0.95],
    ]
    const uniform = seeded(11)
    const draws = Array.from({ length: 4000 }, () => {
      const correct = bins.map(([n, c]) => Array.from({ length: n }, uniform).filter((u) => u < c).length)
      return calibrationErrors({ count: bins.map(([n]) => n), correct, confidence: bins.map(([n, c]) => n * c) }).ece
    })
    const mean = draws.reduce((sum, value) => sum + value, 0) / draws.length
    const variance = draws.reduce((sum, value) => sum + (value - mean) ** 2, 0) / draws.length
    const got = calibratedEce({ count: bins.map(([n]) => n), confidence: bins.map(([n, c]) => n * c), correct: [] })
    // the normal approximation is good to a few per cent for 15 rows, and 4000 draws add 1 %
    expectClose([got.mean, got.deviation], [mean, Math.sqrt(variance)], 0.06, 0)
  })

  test('of an overconfident and of an underconfident source have the right sign', () => {
    const sharp = source(5000, 5, 2)
    const over = evaluate(sharp.logits, sharp.labels, { shape: sharp.shape })
    expect(over.overconfidence).toBeGreaterThan(10 * over.underconfidence)
    expect(over.debiasedEce).toBeGreaterThan(over.calibratedEce.mean + 5 * over.calibratedEce.deviation)
    const flat = source(5000, 6, 0.5)
    const under = evaluate(flat.logits, flat.labels, { shape: flat.shape })
    expect(under.underconfidence).toBeGreaterThan(10 * under.overconfidence)
    for (const got of [over, under]) {
      // both parts add up to the error, and their difference is the gap of the means
      expectClose([got.overconfidence + got.underconfidence], [got.ece], 1e-14, 0)
      expectClose([got.overconfidence - got.underconfidence], [got.meanConfidence - got.accuracy], 0, 1e-14)
    }
  })
})
