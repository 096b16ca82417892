import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Evaluation, evaluate, type Metrics } from '../../src/metrics/index.ts'
import { expectClose } from '../support/compare.ts'
import { holds } from '../support/property.ts'
import { type Labelled, labelled } from './arbitraries.ts'

const from = 'logits'

/** Rows, the part each of them goes to, and the numbers that choose the order of merges. */
const parted = labelled(true).chain(({ rows, labels, classes }) =>
  fc.record({
    data: fc.constant({ rows, labels, classes }),
    part: fc.array(fc.nat(4), { minLength: rows.length, maxLength: rows.length }),
    order: fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 4, maxLength: 4 }),
  }),
)

const options = { from, bootstrap: 5, seed: 3, worst: 4 } as const

function onePass({ rows, labels, classes }: Labelled): Metrics {
  return evaluate(rows.flat(), labels, { shape: [rows.length, classes], ...options })
}

/** An evaluation for each part, which is told the number of each row; a part may be empty. */
function evaluateParts({ rows, labels, classes }: Labelled, part: readonly number[]): Evaluation[] {
  return [0, 1, 2, 3, 4].map((p) => {
    const evaluation = new Evaluation(options)
    for (const [r, row] of rows.entries()) {
      if (part[r] === p) evaluation.add(row, [labels[r]], { shape: [1, classes], firstRow: r })
    }
    return evaluation
  })
}

/** Merges two of them at a time, chosen by `order`, until one is left. */
function mergeAll(evaluations: Evaluation[], order: readonly (readonly [number, number])[]): Evaluation {
  const left = [...evaluations]
  for (const [a, b] of order) {
    const [first] = left.splice(a % left.length, 1)
    left[b % left.length].merge(first)
  }
  expect(left.length).toBe(1)
  return left[0]
}

/** Counts, and what follows from counts alone, are the same; sums differ in their last places. */
function expectSame(got: Metrics, want: Metrics): void {
  const counts = (m: Metrics) => [m.rows, m.skipped, m.classes, m.accuracy, ...Object.values(m.topKAccuracy)]
  expect(counts(got)).toEqual(counts(want))
  const counted = ({ count, correct }: { count: number; correct: number }) => [count, correct]
  expect(got.bins.map(counted)).toEqual(want.bins.map(counted))
  expect(got.confusion).toEqual(want.confusion)
  expect(got.perClass.map(counted)).toEqual(want.perClass.map(counted))
  expect(got.perClass.map(({ auc }) => auc)).toEqual(want.perClass.map(({ auc }) => auc))
  expect(got.worst).toEqual(want.worst)
  // compensated sums of numbers >= 0: 2^-53 relative in any order, and their quotients 2^-52
  const sums = (m: Metrics) => [m.nll, m.brier, m.meanConfidence, ...m.bins.map(({ confidence }) => confidence)]
  expectClose(sums(got), sums(want), 2 ** -51, 0)
  expectAlike(got, want)
}

/** Every number of one is within 1e-12 of the other's, and everything else is the same. */
function expectAlike(got: unknown, want: unknown): void {
  const numbers: [number[], number[]] = [[], []]
  const shapes = [got, want].map((value, side) =>
    JSON.stringify(value, (_, item) => {
      if (typeof item !== 'number') return item
      numbers[side].push(item)
      return 'number'
    }),
  )
  expect(shapes[0]).toBe(shapes[1])
  expectClose(numbers[0], numbers[1], 1e-12, 1e-12)
}

