import { expect, test } from 'vitest'
import { fitTemperature } from '../../src/calibration/index.ts'
import { evaluate } from '../../src/metrics/index.ts'
import { describeOurs, fixturePath } from '../support/cases.ts'
import { readNpy } from '../support/npy.ts'

interface RealCase {
  name: string
  classes: number
  files: Record<string, string>
  fitted_temperature: number | null
  separable_calibration_set: boolean
  nll_cal_after: number
  metrics_after: { nll: number; brier_sum: number; accuracy: number; ece15: { ece: number } } | null
}

describeOurs<RealCase>('calibration-real.json', 7, (cases) => {
  const data = (c: RealCase, part: string) => {
    const logits = readNpy(fixturePath(`conformance/${c.files[`${part}.logits`]}`)) as Float32Array
    const labels = readNpy(fixturePath(`conformance/${c.files[`${part}.labels`]}`)) as Int32Array
    return { logits, labels, shape: [labels.length, c.classes] }
  }

  for (const c of cases) {
    const { logits, labels, shape } = data(c, 'cal')
    if (c.fitted_temperature === null) {
      test(`${c.name}: every row is right, which the fit says, at a temperature that the rows can vouch for`, () => {
        const calibrator = fitTemperature(logits, labels, { shape })
        expect(calibrator.bound).toBe('low')
        // the documented bound is on the loss; near it the loss moves as much as log T times a factor of the order of 10
        const p = calibrator.transform(Float64Array.from(logits), { shape })
        const { nll } = evaluate(p, labels, { shape, from: 'probabilities' })
        expect(nll).toBeCloseTo(Math.log(2) / (labels.length + 1), 8)
      })
      continue
    }
    const want = c.fitted_temperature
    test.each([
      ['float32', logits],
      ['float64', Float64Array.from(logits)],
      ['number[]', Array.from(logits)],
    ])(`${c.name}: the temperature from %s is that of the file to 1e-6`, (_, x) => {
      const { temperature, bound } = fitTemperature(x, labels, { shape })
      expect(bound).toBe(null)
      expect(Math.abs(temperature / want - 1)).toBeLessThan(1e-6)
    })

    test(`${c.name}: the metrics after it are those of the file`, () => {
      const calibrator = fitTemperature(logits, labels, { shape })
      const held = data(c, 'test')
      const p = calibrator.transform(Float64Array.from(held.logits), { shape: held.shape })
      const got = evaluate(p, held.labels, { shape: held.shape, from: 'probabilities' })
      const after = c.metrics_after
      if (!after) throw new Error(`${c.name} has no metrics`)
      // the file's 1e-9, and what a temperature off by up to 1e-6 moves the loss
      expect(Math.abs(got.nll - after.nll)).toBeLessThan(1e-6 * after.nll + 1e-9)
      expect(Math.abs(got.brier - after.brier_sum)).toBeLessThan(1e-6)
      expect(got.accuracy).toBe(after.accuracy)
      expect(Math.abs(got.ece - after.ece15.ece)).toBeLessThan(1e-6)
    })
  }
})
