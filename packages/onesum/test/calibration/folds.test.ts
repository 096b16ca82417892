import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { foldsOf, splitRows } from '../../src/calibration/index.ts'
import { holds } from '../support/property.ts'
import { expectError } from '../support/wrong.ts'

const labels = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 80 })
const seed = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })

describe('folds', () => {
  test('hold each class evenly, and all rows evenly, give or take one', () => {
    holds([labels, fc.integer({ min: 2, max: 7 }), seed], (list, folds, of) => {
      const fold = foldsOf(list, { folds, seed: of })
      const spread = (rows: number[]) => {
        const counts = Array.from({ length: folds }, (_, f) => rows.filter((row) => fold[row] === f).length)
        return Math.max(...counts) - Math.min(...counts)
      }
      const rows = [...list.keys()]
      expect(spread(rows)).toBeLessThanOrEqual(1)
      for (let k = 0; k <= 5; k++) expect(spread(rows.filter((row) => list[row] === k))).toBeLessThanOrEqual(1)
    })
  })

  test('are the same for a seed and others for another', () => {
    const list = Array.from({ length: 200 }, (_, i) => i % 3)
    expect(foldsOf(list, { seed: 7 })).toEqual(foldsOf(list, { seed: 7 }))
    expect(foldsOf(list, { seed: 7 })).not.toEqual(foldsOf(list, { seed: 8 }))
  })
})

describe('a split', () => {
  test('holds every row once, each class in proportion, give or take one', () => {
    const share = fc.double({ min: 0.05, max: 0.95, noNaN: true })
    holds([labels, share, seed], (list, holdout, of) => {
      let split: ReturnType<typeof splitRows>
      try {
        split = splitRows(list, { holdout, seed: of })
      } catch (error) {
        // few rows may all fall on one side
        expect(error).toBeInstanceOf(RangeError)
        expect(list.length * Math.min(holdout, 1 - holdout)).toBeLessThan(1)
        return
      }
      const { fit, held, unfitted, unjudged } = split
      expect([...fit, ...held].sort((a, b) => a - b)).toEqual([...list.keys()])
      for (let k = 0; k <= 5; k++) {
        const of = (rows: Int32Array) => rows.filter((row) => list[row] === k).length
        const [total, out] = [of(fit) + of(held), of(held)]
        expect(Math.abs(out - total * holdout)).toBeLessThan(1 + 1e-9)
        expect(unfitted.includes(k)).toBe(total > 0 && out === total)
        expect(unjudged.includes(k)).toBe(total > 0 && out === 0)
      }
      expect(Math.abs(held.length - list.length * holdout)).toBeLessThanOrEqual(0.5 + 1e-9)
    })
  })

  test('names the classes that a part is left without', () => {
    const { unfitted, unjudged } = splitRows([0, 0, 0, 0, 1, 2], { holdout: 0.5, seed: 3 })
    expect([...unfitted, ...unjudged].sort()).toEqual([1, 2])
  })

  test('that leaves a side empty is refused, as are options out of range', () => {
    expectError(() => splitRows([0, 1], { holdout: 0 }), RangeError, 'splitRows', 'holdout', /no row held out/)
    expectError(() => splitRows([0, 1], { holdout: 1 }), RangeError, 'splitRows', 'holdout', /no row to fit/)
    expectError(() => splitRows([0, 1], { holdout: NaN }), RangeError, 'splitRows', 'holdout')
    expectError(() => splitRows([], {}), RangeError, 'splitRows', 'holdout')
    expectError(() => splitRows([0, 0.5]), RangeError, 'splitRows', 'labels', /row 1/)
    expectError(() => foldsOf([0, 1], { folds: 1 }), RangeError, 'foldsOf', 'folds')
    expectError(() => foldsOf([0, 1], { seed: -1 }), RangeError, 'foldsOf', 'seed')
  })
})
