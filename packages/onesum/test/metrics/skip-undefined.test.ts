import { describe, expect, test } from 'vitest'
import { Evaluation, evaluate } from '../../src/metrics/index.ts'
import { expectErrors } from './wrong-calls.ts'

const two = { shape: [2, 2] }

describe('skipUndefined', () => {
  const x = [NaN, 1, 3, 1, Infinity, 0, -Infinity, -Infinity, 0, 2]
  const labels = [0, 0, 1, 1, 0]
  const options = { shape: [5, 2], skipUndefined: true }

  test('leaves out rows without a softmax, counts them, and measures the others', () => {
    const got = evaluate(x, labels, options)
    const kept = evaluate([3, 1, 0, 2], [0, 0], two)
    // the wrong row keeps its number among all five
    expect(got).toEqual({ ...kept, skipped: 3, worst: [{ ...kept.worst[0], row: 4 }] })
    expect([got.rows, got.skipped]).toEqual([2, 3])
  })

  test('counts over batches, merges and JSON', () => {
    const one = new Evaluation({ skipUndefined: true }).add(x, labels, { shape: [5, 2] })
    const copy = Evaluation.fromJSON(JSON.parse(JSON.stringify(one)))
    expect([one.rows, copy.rows]).toEqual([5, 5])
    expect(one.merge(copy).result()).toMatchObject({ rows: 4, skipped: 6 })
  })

  test('leaves out rows of NaN among probabilities, and refuses logits there as ever', () => {
    const given = { ...two, from: 'probabilities', skipUndefined: true } as const
    expect(evaluate([NaN, NaN, 0.5, 0.5], [0, 0], given)).toMatchObject({ rows: 1, skipped: 1 })
    expect(() => evaluate([3, 1, 0.5, 0.5], [0, 0], given)).toThrow('got 3 for class 0 in row 0')
  })

  test('counts nothing of a batch that is refused further on', () => {
    const evaluation = new Evaluation({ from: 'probabilities', skipUndefined: true }).add([0.5, 0.5], [0])
    const before = JSON.stringify(evaluation)
    expect(() => evaluation.add([NaN, NaN, 0.5, 0.5, 3, 1], [0, 0, 0], { shape: [3, 2] })).toThrow('in row 3')
    expect(JSON.stringify(evaluation)).toBe(before)
  })

  test('does not excuse a label', () => {
    expect(() => evaluate(x, [5, 0, 1, 1, 0], options)).toThrow('got 5 in row 0')
  })

  test('does not hide probabilities behind the rows it leaves out', () => {
    expect(() => evaluate([NaN, NaN, 0.5, 0.5], [0, 0], { ...two, skipUndefined: true })).toThrow(
      'these look like probabilities',
    )
  })

  expectErrors([
    [
      'leaves nothing to measure where every row is left out',
      () => evaluate([NaN, 1, Infinity, 0], [0, 0], { ...two, skipUndefined: true }),
      RangeError,
      'evaluate: "scores" expected at least one row, got none but 2 left out',
    ],
  ])
})
