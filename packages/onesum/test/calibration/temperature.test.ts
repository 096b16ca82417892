import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fitTemperature, nllCurve } from '../../src/calibration/index.ts'
import { openLabelled } from '../../src/calibration/labelled.ts'
import { temperatureLoss } from '../../src/calibration/temperature-objective.ts'
import { argmax, decodeFloat16, logSoftmax } from '../../src/index.ts'
import { bitsOfHalf } from '../support/half.ts'
import { holds, logit } from '../support/property.ts'
import { normals, seeded } from '../support/random.ts'
import { drawn, nllOf, probabilitiesOf } from './data.ts'

describe('the temperature', () => {
  test.each([
    [1, 10, 1],
    [2, 100, 2.5],
    [3, 3, 0.4],
  ])(
    'of a source that needs T (seed %i, %i classes, T = %d) lies within four standard errors of it',
    (seed, classes, t) => {
      const rows = 10_000
      const { logits, labels, shape } = drawn(seed, rows, classes, t)
      const { temperature, bound } = fitTemperature(logits, labels, { shape })
      // the information per row about log T is the variance of x / T under p
      let information = 0
      for (let row = 0; row < rows; row++) {
        const x = logits.subarray(row * classes, (row + 1) * classes)
        const p = probabilitiesOf(x, t)
        const mean = p.reduce((sum, w, j) => sum + (w * x[j]) / t, 0)
        information += p.reduce((sum, w, j) => sum + w * (x[j] / t - mean) ** 2, 0)
      }
      expect(bound).toBe(null)
      // four standard errors: one source in 16,000 would miss
      expect(Math.abs(Math.log(temperature / t))).toBeLessThan(4 / Math.sqrt(information))
    },
  )

  test('is where no other temperature is better', () => {
    const source = drawn(5, 300, 6, 1.7)
    const { temperature } = fitTemperature(source.logits, source.labels, { shape: source.shape })
    const best = nllOf(source, temperature)
    for (const factor of [0.99, 0.999, 1.001, 1.01]) expect(nllOf(source, temperature * factor)).toBeGreaterThan(best)
  })

  test('grows with the scale of the logits, from 1e-30 to 1e30', () => {
    const { logits, labels, shape } = drawn(6, 400, 5, 1.3)
    const { temperature } = fitTemperature(logits, labels, { shape })
    for (const scale of [1e-30, 1e-3, 1e3, 1e30]) {
      const scaled = fitTemperature(
        logits.map((x) => scale * x),
        labels,
        { shape },
      )
      // each is within 1e-6 of the minimum
      expect(Math.abs(scaled.temperature / (scale * temperature) - 1)).toBeLessThan(2e-6)
      const small = fitTemperature(
        Float32Array.from(logits, (x) => scale * x),
        labels,
        { shape },
      )
      expect(Math.abs(small.temperature / (scale * temperature) - 1)).toBeLessThan(2e-6)
    }
  })

  test('does not depend on a shift of the rows, the axis or the kind of array', () => {
    const { logits, labels, shape } = drawn(7, 300, 8, 2)
    const { temperature } = fitTemperature(logits, labels, { shape })
    const shifted = logits.map((x, i) => x + 10 * Math.sin(Math.floor(i / 8)))
    const turned = Float64Array.from(logits, (_, i) => logits[(i % 300) * 8 + Math.floor(i / 300)])
    for (const other of [
      fitTemperature(shifted, labels, { shape }),
      fitTemperature(turned, labels, { shape: [8, 300], axis: 0 }),
      fitTemperature(Float32Array.from(turned), labels, { shape: [8, 300], axis: 0 }),
      fitTemperature(
        { data: Float32Array.from(logits), dims: shape, type: 'float32' },
        BigInt64Array.from(labels, BigInt),
      ),
    ]) {
      // float32 rounds each logit by up to 6e-8 of its size
      expect(Math.abs(other.temperature / temperature - 1)).toBeLessThan(1e-6)
    }
  })

  test('from float16 is that from the numbers that float16 holds', () => {
    const { logits, labels, shape } = drawn(16, 300, 8, 2)
    const halves = Uint16Array.from(logits, bitsOfHalf)
    const fitted = fitTemperature(halves, labels, { shape, dtype: 'float16' })
    const { temperature } = fitTemperature(decodeFloat16(halves), labels, { shape })
    expect(Math.abs(fitted.temperature / temperature - 1)).toBeLessThan(1e-6)
    expect(fitted.transform(halves, { shape, dtype: 'float16' })).toBeInstanceOf(Uint16Array)
  })

  test('from probabilities is that from their logarithms', () => {
    const { logits, labels, shape } = drawn(8, 500, 4, 1.5)
    const p = Float64Array.from({ length: 500 }, (_, i) => i).reduce((all, row) => {
      all.set(probabilitiesOf(logits.subarray(4 * row, 4 * row + 4)), 4 * row)
      return all
    }, new Float64Array(2000))
    const fitted = fitTemperature(p, labels, { shape, from: 'probabilities' })
    const { temperature } = fitTemperature(logits, labels, { shape })
    expect(Math.abs(fitted.temperature / temperature - 1)).toBeLessThan(1e-6)
    const [first] = [fitted.transform(p.slice(0, 4))]
    const want = probabilitiesOf(logits.subarray(0, 4), temperature)
    for (let k = 0; k < 4; k++) expect(first[k]).toBeCloseTo(want[k], 6)
  })

  test('of many rows, begun on a sample of them, is the minimum over all', () => {
    const { logits, labels, shape } = drawn(9, 6000, 200, 1.4)
    const { temperature } = fitTemperature(Float32Array.from(logits), labels, { shape })
    const { data } = openLabelled('test', logits, labels, { shape })
    const { slope, curvature } = temperatureLoss(data)(temperature)
    // a Newton step on log T from the fitted one
    expect(Math.abs((temperature * slope) / curvature)).toBeLessThan(1e-6)
  })

  test('of sorted rows, or of rows whose sample is all right, is found all the same', () => {
    const { logits, labels, shape } = drawn(10, 20_000, 30, 2)
    const order = Array.from(labels.keys()).sort((a, b) => labels[a] - labels[b])
    const sorted = Float64Array.from(logits, (_, i) => logits[order[Math.floor(i / 30)] * 30 + (i % 30)])
    const one = fitTemperature(logits, labels, { shape })
    const other = fitTemperature(
      sorted,
      order.map((row) => labels[row]),
      { shape },
    )
    expect(Math.abs(other.temperature / one.temperature - 1)).toBeLessThan(2e-6)

    // 30,000 rows of 20: every other row is sampled, and right
    const right = normals(11, 600_000)
    const top = argmax(right, { shape: [30_000, 20] })
    const wrong = top.map((label, row) => (row % 2 === 1 && row % 5 === 0 ? (label + 1) % 20 : label))
    const { bound, temperature } = fitTemperature(right, wrong, { shape: [30_000, 20] })
    const { data } = openLabelled('test', right, wrong, { shape: [30_000, 20] })
    const { slope, curvature } = temperatureLoss(data)(temperature)
    expect(bound).toBe(null)
    expect(Math.abs((temperature * slope) / curvature)).toBeLessThan(1e-6)
  })
})

