import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LogSumExpState, logSoftmax, logSumExp, softmax } from '../../src/index.ts'
import { expectClose } from '../support/compare.ts'
import { holds, logit, row } from '../support/property.ts'

const wide = fc.oneof(row(60, 30), fc.array(logit(1e4), { minLength: 1, maxLength: 60 }))
const parts = wide.chain((x) =>
  fc.record({
    x: fc.constant(x),
    part: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: x.length, maxLength: x.length }),
    order: fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5, maxLength: 5 }),
  }),
)

/** The promise for log-sum-exp in float64, once for each side of a comparison. */
function bound(x: number[], result: number): number {
  const largest = Math.abs(x.reduce((a, b) => Math.max(a, b)))
  return 2e-13 * Math.max(largest, Math.abs(result))
}

describe('a mergeable log-sum-exp', () => {
  test('comes to the same from any partition, merged in any order', () => {
    holds([parts], ({ x, part, order }) => {
      const states = order.map((p) => new LogSumExpState().add(x.filter((_, i) => part[i] === p)))
      const want = logSumExp(x)
      const leftToRight = states.reduce((a, b) => a.merge(b), new LogSumExpState())
      expectClose([leftToRight.value()], [want], 0, bound(x, want))
      expect(leftToRight.count).toBe(x.length)
      const again = order.map((p) => new LogSumExpState().add(x.filter((_, i) => part[i] === p)))
      const tree = again[0].merge(again[1]).merge(again[2].merge(again[3].merge(again[4])))
      expectClose([tree.value()], [want], 0, bound(x, want))
    })
  })

  test('takes numbers one by one, lists and typed arrays', () => {
    holds([wide], (x) => {
      const one = x.reduce((state, v) => state.add(v), new LogSumExpState())
      const list = new LogSumExpState().add(x)
      const typed = new LogSumExpState().add(Float64Array.from(x))
      const want = logSumExp(x)
      expectClose([one.value(), list.value(), typed.value()], [want, want, want], 0, bound(x, want))
    })
  })

  test('survives JSON, infinities included', () => {
    holds([fc.array(fc.oneof(logit(), fc.constantFrom(Infinity, -Infinity, NaN)), { maxLength: 5 })], (x) => {
      const state = new LogSumExpState().add(x)
      const back = LogSumExpState.fromJSON(JSON.parse(JSON.stringify(state)))
      expect([back.value(), back.count]).toEqual([state.value(), state.count])
      // and goes on from there
      expect(back.add(0.5).value()).toEqual(state.add(0.5).value())
    })
  })

  test('gives the probabilities of chunks that never met in memory', () => {
    holds([parts], ({ x, part }) => {
      const chunks = [0, 1, 2, 3, 4].map((p) => x.filter((_, i) => part[i] === p))
      const state = chunks.reduce((s, chunk) => s.add(chunk), new LogSumExpState())
      const joined = [...x.keys()].sort((a, b) => part[a] - part[b]).map((i) => x[i])
      expectClose(
        chunks.flatMap((chunk) => state.softmax(chunk)),
        softmax(joined),
        3e-13,
        2 ** -1022,
      )
      expectClose(
        chunks.flatMap((chunk) => state.logSoftmax(chunk)),
        logSoftmax(joined),
        3e-13,
        3e-13,
      )
    })
  })

  test('of nothing is -Infinity, and merging nothing changes nothing', () => {
    expect(new LogSumExpState().value()).toBe(-Infinity)
    expect(new LogSumExpState().count).toBe(0)
    const state = new LogSumExpState().add([1, 2, 3])
    const before = state.value()
    expect(state.merge(new LogSumExpState()).value()).toBe(before)
    expect(new LogSumExpState().merge(state).value()).toBe(before)
  })

  test('gives a chunk what its place in the whole row would have: NaN in a row of NaN or +Infinity', () => {
    for (const whole of [
      [NaN, 1],
      [Infinity, 1],
      [-Infinity, -Infinity],
      [-Infinity, 1],
    ]) {
      const state = new LogSumExpState().add(whole[0]).add(whole[1])
      expect([...state.softmax([whole[0]]), ...state.softmax([whole[1]])]).toEqual(softmax(whole))
      expect([...state.logSoftmax([whole[0]]), ...state.logSoftmax([whole[1]])]).toEqual(logSoftmax(whole))
    }
  })

  test('treats special values as log-sum-exp does', () => {
    for (const x of [
      [-Infinity, -Infinity],
      [-Infinity, 2],
      [Infinity, 2],
      [Infinity, Infinity],
      [Infinity, -Infinity],
      [NaN, 2],
      [NaN, Infinity],
      [1.7e308, 1.7e308],
    ]) {
      const whole = new LogSumExpState().add(x).value()
      const merged = new LogSumExpState().add(x[0]).merge(new LogSumExpState().add(x[1])).value()
      expect(whole).toEqual(logSumExp(x))
      expect(merged).toEqual(logSumExp(x))
    }
  })
})
