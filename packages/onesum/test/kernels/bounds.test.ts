import { describe, expect, test } from 'vitest'
import { crossEntropyWithGrad } from '../../src/index.ts'
import { expectWithin } from '../support/compare.ts'
import { seeded } from '../support/random.ts'
import { caseOf, expectPromised } from './checks.ts'
import { kernelOperations, relative, targetFor } from './kernel-operations.ts'
import { COPIED, IN_PLACE, PLACEMENTS, ZERO_COPY } from './placements.ts'
import { crossEntropyOf } from './references.ts'
import { CHARACTERS, LARGEST, rowsOf } from './rows-of-logits.ts'

const all = Object.keys(CHARACTERS)
const some = ['5 N(0, 1)', 'tied', 'maximum 180.1', 'subnormal outputs']

// every remainder of a group of 24 floats, twice over
const short = Array.from({ length: 2 * 24 + 1 }, (_, i) => i + 1)
const medium = [63, 64, 65, 127, 191, 192, 193, 255, 256, 257, 1000]
// rows that a chunk of 2^15 floats holds one of, or none; that fill a slot of 2^17 floats, or are longer
const long = [4095, 4096, 4097, (1 << 15) - 1, 1 << 15, (1 << 15) + 1]
const longer = [(1 << 17) - 1, 1 << 17, (1 << 17) + 1]
const thorough = process.env.ONESUM_TEST_ALL === '1'

for (const operation of kernelOperations) {
  const check = (length: number, characters: readonly string[], placements: typeof PLACEMENTS, temperature = 1) => {
    // copies of fewer than 64 entries may go another way than kernels
    const rows = rowsOf(characters, length, length < 64 ? 200 : 1, length)
    const one = caseOf(operation, rows, targetFor(rows.count, length), temperature)
    for (const placement of placements) expectPromised(one, placement)
  }

  describe(`${operation.name}, float32, rows of every character`, () => {
    test('1 to 49 columns, in every placement', () => {
      for (const length of short) check(length, all, PLACEMENTS)
    })

    test('63 to 1000 columns, in every placement', () => {
      for (const length of medium) check(length, all, PLACEMENTS)
    })

    test('any number of rows from 1 to 9: what goes in groups of rows leaves some over', () => {
      for (const length of [1, 2, 3, 5, 8, 9, 10, 16, 17, 31, 32, 33, 64, 65, 191, 192, 193]) {
        const { x, ...rest } = rowsOf(all, length, 1, length)
        for (let count = 1; count <= 9; count++) {
          // other characters come first each time
          const start = (count * 5) % 8
          const rows = {
            ...rest,
            count,
            x: x.slice(start * length, (start + count) * length),
            name: (row: number) => rest.name(start + row),
          }
          const one = caseOf(operation, rows, targetFor(count, length), operation.temperature && count > 6 ? 0.7 : 1)
          for (const placement of PLACEMENTS) expectPromised(one, placement)
        }
      }
    })

    test('around 4096 and 2^15 columns', () => {
      for (const length of long) check(length, thorough ? all : some, [ZERO_COPY, IN_PLACE, COPIED])
    })

    test('around 2^17 columns', () => {
      for (const length of longer) check(length, thorough ? all : some.slice(0, 1), [ZERO_COPY, COPIED])
    })

    test('2^20 columns', () => {
      for (const character of thorough ? all : ['5 N(0, 1)']) check(1 << 20, [character], [ZERO_COPY])
    })

    test('many rows, more than a chunk holds', () => {
      const rows = rowsOf(some, 100, 70_000)
      const one = caseOf(operation, rows, targetFor(rows.count, 100))
      for (const placement of [ZERO_COPY, COPIED]) expectPromised(one, placement)
    })

    if (operation.temperature) {
      test('at temperatures other than 1', () => {
        const lengths = thorough ? [...short, ...medium, ...long] : [1, 2, 3, 4, 5, 7, 23, 24, 25, 48, 49, 257, 1000]
        for (const temperature of [0.1, 0.7, 0.8, 1.3, 1e-30, 1e30, 1e-300]) {
          for (const length of lengths) check(length, all, [ZERO_COPY, IN_PLACE, COPIED], temperature)
        }
      })
    }
  })
}

describe('temperatures log-uniform in [1e-45, 1e45], logits scaled alike', () => {
  for (const operation of kernelOperations.filter((each) => each.temperature)) {
    test(`${operation.name}: every bound holds`, () => {
      const uniform = seeded(7)
      for (let i = 0; i < (thorough ? 3000 : 200); i++) {
        const temperature = 10 ** (90 * uniform() - 45)
        const { x: plain, ...rest } = rowsOf(['N(0, 1)', '30 N(0, 1)', 'sorted'], 1 + (i % 60), 64, 1)
        const x = plain.map((v) => Math.max(-LARGEST, Math.min(LARGEST, v * temperature)))
        const one = caseOf(operation, { ...rest, x }, targetFor(rest.count, rest.length), temperature)
        for (const placement of [ZERO_COPY, COPIED]) expectPromised(one, placement)
      }
    })
  }
})

describe('cross-entropy with gradient at margins', () => {
  for (const margin of [20, 40, 80]) {
    test(`${margin}, for and against the label: relative 1e-6`, () => {
      for (const length of [2, 3, 4, 5, 24, 25, 49, 100, 1000]) {
        const rows = rowsOf(['N(0, 1)'], length, 200)
        const { count } = rows
        const x = rows.x.slice()
        const labels = Int32Array.from({ length: count }, (_, r) => (5 * r) % length)
        for (let r = 0; r < count; r++) {
          const row = x.subarray(r * length, (r + 1) * length)
          row[labels[r]] = row.reduce((a, b) => Math.max(a, b)) + (r % 3 === 2 ? -margin : margin)
        }
        for (const w of [1, 0.3, 1e-20, 0]) {
          const weight = new Float64Array(length).fill(w)
          const { loss, grad } = crossEntropyWithGrad(x, labels, { shape: [count, length], weight, reduction: 'none' })
          for (let r = 0; r < count; r++) {
            const want = crossEntropyOf(x.subarray(r * length, (r + 1) * length), labels[r], w, 1)
            expectWithin(loss.subarray(r, r + 1), [want.loss], relative)
            expectWithin(grad.subarray(r * length, (r + 1) * length), want.grad, relative)
          }
        }
      }
    })
  }

  test('under the mean every gradient is divided by the summed weight of the kept rows', () => {
    const rows = rowsOf(Object.keys(CHARACTERS), 100, 5000)
    const { x, count, length } = rows
    const { labels, weight } = targetFor(count, length)
    const { grad } = crossEntropyWithGrad(x, labels, { shape: [count, length], weight })
    const divisor = labels.reduce((sum, label) => sum + (label < 0 ? 0 : weight[label]), 0)
    for (let r = 0; r < count; r++) {
      const label = labels[r]
      const row = x.subarray(r * length, (r + 1) * length)
      const want = label < 0 ? new Float64Array(length) : crossEntropyOf(row, label, weight[label], 1 / divisor).grad
      expectWithin(grad.subarray(r * length, (r + 1) * length), want, relative)
    }
    expect(grad.some((g) => g !== 0)).toBe(true)
  })
})