describe('the bounds of the temperature', () => {
  test('where every row is right, the loss is log 2 / (rows + 1), as documented, and bound is low', () => {
    for (const [rows, classes] of [
      [2, 2],
      [30, 3],
      [3000, 10],
    ]) {
      const logits = normals(rows, rows * classes, 3)
      const labels = argmax(logits, { shape: [rows, classes] })
      const { temperature, bound } = fitTemperature(logits, labels, { shape: [rows, classes] })
      expect(bound).toBe('low')
      const nll = nllOf({ logits, labels, shape: [rows, classes] }, temperature)
      // log T is exact to the square of 1e-5, and the loss moves by some ten times that
      expect(Math.abs(nll * (rows + 1) - Math.log(2))).toBeLessThan(1e-7)
    }
  })

  test('where every row is right and one is a tie, it stops at a millionth of the deviation', () => {
    const { temperature, bound } = fitTemperature([1, 1, 0, 2], [0, 1], { shape: [2, 2] })
    expect(bound).toBe('low')
    // variances 0 and 1, over two rows
    expect(temperature).toBeCloseTo(Math.sqrt(0.5) / 1e6, 15)
  })

  test('where the model is no better than chance, it stops at a thousand deviations, and bound is high', () => {
    const { logits, shape } = drawn(12, 400, 4)
    const worst = Int32Array.from({ length: 400 }, (_, row) => {
      const x = logits.subarray(4 * row, 4 * row + 4)
      return x.indexOf(Math.min(...x))
    })
    const { temperature, bound } = fitTemperature(logits, worst, { shape })
    expect(bound).toBe('high')
    const variances = Array.from({ length: 400 }, (_, row) => {
      const x = Array.from(logits.subarray(4 * row, 4 * row + 4))
      const mean = x.reduce((a, b) => a + b) / 4
      return x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 4
    })
    const sigma = Math.sqrt(variances.reduce((a, b) => a + b) / 400)
    expect(Math.abs(temperature / (1000 * sigma) - 1)).toBeLessThan(1e-12)
  })

  test('rows of equal logits are uniform at every temperature: it stays 1', () => {
    expect(fitTemperature([2, 2, 5, 5], [0, 1], { shape: [2, 2] })).toMatchObject({ temperature: 1, bound: null })
  })

  test('impossible classes are left alone', () => {
    const { logits, labels, shape } = drawn(13, 200, 3, 2)
    const wider = Float64Array.from({ length: 800 }, (_, i) =>
      i % 4 === 3 ? -Infinity : logits[Math.floor(i / 4) * 3 + (i % 4)],
    )
    const want = fitTemperature(logits, labels, { shape })
    for (const x of [wider, Float32Array.from(wider)]) {
      const got = fitTemperature(x, labels, { shape: [200, 4] })
      expect(Math.abs(got.temperature / want.temperature - 1)).toBeLessThan(1e-6)
      expect(got.missing).toEqual([3])
      expect(got.transform([1, 2, 3, -Infinity])[3]).toBe(0)
    }
  })

  test('any rows give a temperature above 0 and finite', () => {
    const rows = fc.array(
      fc.array(fc.oneof(logit(8), fc.integer({ min: -2, max: 2 })), { minLength: 3, maxLength: 3 }),
      {
        minLength: 2,
        maxLength: 12,
      },
    )
    holds([rows, fc.integer({ min: 0, max: 2 })], (list, shift) => {
      const labels = list.map((_, row) => (row + shift) % 3)
      const { temperature } = fitTemperature(list.flat(), labels, { shape: [list.length, 3], from: 'logits' })
      expect(temperature > 0 && temperature < Infinity).toBe(true)
    })
  })
})

