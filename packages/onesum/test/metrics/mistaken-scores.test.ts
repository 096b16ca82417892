import { describe, expect, test } from 'vitest'
import { Evaluation, evaluate } from '../../src/metrics/index.ts'
import { expectErrors } from './wrong-calls.ts'

const two = { shape: [2, 2] }
const REMEDY = "these look like probabilities; pass from: 'probabilities' (or from: 'logits', if they are logits)"
const ALIKE = `"scores" expected logits, got rows that all lie in [0, 1] and sum to 1; ${REMEDY}`

describe('probabilities fed as logits', () => {
  const p = [0.7, 0.3, 0.25, 0.75]
  const labels = [0, 1]

  expectErrors([
    ['are refused by evaluate', () => evaluate(p, labels, two), RangeError, `evaluate: ${ALIKE}`],
    [
      'are refused by result, when all rows are in',
      () => new Evaluation().add(p, labels, two).result(),
      RangeError,
      `Evaluation.result: ${ALIKE}`,
    ],
    [
      'are refused by result after a merge',
      () =>
        new Evaluation()
          .add(p, labels, two)
          .merge(new Evaluation().add([0, 1], [0]))
          .result(),
      RangeError,
      `Evaluation.result: ${ALIKE}`,
    ],
  ])

  test('are taken where from says what they are', () => {
    expect(evaluate(p, labels, { ...two, from: 'probabilities' }).meanConfidence).toBeCloseTo(0.725, 12)
    expect(evaluate(p, labels, { ...two, from: 'logits' }).meanConfidence).toBeLessThan(0.65)
    expect(new Evaluation({ from: 'logits' }).add(p, labels, two).result().rows).toBe(2)
  })

  test('are no reason to refuse where a single row is none', () => {
    expect(evaluate([...p, 0.7, 0.4], [...labels, 0], { shape: [3, 2] }).rows).toBe(3)
    expect(new Evaluation().add(p, labels, two).add([3, 1], [0]).result().rows).toBe(3)
  })

  test('may be added before anybody knows', () => {
    const evaluation = new Evaluation().add(p, labels, two)
    expect(() => evaluation.result()).toThrow(RangeError)
    expect(evaluation.add([3, 1], [0]).result().rows).toBe(3)
  })
})

describe("logits under from: 'probabilities'", () => {
  const EXPECTED = '"scores" expected probabilities in [0, 1] that sum to 1 in each row'
  const remedy = "pass from: 'logits' if these are logits"
  const given = { ...two, from: 'probabilities' } as const
  const evaluateAs = (x: number[]) => () => evaluate(x, [0, 1], given)

  expectErrors([
    [
      'are refused for an entry outside [0, 1]',
      evaluateAs([0.5, 0.5, 1.5, -0.5]),
      RangeError,
      `evaluate: ${EXPECTED}, got 1.5 for class 0 in row 1; ${remedy}`,
    ],
    [
      'are refused for a sum',
      evaluateAs([0.5, 0.5, 0.25, 0.5]),
      RangeError,
      `evaluate: ${EXPECTED}, got the sum 0.75 in row 1; ${remedy}`,
    ],
    [
      'are refused for NaN',
      evaluateAs([NaN, 0.5, 0.25, 0.5]),
      RangeError,
      `evaluate: ${EXPECTED}, got NaN for class 0 in row 0; ${remedy}`,
    ],
    [
      'are refused by add, with the row counted over all batches',
      () => new Evaluation({ from: 'probabilities' }).add([0.5, 0.5, 1, 0], [0, 1], two).add([1, 2], [0]),
      RangeError,
      `Evaluation.add: ${EXPECTED}, got 2 for class 1 in row 2; ${remedy}`,
    ],
  ])

  test('a row that misses 1 by less than 1e-3 is taken', () => {
    expect(evaluate([0.5, 0.5009], [1], { from: 'probabilities' }).accuracy).toBe(1)
    // a float32 softmax may round a probability past 1
    expect(evaluate([1 + 2 ** -23, 0], [0], { from: 'probabilities' }).bins[14].count).toBe(1)
  })
})
