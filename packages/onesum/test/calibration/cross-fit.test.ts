import { describe, expect, test } from 'vitest'
import { crossFit, fitBest, fitTemperature, type Method } from '../../src/calibration/index.ts'
import { evaluate } from '../../src/metrics/index.ts'
import { expectSame } from '../support/compare.ts'
import { expectError } from '../support/wrong.ts'
import { drawn } from './data.ts'

const source = drawn(1, 240, 3, 2)
const { logits, labels, shape } = source

/** The rows of some numbers. */
function pick(rows: number[]) {
  return {
    logits: Float64Array.from(rows.flatMap((row) => Array.from(logits.subarray(3 * row, 3 * row + 3)))),
    labels: rows.map((row) => labels[row]),
    shape: [rows.length, 3],
  }
}

describe('cross-fitting', () => {
  const methods: Method[] = ['temperature', 'vector', 'dirichlet', 'isotonic', 'histogram']

  test.each(methods)('judges no row by a fit that saw it: %s', (method) => {
    const { probabilities, fold, calibrators } = crossFit(logits, labels, { shape, method, folds: 3 })
    expect(calibrators.length).toBe(3)
    for (let held = 0; held < 3; held++) {
      const rows = [...fold.keys()].filter((row) => fold[row] === held)
      expect(rows.length).toBe(80)
      const part = pick(rows)
      const own = calibrators[held].transform(part.logits, { shape: part.shape })
      const got = rows.flatMap((row) => Array.from(probabilities.subarray(3 * row, 3 * row + 3)))
      // temperature goes by a kernel that adds in another order
      for (let i = 0; i < got.length; i++) expect(Math.abs(got[i] - own[i])).toBeLessThan(1e-14)
    }
  })

  test('fits each fold on the rows of the others alone', () => {
    const { fold, calibrators } = crossFit(logits, labels, { shape, folds: 4, seed: 9 })
    for (let held = 0; held < 4; held++) {
      const rest = pick([...fold.keys()].filter((row) => fold[row] !== held))
      const { temperature } = fitTemperature(rest.logits, rest.labels, { shape: rest.shape })
      expect((calibrators[held] as unknown as { temperature: number }).temperature).toBe(temperature)
    }
  })

  test('gives the kind and layout that came in, and the same for the same seed', () => {
    const turned = Float32Array.from(logits, (_, i) => logits[(i % 240) * 3 + Math.floor(i / 240)])
    const one = crossFit(Float32Array.from(logits), labels, { shape })
    const two = crossFit({ data: turned, dims: [3, 240], type: 'float32' }, labels, { axis: 0 })
    expect(one.probabilities).toBeInstanceOf(Float32Array)
    expect(two.probabilities.dims).toEqual([3, 240])
    for (let row = 0; row < 240; row++) {
      for (let k = 0; k < 3; k++)
        expect(two.probabilities.data[k * 240 + row]).toBeCloseTo(one.probabilities[3 * row + k], 6)
    }
    expectSame(crossFit(logits, labels, { shape }).probabilities, crossFit(logits, labels, { shape }).probabilities)
    expect(crossFit(logits, labels, { shape, seed: 2 }).fold).not.toEqual(one.fold)
  })

  test('names the fold that is left without a class', () => {
    const x = logits.slice(0, 12)
    expect(() => crossFit(x, [0, 1, 2, 0], { shape: [4, 3], method: 'vector' })).toThrow(
      /^crossFit\.fold[01]: "labels" expected at least one row of every class, got none of class/,
    )
  })
})

describe('the best', () => {
  test('has the smallest held-out NLL, and every candidate is reported as held-out rows give it', () => {
    const { calibrator, candidates } = fitBest(logits, labels, { shape })
    expect(candidates.map(({ method }) => method)).toEqual([
      'temperature',
      'vector',
      'dirichlet',
      'isotonic',
      'histogram',
    ])
    const least = Math.min(...candidates.map(({ nll }) => nll))
    expect(candidates.find(({ method }) => method === calibrator.method)?.nll).toBe(least)
    for (const { method, nll, brier } of candidates) {
      const { probabilities } = crossFit(logits, labels, { shape, method, folds: 5, seed: 0 })
      const want = evaluate(probabilities, labels, { shape, from: 'probabilities' })
      if (nll === Infinity) expect(want.nll).toBe(Infinity)
      else expect(Math.abs(nll - want.nll)).toBeLessThan(1e-13)
      expect(Math.abs(brier - want.brier)).toBeLessThan(1e-13)
    }
  })

  test('is fitted on all rows', () => {
    const { calibrator } = fitBest(logits, labels, { shape, methods: ['temperature'] })
    expect(calibrator).toEqual(fitTemperature(logits, labels, { shape }))
  })

  test('of two classes has Platt among the candidates', () => {
    const two = drawn(3, 100, 2, 2)
    const { candidates } = fitBest(two.logits, two.labels, { shape: two.shape, folds: 3 })
    expect(candidates.map(({ method }) => method)).toContain('platt')
  })

  test('leaves out, and says why, what cannot be fitted', () => {
    const rare = Int32Array.from(labels, (label, row) => (row === 17 ? 2 : label % 2))
    const { calibrator, candidates } = fitBest(logits, rare, { shape, methods: ['vector', 'temperature'] })
    expect(calibrator.method).toBe('temperature')
    expect(candidates[0].nll).toBe(Infinity)
    expect(candidates[0].failure).toMatch(
      /^fitBest\.fold\d: "labels" expected at least one row of every class, got none of class 2/,
    )
    expect(candidates[1].failure).toBe(null)
    expect(() => fitBest(logits, rare, { shape, methods: ['isotonic'] })).toThrow(/none of class 2/)
  })

  test('refuses methods that are none', () => {
    // @ts-expect-error -- a name that is no method
    expectError(() => fitBest(logits, labels, { shape, methods: ['magic'] }), RangeError, 'fitBest', 'methods')
    expectError(() => fitBest(logits, labels, { shape, methods: [] }), RangeError, 'fitBest', 'methods')
    // @ts-expect-error -- no list
    expectError(() => fitBest(logits, labels, { shape, methods: 'temperature' }), TypeError, 'fitBest', 'methods')
  })
})
