import { describe, expect, test } from 'vitest'
import { Evaluation, evaluate } from '../../src/metrics/index.ts'
import { expectErrors, wrong } from './wrong-calls.ts'

/** Two rows of three classes, added before the batch that is wrong. */
const begun = () => new Evaluation().add([3, 1, 0, 0, 2, 5], [0, 2], { shape: [2, 3] })
describe('options that are wrong', () => {
  const add = 'shape, axis, dtype, sampleWeight, firstRow'
  const own = 'from, bins, topK, worst, bootstrap, seed, auc, skipUndefined'
  const all = `shape, axis, dtype, sampleWeight, ${own}`
  expectErrors([
    [
      'an unknown one in evaluate',
      () => evaluate([2, 1], [0], wrong({ bin: 10 })),
      TypeError,
      `evaluate: "bin" expected one of the options ${all}, got an unknown option`,
    ],
    [
      'an unknown one in the constructor',
      () => new Evaluation(wrong({ shape: [2, 2] })),
      TypeError,
      `Evaluation: "shape" expected one of the options ${own}, got an unknown option`,
    ],
    [
      'an unknown one in add',
      () => new Evaluation().add([2, 1], [0], wrong({ from: 'logits' })),
      TypeError,
      `Evaluation.add: "from" expected one of the options ${add}, got an unknown option`,
    ],
    [
      'a temperature',
      () => evaluate([2, 1], [0], wrong({ temperature: 2 })),
      TypeError,
      `evaluate: "temperature" expected one of the options ${all}, got an unknown option; ` +
        'a temperature belongs to the mappings; divide the logits by it first',
    ],
    [
      'a word that from does not know',
      () => evaluate([2, 1], [0], { from: wrong('scores') }),
      RangeError,
      `evaluate: "from" expected 'logits' or 'probabilities', got "scores"`,
    ],
    [
      'from as a flag',
      () => evaluate([2, 1], [0], { from: wrong(true) }),
      TypeError,
      `evaluate: "from" expected 'logits' or 'probabilities', got true`,
    ],
    [
      'no bins',
      () => evaluate([2, 1], [0], { bins: 0 }),
      RangeError,
      'evaluate: "bins" expected a whole number from 1 to 1000000, got 0',
    ],
    [
      'a bootstrap of half a replicate',
      () => evaluate([2, 1], [0], { bootstrap: 0.5 }),
      RangeError,
      'evaluate: "bootstrap" expected a whole number from 0 to 100000, got 0.5',
    ],
    [
      'a bootstrap that memory does not hold',
      () => evaluate([2, 1], [0], { bootstrap: 1e5, bins: 100 }),
      RangeError,
      'evaluate: "bootstrap" expected at most 1048576 replicates × bins, got 100000 of 100',
    ],
    [
      'a negative seed',
      () => new Evaluation({ seed: -1 }),
      RangeError,
      'Evaluation: "seed" expected a whole number from 0 to 9007199254740991, got -1',
    ],
    [
      'worst rows without number',
      () => new Evaluation({ worst: Infinity }),
      RangeError,
      'Evaluation: "worst" expected a whole number from 0 to 10000, got Infinity',
    ],
    [
      'a first row as text',
      () => new Evaluation().add([2, 1], [0], { firstRow: wrong('1') }),
      TypeError,
      'Evaluation.add: "firstRow" expected a whole number from 0 to 9007199254740991, got "1"',
    ],
    [
      'NaN bins',
      () => new Evaluation({ bins: NaN }),
      RangeError,
      'Evaluation: "bins" expected a whole number from 1 to 1000000, got NaN',
    ],
    [
      'bins as edges',
      () => new Evaluation({ bins: wrong([0, 0.5, 1]) }),
      TypeError,
      'Evaluation: "bins" expected a whole number from 1 to 1000000, got an array of 3',
    ],
    [
      'one k that is not in an array',
      () => new Evaluation({ topK: wrong(5) }),
      TypeError,
      'Evaluation: "topK" expected an array of whole numbers >= 1, got 5',
    ],
    [
      'top 0',
      () => new Evaluation({ topK: [1, 0] }),
      RangeError,
      'Evaluation: "topK" expected a whole number >= 1, got 0',
    ],
    [
      'a number as skipUndefined',
      () => new Evaluation({ skipUndefined: wrong(1) }),
      TypeError,
      'Evaluation: "skipUndefined" expected true or false, got 1',
    ],
    [
      'float16 bits without dtype',
      () => evaluate(new Uint16Array(2), [0]),
      TypeError,
      'evaluate: "scores" expected number[], Float32Array, Float64Array, Float16Array, a Uint16Array of float16 bits ' +
        "or a tensor, got Uint16Array(2); pass dtype: 'float16' if it holds float16 bits",
    ],
  ])
})

