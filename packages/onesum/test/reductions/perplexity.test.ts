import { describe, expect, test } from 'vitest'
import { entropy, perplexity } from '../../src/index.ts'
import { expectClose } from '../support/compare.ts'
import { logOddsCases } from '../support/log-odds-cases.ts'
import { expectError } from '../support/wrong.ts'

describe('perplexity', () => {
  test('agrees with values of 400 digits', () => {
    // the entropy, below 4 here, within 1e-13
    for (const { x, perplexity: want } of logOddsCases) expectClose([perplexity(x)], [want], 4e-13, 0)
  })

  test('is exp of the entropy: the number of classes where they are equal, 1 where one is certain', () => {
    expect(perplexity([7, 7, 7, 7])).toBeCloseTo(4, 13)
    expect(perplexity([900, 0])).toBe(1)
    expect(perplexity([3, -Infinity, 3])).toBeCloseTo(2, 13)
    const x = [1, 2, 3, 0, -1, 5]
    const o = { shape: [2, 3], axis: 0, mask: [1, 0, 1, 1, 1, 1] }
    expectClose(perplexity(x, o), entropy(x, o).map(Math.exp), 1e-14, 0)
  })

  test('of a row without a softmax is NaN, of one that keeps nothing a RangeError', () => {
    expect(perplexity([NaN, 1])).toBeNaN()
    expect(perplexity([Infinity, 1])).toBeNaN()
    expectError(() => perplexity([]), RangeError, 'perplexity', 'x')
    expectError(() => perplexity([1, 2], { mask: [0, 0] }), RangeError, 'perplexity', 'mask', /row 0/)
    expect(perplexity([], { shape: [0, 3] })).toEqual([])
  })
})
