import fc from 'fast-check'
import { describe, test } from 'vitest'
import {
  gumbelSoftmax,
  gumbelSoftmaxBackward,
  logOdds,
  logOddsBackward,
  normalizeLogits,
  normalizeLogitsBackward,
  sensitivity,
  softmax,
  topKSoftmax,
  topKSoftmaxBackward,
} from '../../src/index.ts'
import { expectWithin } from '../support/compare.ts'
import { absSum, array, dot, holds, logit } from '../support/property.ts'
import { rowsAlong } from '../support/rows.ts'

type Options = { shape: number[]; axis: number; mask: boolean[]; temperature: number }
type Pair = {
  value: (x: number[], o: Options) => number[]
  gradient: (x: number[], gy: number[], o: Options) => number[]
  /** The size of third derivatives in one logit at temperature 1, which central differences leave out times h²/6. */
  third: number
  /** Whether a step of h could cross a place without a derivative. */
  jumps?: (row: number[]) => boolean
}

const h = 2 ** -13

/** Each function of the logits, with its gradient by its own backward. */
const pairs: Record<string, Pair> = {
  gumbelSoftmax: {
    value: (x, o) => gumbelSoftmax(x, { ...o, seed: 5 }),
    gradient: (x, gy, o) => gumbelSoftmaxBackward(gumbelSoftmax(x, { ...o, seed: 5 }), gy, { ...o, seed: 5 }),
    third: 6,
  },
  topKSoftmax: {
    value: (x, o) => topKSoftmax(x, 2, o),
    gradient: (x, gy, o) => topKSoftmaxBackward(topKSoftmax(x, 2, o), gy, o),
    third: 6,
    jumps: (row) => {
      const sorted = [...row].sort((a, b) => b - a)
      return sorted.length > 2 && sorted[1] - sorted[2] <= 2 * h
    },
  },
  logOdds: {
    value: (x, o) => logOdds(x, o),
    gradient: (x, gy, o) => logOddsBackward(x, gy, o),
    third: 6,
    // a class without others has log-odds Infinity at any logit
    jumps: (row) => row.length < 2,
  },
  'normalizeLogits, l2': {
    value: (x, o) => normalizeLogits(x, { ...o, epsilon: 1 }),
    gradient: (x, gy, o) => normalizeLogitsBackward(x, gy, { ...o, epsilon: 1 }),
    // near 0 it is x − x ‖x‖ + …, whose third derivatives are below 6 / ‖x‖, 60 here
    third: 300,
    // its gradient has a cusp where the row is 0
    jumps: (row) => Math.hypot(...row) < 0.1,
  },
  'normalizeLogits, standardize': {
    value: (x, o) => normalizeLogits(x, { ...o, method: 'standardize', epsilon: 1 }),
    gradient: (x, gy, o) => normalizeLogitsBackward(x, gy, { ...o, method: 'standardize', epsilon: 1 }),
    // the same with σ, which is above range / √(2n), 0.07 here
    third: 1000,
    jumps: (row) => Math.max(...row) - Math.min(...row) < 0.2,
  },
}

const inputs = array(4).chain(({ shape, axis, x }) =>
  fc.record({
    x: fc.constant(x),
    gy: fc.array(logit(2), { minLength: x.length, maxLength: x.length }),
    o: fc.record({
      shape: fc.constant(shape),
      axis: fc.constant(axis),
      mask: fc.array(fc.boolean(), { minLength: x.length, maxLength: x.length }),
      temperature: fc.constantFrom(1, 0.5, 2),
    }),
  }),
)

const kept = (values: number[]) => values.map((v) => (v === -Infinity ? 0 : v))

for (const [name, { value, gradient, third, jumps }] of Object.entries(pairs)) {
  describe(`the gradient of ${name}`, () => {
    test('agrees with finite differences of ⟨gy, f⟩, on any shape, axis and mask', () => {
      holds([inputs], ({ x, gy, o }) => {
        const rows = rowsAlong(o.shape, o.axis).map((row) => row.filter((at) => o.mask[at]))
        if (jumps && rows.some((row) => row.length > 0 && jumps(row.map((at) => x[at])))) return
        const f = (at: number[]) => dot(kept(value(at, o)), gy)
        const moved = (i: number, by: number) => f(x.map((v, j) => (j === i ? v + by : v)))
        const numeric = x.map((_, i) => (moved(i, h) - moved(i, -h)) / (2 * h))
        // h²/6 times the third derivative is left out, and 1e-13 of the values, up to 20, rounded, over h
        const rest = (h * h * third) / 6 / Math.min(1, o.temperature ** 3) + 2e-12 / h
        expectWithin(gradient(x, gy, o), numeric, () => absSum(gy) * rest + 1e-300)
      })
    })
  })
}

describe('sensitivity', () => {
  test('is the finite difference of one probability in each logit, on any shape, axis and mask', () => {
    holds([inputs, fc.nat()], ({ x, o }, number) => {
      const rows = rowsAlong(o.shape, o.axis)
      const classes = rows[0]?.length ?? 0
      if (classes === 0) return
      const of = number % classes
      const got = sensitivity(x, of, o)
      for (const row of rows) {
        const numeric = row.map((i) => {
          const [up, down] = [h, -h].map(
            (by) =>
              softmax(
                x.map((v, j) => (j === i ? v + by : v)),
                o,
              )[row[of]],
          )
          return (up - down) / (2 * h)
        })
        // third derivatives of a probability are below 1 / T³
        expectWithin(
          row.map((i) => got[i]),
          numeric,
          () => (h * h) / 6 / Math.min(1, o.temperature ** 3) + 1e-15 / h,
        )
      }
    })
  })
})
