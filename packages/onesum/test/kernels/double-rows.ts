/** Rows of float64 logits of every character, and what functions give for them to about 1e-30. */
import { maxAbs } from '../support/compare.ts'
import * as dd from '../support/double-double.ts'
import { logSoftmax64, softmax64 } from '../support/promises.ts'
import { normals, seeded } from '../support/random.ts'
import { type ReferenceRow, referenceRow } from '../support/softmax-reference.ts'

type Fill = (length: number, seed: number) => Float64Array

const raised = (x: Float64Array, at: number, by: number): Float64Array => {
  x[at % x.length] += by
  return x
}

const uniform = (length: number, seed: number, from: number, to: number): Float64Array => {
  const next = seeded(seed)
  return Float64Array.from({ length }, () => from + (to - from) * next())
}

export const DOUBLE_CHARACTERS: Record<string, Fill> = {
  'N(0, 1)': (length, seed) => normals(seed, length),
  '30 N(0, 1)': (length, seed) => normals(seed, length, 30),
  '200 N(0, 1)': (length, seed) => normals(seed, length, 200),
  peaked: (length, seed) => raised(normals(seed, length), seed, 40),
  'peaked far': (length, seed) => raised(normals(seed, length), 7 * seed, 690),
  flat: (length) => new Float64Array(length).fill(-2.7),
  tied: (length, seed) => uniform(length, seed, 0, 4).map((v) => [-3.7, 0, 0.1, 2.5][Math.floor(v)]),
  sorted: (length, seed) => normals(seed, length, 5).sort(),
  'outputs down to 2^-1022': (length, seed) => raised(uniform(length, seed, -709, -420), seed, 709),
  'subnormal outputs': (length, seed) => raised(uniform(length, seed, -750, -700), seed, 750),
  'far from 0': (length, seed) => normals(seed, length, 3).map((v) => 1e6 + v),
  'the whole range': (length, seed) => uniform(length, seed, -1, 1).map((v) => v * 1.7e308),
  'every magnitude': (length, seed) =>
    uniform(length, seed, -1, 1).map((v, i) => (i % 2 === 0 ? -1 : 1) * 2 ** (1020 * v)),
  'some -Infinity': (length, seed) => {
    const x = uniform(length, seed, -3, 3).map((v) => (v < -1 ? -Infinity : v))
    x[seed % length] = 0.3
    return x
  },
}

/** One row of each character. */
export function doubleRows(characters: readonly string[], length: number, seed: number): Float64Array {
  const x = new Float64Array(characters.length * length)
  for (const [r, name] of characters.entries()) x.set(DOUBLE_CHARACTERS[name](length, seed + r), r * length)
  return x
}

/** Exact results of one row, and how far from each one may be. */
export interface Expected {
  readonly want: readonly number[]
  readonly allowed: (index: number, want: number) => number
}

/** What softmax, log-softmax and log-sum-exp give for a row. */
export function expectedOf(x: Float64Array, temperature = 1) {
  const row = referenceRow(x, temperature)
  const largest = x.reduce((a, b) => Math.max(a, b))
  const sum = dd.toNumber(dd.add([largest, 0], row.logSum))
  return {
    row,
    softmax: { want: row.probabilities.map(dd.toNumber), allowed: softmax64 },
    logSoftmax: { want: row.logProbabilities.map(dd.toNumber), allowed: logSoftmax64 },
    logSumExp: { want: [sum], allowed: () => 1e-13 * Math.max(Math.abs(largest), Math.abs(sum)) },
  }
}

/** Loss and gradient at a label: there minus the sum of the other probabilities, each of which may be off by 2^-1022. */
export function crossEntropyOf({ probabilities, logProbabilities }: ReferenceRow, label: number, weight: number) {
  const others = probabilities.reduce((sum, p, j) => (j === label ? sum : dd.add(sum, p)), dd.zero)
  const grad = probabilities.map((p, j) => weight * dd.toNumber(j === label ? dd.negate(others) : p))
  const loss = weight === 0 ? 0 : -weight * dd.toNumber(logProbabilities[label])
  const allowed = (_: number, want: number) => 1e-11 * Math.abs(want) + Math.max(weight, 1) * 2 ** -1022
  return { loss: { want: [loss], allowed }, grad: { want: grad, allowed } }
}

/** Gradients as functions of y, or exp(logY), and gy: 1e-11 relative + 1e-13 max|gy| / T. */
export function gradientOf(kind: 'softmax' | 'logSoftmax', y: Float64Array, gy: Float64Array, t: number): Expected {
  const p = Array.from(y, (v): dd.DoubleDouble => (kind === 'softmax' ? [v, 0] : dd.exp([v, 0])))
  const total = p.reduce(
    (sum, v, j) => dd.add(sum, kind === 'softmax' ? dd.multiply(v, [gy[j], 0]) : [gy[j], 0]),
    dd.zero,
  )
  const want = p.map((v, j) =>
    dd.toNumber(
      kind === 'softmax'
        ? dd.multiply(v, dd.subtract([gy[j], 0], total))
        : dd.subtract([gy[j], 0], dd.multiply(v, total)),
    ),
  )
  const largest = maxAbs(gy)
  return {
    want: want.map((v) => v / t),
    allowed: (_, v) => 1e-11 * Math.abs(v) + (1e-13 * largest) / t,
  }
}
