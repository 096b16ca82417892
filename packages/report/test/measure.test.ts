// From rows to a report: the same numbers as the library gives, and no row judged by a fit that saw it.
import { crossFit, fitTemperature, foldsOf } from 'onesum/calibration'
import { evaluate } from 'onesum/metrics'
import { describe, expect, it } from 'vitest'
import { assess, type MeasureOptions, measure, renderReport } from '../src/index.ts'
import { document } from './support/document.ts'
import { type SourceOptions, source } from './support/source.ts'

function rows(options: SourceOptions) {
  const { logits, labels } = source(options)
  return { scores: Float64Array.from(logits.flat()), labels, shape: [logits.length, logits[0].length] as const }
}

const overconfident = rows({ rows: 1000, scale: 2 })

function measured(given = overconfident, more: Partial<MeasureOptions> = {}) {
  return measure(given.scores, given.labels, { shape: given.shape, title: 'model.npy', bootstrap: 20, ...more })
}

describe('a measurement', () => {
  it('is the library’s evaluation of all rows, its temperature and its cross-fitting', async () => {
    const { scores, labels, shape } = overconfident
    const { before, after, calibration } = await measured()
    const whole = evaluate(scores, labels, { shape, bootstrap: 20, seed: 1, worst: 20, auc: 'exact' })
    expect(before).toEqual(whole)
    expect(calibration.temperature).toBe(fitTemperature(scores, labels, { shape }).temperature)
    const { probabilities, calibrators } = crossFit(scores, labels, { shape, folds: 2, seed: 1 })
    expect(calibration.foldTemperatures).toEqual(
      calibrators.map((one) => (one as { temperature?: number }).temperature),
    )
    const crossed = evaluate(probabilities, labels, { shape, from: 'probabilities' })
    // softmax(x / T) of rounded quotients, against one that keeps them: a few ulp of each of a thousand terms
    for (const name of ['nll', 'brier', 'ece', 'accuracy'] as const) expect(after[name]).toBeCloseTo(crossed[name], 12)
  })

  it('draws the loss through the temperature that was found, where it is least', async () => {
    const { calibration } = await measured()
    const lowest = calibration.curve.reduce((best, point) => (point.nll < best.nll ? point : best))
    expect(lowest.temperature).toBe(calibration.temperature)
    expect(calibration.curve).toHaveLength(42)
  })

  it('gives prediction sets that hold the truth about as often as promised', async () => {
    const { sets } = await measured()
    expect(sets?.sizes.reduce((sum, count) => sum + count, 0)).toBe(1000)
    // four thresholds from 250 rows each: the coverage is 0.9 within 4 · √(0.9 · 0.1 · 2 / 1000)
    expect(Math.abs((sets?.coverage ?? 0) - 0.9)).toBeLessThan(4 * Math.sqrt((0.9 * 0.1 * 2) / 1000))
  })

  it('leaves prediction sets out where the rows are too few for any', async () => {
    const { sets, before } = await measured(rows({ rows: 30 }))
    expect(sets).toBeUndefined()
    expect(before.rows).toBe(30)
  })

  it('deals the halves of folds so that the folds are those of the library', () => {
    const labels = overconfident.labels
    const [folds, halves] = [2, 4].map((count) => foldsOf(labels, { folds: count, seed: 1 }))
    expect(halves.map((half) => half % 2)).toEqual(folds)
  })

  it('takes probabilities as it takes their logits', async () => {
    const { labels, shape, scores } = overconfident
    const probabilities = scores.map((_, i) => {
      const start = i - (i % shape[1])
      const row = scores.subarray(start, start + shape[1]).map(Math.exp)
      return row[i - start] / row.reduce((sum, power) => sum + power, 0)
    })
    const [one, two] = [
      await measured(),
      await measured({ scores: probabilities, labels, shape }, { from: 'probabilities' }),
    ]
    // the fit is exact to 1e-6, and its loss to the square of that
    expect(two.calibration.temperature).toBeCloseTo(one.calibration.temperature, 5)
    expect(two.after.nll).toBeCloseTo(one.after.nll, 6)
    await expect(measured({ scores: probabilities, labels, shape })).rejects.toThrow('look like probabilities')
  })

  it('leaves out rows without a softmax where that is asked for, and keeps the others’ numbers', async () => {
    const scores = overconfident.scores.slice()
    scores[7 * 5] = Number.NaN
    await expect(measured({ ...overconfident, scores })).rejects.toThrow('row 7')
    const { before, after, calibration } = await measured({ ...overconfident, scores }, { skipUndefined: true })
    expect([before.rows, before.skipped, after.rows, after.skipped]).toEqual([999, 1, 999, 1])
    const rest = scores.filter((_, i) => Math.floor(i / 5) !== 7)
    const others = overconfident.labels.filter((_, row) => row !== 7)
    expect(calibration.temperature).toBe(fitTemperature(rest, others, { shape: [999, 5] }).temperature)
    const worst = evaluate(overconfident.scores, overconfident.labels, { shape: [1000, 5], worst: 20 }).worst
    expect(before.worst.map(({ row }) => row)).toEqual(worst.map(({ row }) => row))
  })

  it('makes a report, and says how far it is', async () => {
    const parts: number[] = []
    const input = await measured(overconfident, { onProgress: (part) => parts.push(part) })
    expect(assess(input).verdict).toBe('overconfident')
    expect(renderReport(input, { document })).toContain('mends it')
    expect(parts).toEqual(parts.slice().sort((a, b) => a - b))
    expect(parts.at(-1)).toBe(1)
  })

  it('ends when it is told to', async () => {
    const controller = new AbortController()
    const ended = measured(overconfident, {
      signal: controller.signal,
      onProgress: (part) => part > 0.3 && controller.abort(new Error('enough')),
    })
    await expect(ended).rejects.toThrow('enough')
  })
})
