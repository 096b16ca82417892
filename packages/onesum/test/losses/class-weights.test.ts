import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { classWeights, crossEntropy } from '../../src/index.ts'
import { expectClose } from '../support/compare.ts'
import { holds } from '../support/property.ts'
import { expectError } from '../support/wrong.ts'

const where = 'classWeights'

/** At least one row of each class, in any order. */
const counted = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 6 })
const labelsOf = (counts: number[]) => counts.flatMap((n, c) => Array<number>(n).fill(c)).reverse()

describe('classWeights, balanced', () => {
  test('is n / (C n_c): every class has the same summed weight', () => {
    holds([counted], (counts) => {
      const rows = counts.reduce((a, b) => a + b, 0)
      const weights = classWeights(labelsOf(counts))
      expect(weights).toBeInstanceOf(Float64Array)
      expectClose(
        weights.map((w, c) => w * counts[c]),
        counts.map(() => rows / counts.length),
        1e-15,
        0,
      )
    })
  })

  test('goes into a loss, whose mean then weighs classes alike', () => {
    const labels = [0, 0, 0, 1]
    const x = [1, 0, 2, 0, 0, 0, 0.5, 0]
    const options = { shape: [4, 2], reduction: 'none' } as const
    const [a, b, c, d] = crossEntropy(x, labels, options)
    const weighted = crossEntropy(x, labels, { shape: [4, 2], weight: classWeights(labels) })
    expect(weighted).toBeCloseTo(((a + b + c) / 3 + d) / 2, 14)
  })
})

describe('classWeights, effective number', () => {
  test('is (1 − β) / (1 − β^n), scaled to the sum C', () => {
    holds([counted, fc.constantFrom(0.5, 0.9, 0.99, 0.999)], (counts, beta) => {
      const raw = counts.map((n) => (1 - beta) / (1 - beta ** n))
      const total = raw.reduce((a, b) => a + b, 0)
      const want = raw.map((w) => (w * counts.length) / total)
      // 1 − β^n of the plain formula loses up to ten bits at β = 0.999
      expectClose(classWeights(labelsOf(counts), { scheme: 'effective-number', beta }), want, 1e-12, 0)
    })
  })

  test('is 1 for every class at β = 0, and nears the balanced weights, scaled alike, as β nears 1', () => {
    const labels = labelsOf([1, 5, 20])
    expect(classWeights(labels, { scheme: 'effective-number', beta: 0 })).toEqual(Float64Array.of(1, 1, 1))
    const balanced = classWeights(labels)
    const total = balanced.reduce((a, b) => a + b, 0)
    const near = classWeights(labels, { scheme: 'effective-number', beta: 1 - 2 ** -40 })
    // to first order in (1 − β) n / 2
    expectClose(
      near,
      balanced.map((w) => (3 * w) / total),
      20 * 2 ** -40,
      0,
    )
    const byDefault = classWeights(labels, { scheme: 'effective-number' })
    expect(byDefault).toEqual(classWeights(labels, { scheme: 'effective-number', beta: 0.999 }))
  })
})

describe('classWeights', () => {
  test('leaves out ignored rows, and takes labels of any kind', () => {
    const want = classWeights([0, 1, 1])
    expect(classWeights([0, -100, 1, 1])).toEqual(want)
    expect(classWeights([0, 7, 1, 1], { ignoreIndex: 7 })).toEqual(want)
    expect(classWeights(BigInt64Array.of(0n, 1n, 1n))).toEqual(want)
    expect(classWeights({ data: Int32Array.of(0, 1, 1), dims: [3], type: 'int32' }, { classes: 2 })).toEqual(want)
    expect(classWeights([])).toEqual(new Float64Array(0))
  })

  test('refuses a class without rows, and says which', () => {
    expectError(() => classWeights([0, 2]), RangeError, where, 'labels', /none of class 1/)
    expectError(() => classWeights([0, 1], { classes: 3 }), RangeError, where, 'labels', /none of class 2/)
    expectError(() => classWeights([], { classes: 1 }), RangeError, where, 'labels', /none of class 0/)
    expectError(() => classWeights([2 ** 31 - 1]), RangeError, where, 'labels', /none of class 0/)
  })

  test('refuses labels and options that are none', () => {
    expectError(() => classWeights([0, 3], { classes: 2 }), RangeError, where, 'labels', /0 to 1.*row 1/)
    expectError(() => classWeights([0, -1]), RangeError, where, 'labels', /row 1/)
    expectError(() => classWeights([0.5]), RangeError, where, 'labels', /row 0/)
    expectError(() => classWeights(['a'] as never), TypeError, where, 'labels', /row 0/)
    for (const labels of [null, undefined, 3, 'a']) {
      expectError(() => classWeights(labels as never), TypeError, where, 'labels')
    }
    for (const classes of [0, -1, 1.5, NaN])
      expectError(() => classWeights([0], { classes }), RangeError, where, 'classes')
    expectError(() => classWeights([0], { scheme: 'inverse' as never }), RangeError, where, 'scheme', /'balanced' or/)
    const scheme = 'effective-number'
    for (const beta of [1, -0.1, NaN, 2])
      expectError(() => classWeights([0], { scheme, beta }), RangeError, where, 'beta')
    expectError(() => classWeights([0], { beta: 0.9 }), TypeError, where, 'beta', /effective-number/)
    expectError(() => classWeights([0], { weight: 1 } as never), TypeError, where, 'weight', /scheme/)
    expectError(() => classWeights([0], { ignoreIndex: 0.5 }), RangeError, where, 'ignoreIndex')
    expectError(() => classWeights([0], null as never), TypeError, where, 'options')
  })
})
