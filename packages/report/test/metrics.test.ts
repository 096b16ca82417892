// What onesum/metrics gives goes straight in.
import { evaluate } from 'onesum/metrics'
import { describe, expect, it } from 'vitest'
import { assess, type Measured, type ReportInput, renderReport } from '../src/index.ts'
import { document } from './support/document.ts'
import { measure, reportInput } from './support/measure.ts'
import { type Rows, softmax, source } from './support/source.ts'

function measuredBy({ logits, labels }: Rows, bootstrap = 0): Measured {
  return evaluate(logits.flat(), labels, { shape: [logits.length, logits[0].length], bootstrap })
}

describe('the metrics of the library', () => {
  const rows = source({ rows: 1000, scale: 2 })

  it('are those of the definitions', () => {
    const [library, plain] = [
      measuredBy(rows),
      measure(
        rows.logits.map((row) => softmax(row, 1)),
        rows.labels,
      ),
    ]
    for (const name of ['accuracy', 'nll', 'brier', 'meanConfidence', 'ece', 'mce', 'balancedAccuracy'] as const) {
      // two sums of a thousand float64 terms
      expect(library[name]).toBeCloseTo(plain[name], 10)
    }
    expect(library.confusion).toEqual(plain.confusion)
    expect(library.perClass[2].ece).toBeCloseTo(plain.perClass[2].ece ?? Number.NaN, 10)
    // a normal approximation there, the binomial distribution here
    expect(library.calibratedEce.mean / plain.calibratedEce.mean).toBeGreaterThan(0.9)
  })

  it('make a report with intervals', () => {
    const { calibration, after, title } = reportInput(rows)
    const input: ReportInput = { title, calibration, after, before: measuredBy(rows, 50) }
    expect(assess(input).verdict).toBe('overconfident')
    expect(renderReport(input, { document })).toMatch(/<small>[\d.]+ to [\d.]+\u00a0points<\/small>/)
  })

  it('of thirty rows of a calibrated model seldom tell anything', () => {
    const told = Array.from({ length: 100 }, (_, i) => {
      const few = source({ rows: 30, seed: 500 + i })
      const before = measuredBy(few)
      return before.ece > before.calibratedEce.mean + 2 * before.calibratedEce.deviation
    }).filter(Boolean)
    // between 2 and 5 in 100 are expected, and 10 or more at 5 in 100 have a probability of 0.028; the draws are seeded
    expect(told.length).toBeLessThan(10)
  })
})