describe('a temperature calibrator', () => {
  test('never changes the ranking', () => {
    const uniform = seeded(4)
    for (let i = 0; i < 50; i++) {
      const { logits, labels, shape } = drawn(100 + i, 60, 5, 0.2 + 4 * uniform())
      const calibrator = fitTemperature(logits, labels, { shape })
      const p = calibrator.transform(logits, { shape })
      const order = (a: Float64Array, row: number) =>
        [0, 1, 2, 3, 4].sort((j, k) => a[5 * row + k] - a[5 * row + j] || j - k)
      for (let row = 0; row < 60; row++) expect(order(p, row)).toEqual(order(logits, row))
      const single = calibrator.transform(Float32Array.from(logits), { shape })
      expect(argmax(single, { shape })).toEqual(argmax(Float32Array.from(logits), { shape }))
    }
  })

  test('gives the kind that came in, writes into out, and says how many classes it was fitted on', () => {
    const { logits, labels, shape } = drawn(14, 50, 3)
    const calibrator = fitTemperature(logits, labels, { shape })
    expect(calibrator.transform([1, 2, 3])).toBeInstanceOf(Array)
    const out = new Float32Array(3)
    expect(calibrator.transform(Float32Array.of(1, 2, 3), { out })).toBe(out)
    expect(calibrator.transform({ data: Float32Array.of(1, 2, 3), dims: [1, 3], type: 'float32' }).dims).toEqual([1, 3])
    expect(calibrator.classes).toBe(3)
  })
})

describe('nllCurve', () => {
  test('is the mean negative log-likelihood at each temperature', () => {
    const source = drawn(15, 80, 5)
    const { logits, labels, shape } = source
    const at = [0.05, 0.5, 1, 3, 100]
    const got = nllCurve(logits, labels, at, { shape })
    // the reference subtracts a maximum and takes a logarithm of a probability: both to a few 1e-16 of a loss up to 100
    for (const [i, t] of at.entries()) expect(Math.abs(got[i] - nllOf(source, t))).toBeLessThan(1e-12 * (1 + got[i]))
    const float32 = nllCurve(Float32Array.from(logits), labels, at, { shape })
    // the loss moves with the logits, which float32 rounds by 6e-8 of up to 8, divided by T, and with the kernels' 3e-10
    for (const [i, t] of at.entries()) expect(Math.abs(float32[i] - got[i])).toBeLessThan(1e-6 / t + 1e-9)
  })

  test('agrees with log-softmax', () => {
    const logits = Array.from(normals(3, 6, 2))
    const y = logSoftmax(logits, { shape: [2, 3], temperature: 2 })
    expect(nllCurve(logits, [1, 2], [2], { shape: [2, 3] })[0]).toBeCloseTo(-(y[1] + y[5]) / 2, 14)
  })
})
