import { describe, expect, test } from 'vitest'
import { Evaluation } from '../../src/metrics/index.ts'
import { type Kind, thrownBy } from './wrong-calls.ts'

const whole = () =>
  JSON.parse(
    JSON.stringify(
      new Evaluation({ bins: 2, topK: [1, 2], bootstrap: 1 }).add([3, 1, 0, 0, 2, 5], [0, 1], { shape: [2, 3] }),
    ),
  )

/** The whole with other fields, in the tally or beside it. */
function damaged(damage: Record<string, unknown>) {
  const json = whole()
  for (const [name, value] of Object.entries(damage)) {
    if (name in json.tally) json.tally[name] = value
    else json[name] = value
  }
  return json
}

/** What is wrong, the damage, and how the error begins after the function's name. */
const damages: readonly (readonly [name: string, damage: Record<string, unknown>, kind: Kind, text: string])[] = [
  [
    'a version of the future',
    { version: 3 },
    RangeError,
    '"version" expected 2, got 3; save it again with this release',
  ],
  [
    'no version',
    { version: undefined },
    RangeError,
    '"version" expected 2, got undefined; save it again with this release',
  ],
  [
    'more classes than can be told apart',
    { classes: 1e300 },
    RangeError,
    '"classes" expected a whole number from 0 to',
  ],
  ['no rows', { rows: undefined }, TypeError, '"rows" expected a whole number >= 0, got undefined'],
  ['negative rows', { rows: -2 }, RangeError, '"rows" expected a whole number >= 0, got -2'],
  ['half a row', { rows: 1.5 }, RangeError, '"rows" expected a whole number >= 0, got 1.5'],
  ['more rows than stand in bins', { rows: 3 }, RangeError, '"bins" expected 3 rows in all, as "rows" says, got 2'],
  ['negative skipped', { skipped: -1 }, RangeError, '"skipped" expected a whole number >= 0, got -1'],
  ['no bins', { bins: undefined }, TypeError, '"bins" expected an array'],
  [
    'a bin that is cut short',
    {
      bins: [
        [0, 0, 0, 0],
        [2, 2, 1.8],
      ],
    },
    TypeError,
    '"bins" expected an array of 4',
  ],
  ['a bin of text', { bins: [[0, 0, 0, 0], 'x'] }, TypeError, '"bins" expected an array of 4'],
  [
    'a word in a bin',
    {
      bins: [
        [0, 0, 0, 0],
        [2, 2, 'much', 0],
      ],
    },
    TypeError,
    '"bins" expected a number, or one of the words',
  ],
  [
    'half a count',
    {
      bins: [
        [0, 0, 0, 0],
        [2, 1.5, 1.8, 0],
      ],
    },
    RangeError,
    '"bins" expected a whole number',
  ],
  ['no topK', { topK: undefined }, TypeError, '"topK" expected an array'],
  ['topK of text', { topK: ['1', 2] }, TypeError, '"topK" expected a whole number'],
  ['fewer hits than topK', { hits: [1] }, TypeError, '"hits" expected an array of 2'],
  ['negative hits', { hits: [-1, 2] }, RangeError, '"hits" expected a whole number'],
  ['no NLL', { nll: undefined }, TypeError, '"nll" expected an array of 2'],
  ['half an NLL', { nll: [0.1] }, TypeError, '"nll" expected an array of 2'],
  ['a word as NLL', { nll: ['infinite', 0] }, TypeError, '"nll" expected a number, or one of the words'],
  ['null as Brier score', { brier: [null, 0] }, TypeError, '"brier" expected a number, or one of the words'],
  ['no confidence', { confidence: 0.9 }, TypeError, '"confidence" expected an array of 2'],
  ['classes as text', { classes: '3' }, TypeError, '"classes" expected a whole number from 0 to 2147483648, got "3"'],
  [
    'a from that nobody knows',
    { from: 'scores' },
    RangeError,
    `"from" expected 'logits' or 'probabilities', got "scores"`,
  ],
  ['skipUndefined as a number', { skipUndefined: 1 }, TypeError, '"skipUndefined" expected true or false, got 1'],
  ['no bin at all', { bins: [] }, TypeError, '"bins" expected an array of 2'],
  ['top 0', { topK: [0, 2] }, RangeError, '"topK" expected a whole number >= 1, got 0'],
  ['a seed as text', { seed: '0' }, TypeError, '"seed" expected a whole number'],
  ['fewer rows to come than were seen', { next: 1 }, RangeError, '"next" expected a whole number from 2'],
  [
    'rows seen twice',
    {
      spans: [
        [0, 2],
        [1, 3],
      ],
    },
    RangeError,
    '"spans" expected every row once, got row 1 twice',
  ],
  ['a span backwards', { spans: [[2, 0]] }, RangeError, '"spans" expected a whole number from 2'],
  ['no tally of classes', { perClass: [] }, TypeError, '"perClass" expected an object, got an array of 0'],
  ['a confusion matrix cut short', { confusion: [1, 0, 7] }, RangeError, '"confusion" expected 9 numbers, got 8'],
  [
    'a confusion matrix too long',
    { confusion: [1, 0, 9] },
    RangeError,
    '"confusion" expected a whole number from 1 to 8, got 9',
  ],
  [
    'a confusion matrix of fewer rows',
    { confusion: [1, 0, 8] },
    RangeError,
    '"confusion" expected 2 rows in all, as "rows" says, got 1',
  ],
  ['no ROC', { roc: undefined }, TypeError, '"roc" expected an object'],
  [
    'ROC labels of another row',
    { roc: { kept: [0, 6], labels: [0] } },
    TypeError,
    '"roc.labels" expected an array of 2',
  ],
  [
    'a ROC label of no class',
    { roc: { kept: [0, 6], labels: [0, 3] } },
    RangeError,
    '"roc.labels" expected class indices from 0 to 2, got 3 in row 1',
  ],
  ['no ranking', { ranking: null }, TypeError, '"ranking" expected an object, got null'],
  ['a ranking of other rows', { ranking: { kept: [0.5] } }, RangeError, '"ranking.kept" expected 2 numbers, got 1'],
  [
    'a ranking whose bins hold other rows',
    { ranking: { bins: [[9, 1, 1, 0.5, 0, 0.5, 0.5]] } },
    RangeError,
    '"ranking.bins" expected 2 rows in all',
  ],
  [
    'worst rows without confidence',
    { worstRows: [{ row: 1, label: 1, predicted: 2 }] },
    TypeError,
    '"worstRows.confidence" expected a number from 0 to 1, got null',
  ],
  ['no replicates', { replicates: 3 }, TypeError, '"replicates" expected an object, got 3'],
  ['more hits than rows', { hits: [1, 3] }, RangeError, '"hits" expected'],
  [
    'more right than there are in a bin',
    {
      bins: [
        [0, 0, 0, 0],
        [2, 3, 1.8, 0],
      ],
    },
    RangeError,
    '"bins" expected',
  ],
  ['a word for what the rows look like', { alike: 'no' }, TypeError, '"alike" expected true or false, got "no"'],
  ['NaN as Brier score', { brier: ['NaN', 0] }, RangeError, '"brier" expected'],
]

describe('an evaluation that was damaged on the way', () => {
  test('undamaged, it is read', () => expect(Evaluation.fromJSON(whole()).result().rows).toBe(2))

  for (const [name, damage, kind, text] of damages) {
    test(`is refused: ${name}`, () => {
      const error = thrownBy(() => Evaluation.fromJSON(damaged(damage)))
      expect(error).toBeInstanceOf(kind)
      const start = `Evaluation.fromJSON: ${text}`
      expect((error as Error).message.slice(0, start.length)).toBe(start)
    })
  }

  test('is refused: text, null, a list', () => {
    for (const [json, got] of [
      [JSON.stringify(whole()), '"{"version"'],
      [null, 'null'],
      [[1], 'an array of 1'],
      [undefined, 'undefined'],
    ]) {
      expect(() => Evaluation.fromJSON(json)).toThrow(TypeError)
      expect(() => Evaluation.fromJSON(json)).toThrow(
        `Evaluation.fromJSON: "json" expected an object that toJSON made, got ${got}`,
      )
    }
  })
})
