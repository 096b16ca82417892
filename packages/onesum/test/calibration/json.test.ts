import { describe, expect, test } from 'vitest'
import {
  type Calibrator,
  calibratorFromJSON,
  conformalFromJSON,
  fitConformal,
  fitDirichlet,
  fitHistogramBinning,
  fitIsotonic,
  fitPlatt,
  fitTemperature,
  fitVectorScaling,
} from '../../src/calibration/index.ts'
import { expectSame } from '../support/compare.ts'
import { expectError } from '../support/wrong.ts'
import { drawn, probabilitiesOf } from './data.ts'

const two = drawn(1, 120, 2, 2)
const four = drawn(2, 200, 4, 2)
const probabilities = Float64Array.from(
  { length: 800 },
  (_, i) => probabilitiesOf(four.logits.subarray(i - (i % 4), i - (i % 4) + 4))[i % 4],
)
const from = { shape: four.shape, from: 'probabilities' } as const

const fitted: [string, Calibrator, Float64Array][] = [
  ['temperature', fitTemperature(four.logits, four.labels, { shape: four.shape }), four.logits],
  ['temperature of probabilities', fitTemperature(probabilities, four.labels, from), probabilities],
  ['vector', fitVectorScaling(four.logits, four.labels, { shape: four.shape }), four.logits],
  ['dirichlet', fitDirichlet(four.logits, four.labels, { shape: four.shape }), four.logits],
  ['isotonic', fitIsotonic(four.logits, four.labels, { shape: four.shape }), four.logits],
  ['isotonic of probabilities', fitIsotonic(probabilities, four.labels, from), probabilities],
  ['histogram', fitHistogramBinning(four.logits, four.labels, { shape: four.shape }), four.logits],
  ['isotonic of two classes', fitIsotonic(two.logits, two.labels, { shape: two.shape }), two.logits],
  ['platt', fitPlatt(two.logits, two.labels, { shape: two.shape }), two.logits],
]

const saved = (value: unknown): Record<string, unknown> => JSON.parse(JSON.stringify(value))

describe('a calibrator saved as JSON', () => {
  test.each(fitted)('gives the same bits when it is read back: %s', (_, calibrator, x) => {
    const again = calibratorFromJSON(saved(calibrator))
    expect(again).toEqual(calibrator)
    const shape = [x.length / calibrator.classes, calibrator.classes]
    expectSame(again.transform(x, { shape }), calibrator.transform(x, { shape }))
    const small = Float32Array.from(x)
    expectSame(again.transform(small, { shape }), calibrator.transform(small, { shape }))
    expect(saved(again)).toEqual(saved(calibrator))
  })

  test.each(fitted)('is refused when any of its fields is missing or of a wrong kind: %s', (_, calibrator) => {
    for (const name of Object.keys(saved(calibrator))) {
      for (const wrong of [undefined, {}, 'x']) {
        let error: unknown
        try {
          calibratorFromJSON({ ...saved(calibrator), [name]: wrong })
        } catch (caught) {
          error = caught
        }
        expect(error instanceof TypeError || error instanceof RangeError, `${name}: ${wrong}`).toBe(true)
        expect((error as Error).message).toMatch(/^calibratorFromJSON: "/)
      }
    }
  })

  test.each(fitted)('is refused for another number of classes, in the file or at use: %s', (_, calibrator) => {
    const json = saved(calibrator)
    if (calibrator.method !== 'temperature') {
      expect(() => calibratorFromJSON({ ...json, classes: calibrator.classes + 1 })).toThrow(RangeError)
    }
    const wider = new Float32Array(calibrator.classes + 1)
    const expected = new RegExp(`expected ${calibrator.classes} classes, as fitted, got ${calibrator.classes + 1}`)
    expectError(() => calibrator.transform(wider), RangeError, 'calibrator.transform', 'scores', expected)
  })

  test('is refused with another version, or an unknown method, or when it is text', () => {
    const json = saved(fitted[0][1])
    const where = 'calibratorFromJSON'
    expectError(() => calibratorFromJSON({ ...json, version: 2 }), RangeError, where, 'version', /save it again/)
    expectError(() => calibratorFromJSON({ ...json, method: 'magic' }), RangeError, where, 'method')
    expectError(() => calibratorFromJSON(JSON.stringify(json)), TypeError, where, 'json')
    expectError(() => calibratorFromJSON(null), TypeError, where, 'json')
    expectError(() => calibratorFromJSON({ ...json, temperature: 0 }), RangeError, where, 'temperature')
    expectError(() => calibratorFromJSON({ ...json, temperature: NaN }), RangeError, where, 'temperature')
  })

  test('is refused when its numbers make no sense', () => {
    const [, , vector, , isotonic, , histogram] = fitted.map(([, calibrator]) => saved(calibrator))
    const where = 'calibratorFromJSON'
    expectError(() => calibratorFromJSON({ ...vector, weights: [1, 2] }), RangeError, where, 'weights')
    expectError(() => calibratorFromJSON({ ...vector, bias: [1, 2, null, 4] }), RangeError, where, 'bias', /index 2/)
    for (const value of [-0.5, 1.5]) {
      const [level, step] = [
        { x: [0], y: [value] },
        { edges: [0, 1], values: [value] },
      ].map((curve) => Array(4).fill(curve))
      const says = /numbers from 0 to 1, got/
      expectError(() => calibratorFromJSON({ ...isotonic, curves: level }), RangeError, where, 'curves.y', says)
      expectError(() => calibratorFromJSON({ ...histogram, curves: step }), RangeError, where, 'curves.values', says)
    }
    const falling = { x: [0, 1], y: [1, 0] }
    expectError(() => calibratorFromJSON({ ...isotonic, curves: Array(4).fill(falling) }), RangeError, where, 'curves')
    const unsorted = { edges: [0, 0.5, 0.5, 1], values: [0, 0, 0] }
    expectError(
      () => calibratorFromJSON({ ...histogram, curves: Array(4).fill(unsorted) }),
      RangeError,
      where,
      'curves.edges',
    )
  })
})

describe('a conformal predictor saved as JSON', () => {
  const all = [
    fitConformal(four.logits, four.labels, { shape: four.shape }),
    fitConformal(four.logits, four.labels, { shape: four.shape, score: 'raps', randomize: true, seed: 5 }),
    fitConformal(four.logits, four.labels, { shape: four.shape, score: 'aps', classConditional: true, alpha: 0.001 }),
  ]

  test.each(all)('predicts the same sets when it is read back', (conformal) => {
    const again = conformalFromJSON(saved(conformal))
    expect(again.thresholds).toEqual(conformal.thresholds)
    expect(again.predictSets(four.logits, { shape: four.shape })).toEqual(
      conformal.predictSets(four.logits, { shape: four.shape }),
    )
    expect(saved(again)).toEqual(saved(conformal))
  })

  test('is refused when any of its fields is missing, wrong, or of another version', () => {
    for (const conformal of all) {
      const json = saved(conformal)
      for (const name of Object.keys(json)) {
        for (const wrong of [undefined, {}, 'x']) {
          expect(() => conformalFromJSON({ ...json, [name]: wrong }), `${name}: ${wrong}`).toThrow(
            /^conformalFromJSON: "/,
          )
        }
      }
      expectError(() => conformalFromJSON({ ...json, version: 0 }), RangeError, 'conformalFromJSON', 'version')
      expectError(
        () => conformalFromJSON({ ...json, thresholds: [1, 2] }),
        RangeError,
        'conformalFromJSON',
        'thresholds',
      )
    }
  })
})