describe('merging what does not belong together', () => {
  const plain = 'from: unsaid, 15 bins, top 1, 3, 5, worst 10'
  expectErrors([
    [
      'other bins',
      () => begun().merge(new Evaluation({ bins: 10 })),
      RangeError,
      `Evaluation.merge: "other" expected ${plain}, 3 classes, got from: unsaid, 10 bins, top 1, 3, 5, worst 10, ` +
        'any number of classes',
    ],
    [
      'other k',
      () => new Evaluation().merge(new Evaluation({ topK: [1, 2] }).add([2, 1], [0])),
      RangeError,
      `Evaluation.merge: "other" expected ${plain}, any number of classes, got from: unsaid, 15 bins, top 1, 2, worst 10, ` +
        '2 classes',
    ],
    [
      'other scores',
      () => new Evaluation({ from: 'logits' }).merge(new Evaluation({ from: 'probabilities' })),
      RangeError,
      'Evaluation.merge: "other" expected from: logits, 15 bins, top 1, 3, 5, worst 10, any number of classes, ' +
        'got from: probabilities, 15 bins, top 1, 3, 5, worst 10, any number of classes',
    ],
    [
      'other classes',
      () => begun().merge(new Evaluation().add([2, 1], [0])),
      RangeError,
      `Evaluation.merge: "other" expected ${plain}, 3 classes, got ${plain}, 2 classes`,
    ],
    [
      'JSON that was not read',
      () => begun().merge(wrong(begun().toJSON())),
      TypeError,
      'Evaluation.merge: "other" expected an Evaluation, got an object with the keys version, skipUndefined, ' +
        'bins, topK, worst, …',
    ],
    [
      'another bootstrap',
      () => new Evaluation({ bootstrap: 9, seed: 1 }).merge(new Evaluation({ bootstrap: 9, seed: 2 })),
      RangeError,
      `Evaluation.merge: "other" expected ${plain}, bootstrap 9 with seed 1, any number of classes, ` +
        `got ${plain}, bootstrap 9 with seed 2, any number of classes`,
    ],
    [
      'rows that are in both, with a bootstrap',
      () => {
        const part = () => new Evaluation({ bootstrap: 9 }).add([3, 1, 0, 2], [0, 0], { shape: [2, 2] })
        part().merge(part())
      },
      RangeError,
      'Evaluation.merge: "firstRow" expected every row number once, got row 0 twice; pass firstRow to add, so that ' +
        'the bootstrap draws weights for each row of the whole',
    ],
    [
      'nothing',
      () => begun().merge(wrong(undefined)),
      TypeError,
      'Evaluation.merge: "other" expected an Evaluation, got undefined',
    ],
  ])

  test('leaves both as they were', () => {
    const one = begun()
    const two = new Evaluation().add([2, 1], [0])
    const before = JSON.stringify([one, two])
    expect(() => one.merge(two)).toThrow(RangeError)
    expect(JSON.stringify([one, two])).toBe(before)
  })
})