describe('batches and merges', () => {
  test('any partition, merged in any order, gives what one pass gives', () => {
    holds([parted], ({ data, part, order }) => {
      const merged = mergeAll(evaluateParts(data, part), order)
      expect(merged.rows).toBe(data.rows.length)
      expectSame(merged.result(), onePass(data))
    })
  })

  test('with every part written to JSON and read back on the way, to the bit', () => {
    holds([parted], ({ data, part, order }) => {
      const restored = evaluateParts(data, part).map((e) => Evaluation.fromJSON(JSON.parse(JSON.stringify(e))))
      const merged = mergeAll(restored, order)
      expect(merged.result()).toEqual(mergeAll(evaluateParts(data, part), order).result())
    })
  })

  test('a stream of single rows of very different size keeps the digits of the small ones', () => {
    // NLL 2^52 once, and 4096 times log 2: a plain sum would round each of those to a whole number
    const evaluation = new Evaluation({ from }).add([2 ** 52, 0], [1])
    for (let i = 0; i < 4096; i++) evaluation.add([0, 0], [0])
    expectClose([evaluation.result().nll * 4097], [2 ** 52 + 4096 * Math.LN2], 2 ** -51, 0)
  })

  test('merge leaves the other as it is, returns the first, and takes itself', () => {
    const one = new Evaluation().add([2, 1, 0], [0])
    const two = new Evaluation().add([0, 3, 1], [2])
    const before = two.toJSON()
    expect(one.merge(two)).toBe(one)
    expect(two.toJSON()).toEqual(before)
    expect([one.rows, two.rows]).toEqual([2, 1])
    expectSame(two.merge(two).result(), {
      ...evaluate([0, 3, 1, 0, 3, 1], [2, 2], { shape: [2, 3] }),
      // a row keeps its number
      worst: [evaluate([0, 3, 1], [2]).worst[0], evaluate([0, 3, 1], [2]).worst[0]],
    })
  })

  test('an empty evaluation or batch changes nothing, and takes on the classes of the other', () => {
    const full = new Evaluation().add([2, 1, 0], [0])
    const want = full.toJSON()
    expect(full.merge(new Evaluation()).toJSON()).toEqual(want)
    expect(full.add([], [], { shape: [0, 3] }).toJSON()).toEqual(want)
    const empty = new Evaluation().merge(full)
    expect(empty.toJSON()).toEqual(want)
    expect(() => empty.add([1, 2], [0])).toThrow(RangeError)
  })

  test('rows are numbered on after a merge, and from where firstRow says', () => {
    const wrongAt = (e: Evaluation) => e.result().worst.map(({ row }) => row)
    const one = new Evaluation().add([2, 1], [1])
    one.merge(new Evaluation().add([4, 1, 3, 1], [1, 0], { shape: [2, 2] })).add([0, 6], [0])
    expect(wrongAt(one)).toEqual([3, 0, 0])
    expect(wrongAt(new Evaluation().add([5, 1], [1], { firstRow: 70 }).add([2, 1], [1]))).toEqual([70, 71])
    expect(() => new Evaluation().add([2, 1], [2], { firstRow: 70 })).toThrow('got 2 in row 70')
  })

  test('result may be asked for at any time', () => {
    const evaluation = new Evaluation().add([2, 1], [0])
    expect(evaluation.result().accuracy).toBe(1)
    expect(evaluation.add([2, 1], [1]).result().accuracy).toBe(0.5)
    expect(evaluation.result()).toEqual(evaluation.result())
  })
})

describe('evaluations as JSON', () => {
  test('come back with every number, and go on', () => {
    holds([labelled(true)], (data) => {
      const shape = [data.rows.length, data.classes]
      const evaluation = new Evaluation({ from, bins: 7, topK: [2] }).add(data.rows.flat(), data.labels, { shape })
      const restored = Evaluation.fromJSON(JSON.parse(JSON.stringify(evaluation)))
      expect(restored.result()).toEqual(evaluation.result())
      expect(restored.toJSON()).toEqual(evaluation.toJSON())
      const more = () => [data.rows[0], [data.labels[0]]] as const
      expect(restored.add(...more()).result()).toEqual(evaluation.add(...more()).result())
    })
  })

  test('hold an infinite NLL as a word', () => {
    const evaluation = new Evaluation().add([0, -Infinity], [1])
    const text = JSON.stringify(evaluation)
    expect(text).toContain('"Infinity"')
    const restored = Evaluation.fromJSON(JSON.parse(text))
    expect(restored.result().nll).toBe(Infinity)
    expect(restored.merge(new Evaluation().add([0, 1], [1])).result().nll).toBe(Infinity)
  })

  test('name their version', () => {
    expect(new Evaluation().toJSON().version).toBe(2)
  })

  test('keep every option', () => {
    const options = { from: 'probabilities', bins: 3, topK: [1, 2], skipUndefined: true } as const
    const restored = Evaluation.fromJSON(new Evaluation(options).toJSON())
    restored.add([0.5, 0.5, NaN, 0.5], [1, 0], { shape: [2, 2] })
    expect(restored.result()).toMatchObject({ rows: 1, skipped: 1, topKAccuracy: { 1: 0, 2: 1 } })
    expect(restored.result().bins.length).toBe(3)
  })

  test('remember that every row so far looked like probabilities, or did not', () => {
    const alike = Evaluation.fromJSON(new Evaluation().add([0.5, 0.5], [0]).toJSON())
    expect(() => alike.result()).toThrow('look like probabilities')
    expect(alike.add([3, 2], [0]).result().rows).toBe(2)
    const restored = Evaluation.fromJSON(alike.toJSON())
    expect(restored.add([0.5, 0.5], [0]).result().rows).toBe(3)
  })
})
