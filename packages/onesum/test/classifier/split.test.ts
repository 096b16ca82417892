import { expect, test } from 'vitest'
import { splitRows } from '../../src/classifier/index.ts'
import { expectError } from '../support/wrong.ts'

// classes of 100, 40, 7 and 1 rows, mixed
const sizes = [100, 40, 7, 1]
const labels = sizes.flatMap((size, c) => new Array<number>(size).fill(c)).sort((a, b) => ((a * 7) % 4) - ((b * 7) % 4))
const rows = labels.length

test.each([0, 0.1, 0.2, 0.5, 0.9, 1])('each row is in one of the parts, %d of them held out', (heldOut) => {
  const split = splitRows(labels, { heldOut, seed: 3 })
  expect([...split.training, ...split.heldOut].sort((a, b) => a - b)).toEqual(labels.map((_, row) => row))
  // one row of each class is always trained on
  expect(split.heldOut.length).toBe(Math.min(rows - sizes.length, Math.round(heldOut * rows)))
  for (const part of [split.training, split.heldOut]) expect([...part]).toEqual([...part].sort((a, b) => a - b))
})

test('training sees every class, and each gives its part', () => {
  for (let seed = 0; seed < 50; seed++) {
    const { training, heldOut } = splitRows(labels, { heldOut: 0.25, seed })
    expect(new Set(Array.from(training, (row) => labels[row])).size).toBe(4)
    for (const [c, size] of sizes.entries()) {
      const held = heldOut.filter((row) => labels[row] === c).length
      // the share of a class is that of its rows but the one that stays; the last of it may fall to its neighbour
      expect(Math.abs(held - ((size - 1) * 37) / (rows - 4))).toBeLessThan(1)
    }
  }
})

test('a seed gives the same rows again, and another others', () => {
  const first = splitRows(labels, { seed: 1 })
  expect(splitRows(new Int32Array(labels), { seed: 1 })).toEqual(first)
  expect(splitRows(labels, { seed: 2 }).heldOut).not.toEqual(first.heldOut)
  expect(splitRows(labels)).toEqual(splitRows(labels, { heldOut: 0.2, seed: 0 }))
})

test('every row of a large class may come to be held out', () => {
  const held = new Set<number>()
  for (let seed = 0; seed < 100; seed++) for (const row of splitRows([0, 0, 0, 0, 0], { seed }).heldOut) held.add(row)
  expect(held.size).toBe(5)
})

test('wrong arguments are refused', () => {
  expectError(() => splitRows([0, -1]), RangeError, 'splitRows', 'labels', /in row 1/)
  expectError(() => splitRows([0, 0.5]), RangeError, 'splitRows', 'labels', /in row 1/)
  expectError(() => splitRows([0], { heldOut: 1.5 }), RangeError, 'splitRows', 'heldOut', /from 0 to 1, got 1.5/)
  expectError(() => splitRows([0], { heldOut: Number.NaN }), RangeError, 'splitRows', 'heldOut')
  expectError(() => splitRows([0], { seed: -1 }), RangeError, 'splitRows', 'seed')
  expectError(() => splitRows(['a'] as unknown as number[]), TypeError, 'splitRows', 'labels')
})
