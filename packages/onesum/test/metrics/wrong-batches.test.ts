import { describe, expect, test } from 'vitest'
import { Evaluation, evaluate } from '../../src/metrics/index.ts'
import { expectErrors, type Kind } from './wrong-calls.ts'

/** Two rows of three classes, added before the batch that is wrong. */
const begun = () => new Evaluation().add([3, 1, 0, 0, 2, 5], [0, 2], { shape: [2, 3] })
const REMEDY = 'pass skipUndefined: true to leave such rows out'
const two = { shape: [2, 3] }

/** Batches that `evaluate` and `add` refuse, with the text for a first batch. */
const batches: readonly (readonly [name: string, args: readonly unknown[], kind: Kind, text: string])[] = [
  [
    'fewer labels than rows',
    [[3, 1, 0, 0, 2, 5], [0], two],
    RangeError,
    '"labels" expected 2 class indices, one per row, got 1',
  ],
  [
    'more labels than rows',
    [[3, 1, 0, 0, 2, 5], [0, 1, 2], two],
    RangeError,
    '"labels" expected 2 class indices, one per row, got 3',
  ],
  [
    'as many labels as rows, and no shape',
    [
      [3, 1, 0, 0, 2, 5],
      [0, 2],
    ],
    RangeError,
    '"labels" expected 1 class indices, one per row, got 2; pass shape: [rows, classes]',
  ],
  [
    'a label as large as the number of classes',
    [[3, 1, 0, 0, 2, 5], [0, 3], two],
    RangeError,
    '"labels" expected class indices from 0 to 2, got 3 in row 1',
  ],
  [
    'a negative label',
    [[3, 1, 0, 0, 2, 5], [-1, 3], two],
    RangeError,
    '"labels" expected class indices from 0 to 2, got -1 in row 0',
  ],
  [
    "the losses' ignoreIndex",
    [[3, 1, 0, 0, 2, 5], Int32Array.of(0, -100), two],
    RangeError,
    '"labels" expected class indices from 0 to 2, got -100 in row 1',
  ],
  [
    'a label between two classes',
    [[3, 1, 0, 0, 2, 5], Float32Array.of(0, 1.5), two],
    RangeError,
    '"labels" expected class indices from 0 to 2, got 1.5 in row 1',
  ],
  [
    'a label that is NaN',
    [[3, 1, 0, 0, 2, 5], [NaN, 0], two],
    RangeError,
    '"labels" expected class indices from 0 to 2, got NaN in row 0',
  ],
  [
    'a large bigint as a label',
    [[3, 1, 0, 0, 2, 5], BigInt64Array.of(0n, 2n ** 53n), two],
    RangeError,
    '"labels" expected class indices from 0 to 2, got 9007199254740992n in row 1',
  ],
  [
    'a class name as a label',
    [[3, 1, 0, 0, 2, 5], [0, 'cat'], two],
    TypeError,
    '"labels" expected class indices from 0 to 2, got "cat" in row 1; map class names to their indices first',
  ],
  [
    'one label that is not in an array',
    [[3, 1, 0], 0],
    TypeError,
    '"labels" expected an array of class indices, got 0',
  ],
  ['no labels', [[3, 1, 0]], TypeError, '"labels" expected an array of class indices, got undefined'],
  [
    'a row that holds NaN',
    [[3, 1, 0, 0, NaN, 5], [0, 2], two],
    RangeError,
    `"scores" expected logits that have a softmax, got NaN for class 1 in row 1; ${REMEDY}`,
  ],
  [
    'a row that holds +Infinity',
    [[3, 1, Infinity, 0, 2, 5], [0, 2], two],
    RangeError,
    `"scores" expected logits that have a softmax, got Infinity for class 2 in row 0; ${REMEDY}`,
  ],
  [
    'a row of nothing but -Infinity',
    [[3, 1, 0, -Infinity, -Infinity, -Infinity], [0, 2], two],
    RangeError,
    `"scores" expected logits that have a softmax, got nothing but -Infinity in row 1; ${REMEDY}`,
  ],
  [
    'rows as arrays',
    [
      [
        [3, 1],
        [0, 2],
      ],
      [0, 1],
    ],
    TypeError,
    '"scores" expected numbers, got an array of 2 at index 0; flatten nested arrays with .flat() and pass their shape',
  ],
  [
    'a shape of another size',
    [[3, 1, 0, 0, 2, 5], [0, 2], { shape: [2, 4] }],
    RangeError,
    '"shape" expected 6 entries, as many as the data, got [2,4], 8 entries',
  ],
]

describe('a batch that is wrong', () => {
  describe('evaluate says what, and where', () => {
    expectErrors(
      batches.map(([name, args, kind, text]) => [
        name,
        () => Reflect.apply(evaluate, undefined, args),
        kind,
        `evaluate: ${text}`,
      ]),
    )
  })

  describe('add says so under its own name', () => {
    expectErrors(
      batches.map(([name, args, kind, text]) => {
        const fresh = new Evaluation()
        return [name, () => Reflect.apply(fresh.add, fresh, args), kind, `Evaluation.add: ${text}`]
      }),
    )
  })

  describe('add counts rows over all batches', () => {
    const later = (text: string) => text.replace(/in row (\d)/, (_, row) => `in row ${Number(row) + 2}`)
    const withRow = batches.filter(([, , , text]) => later(text) !== text)
    test('most of these errors name a row', () => expect(withRow.length).toBe(10))
    expectErrors(
      withRow.map(([name, args, kind, text]) => {
        const evaluation = begun()
        return [name, () => Reflect.apply(evaluation.add, evaluation, args), kind, `Evaluation.add: ${later(text)}`]
      }),
    )
    expectErrors([
      [
        'those left out included',
        () =>
          new Evaluation({ skipUndefined: true })
            .add([3, 1, NaN, 1, 0, 5], [0, 0, 1], { shape: [3, 2] })
            .add([1, 2, 3, 4], [0, 2], { shape: [2, 2] }),
        RangeError,
        'Evaluation.add: "labels" expected class indices from 0 to 1, got 2 in row 4',
      ],
    ])
  })

  describe('leaves the evaluation as it was', () => {
    for (const [name, args] of batches) {
      test(name, () => {
        const evaluation = begun()
        const before = JSON.stringify(evaluation)
        expect(() => Reflect.apply(evaluation.add, evaluation, args)).toThrow()
        expect(JSON.stringify(evaluation)).toBe(before)
        expect(evaluation.rows).toBe(2)
        // a first batch that fails does not decide the number of classes either
        const fresh = new Evaluation()
        expect(() => Reflect.apply(fresh.add, fresh, args)).toThrow()
        expect(JSON.stringify(fresh)).toBe(JSON.stringify(new Evaluation()))
      })
    }
  })

  describe('a batch of other classes', () => {
    expectErrors([
      [
        'is refused',
        () => begun().add([1, 2], [0]),
        RangeError,
        'Evaluation.add: "scores" expected 3 classes, as in earlier batches, got 2',
      ],
    ])
  })
})
describe('no rows', () => {
  const text = '"scores" expected at least one row, got none'
  expectErrors([
    ['in evaluate', () => evaluate([], [], { shape: [0, 3] }), RangeError, `evaluate: ${text}`],
    ['in result', () => new Evaluation().result(), RangeError, `Evaluation.result: ${text}`],
    [
      'no classes',
      () => evaluate([], [0, 0], { shape: [2, 0] }),
      RangeError,
      'evaluate: "labels" expected no rows, as there are no classes, got 0 in row 0',
    ],
  ])
})
