import { afterAll, describe, expect, test } from 'vitest'
import {
  allocate,
  crossEntropy,
  crossEntropyWithGrad,
  logSoftmax,
  logSoftmaxBackward,
  logSumExp,
  release,
  softmax,
  softmaxBackward,
} from '../../src/index.ts'
import { firstDifference } from '../support/compare.ts'
import * as dd from '../support/double-double.ts'
import { normals } from '../support/random.ts'
import { crossEntropyOf, DOUBLE_CHARACTERS, doubleRows, type Expected, expectedOf, gradientOf } from './double-rows.ts'

type Options = { shape: number[]; temperature?: number }

/** NaN between and around the arrays shows who reads or writes there. */
const GUARD = 8
const ROOM = 3 * ((1 << 20) + 4 * GUARD)
const near = allocate('float64', ROOM)
const far = new Float64Array(ROOM)
afterAll(() => release(near))

/** The arrays lie in the kernels' memory or outside, `shift` numbers off, the output in place or not. */
interface Placement {
  readonly name: string
  readonly room: Float64Array
  readonly shift: number
  readonly inPlace?: boolean
}
const PLACEMENTS: readonly Placement[] = [
  { name: 'zero copy', room: near, shift: 0 },
  { name: 'in place', room: near, shift: 0, inPlace: true },
  { name: 'zero copy, off by one', room: near, shift: 1 },
  { name: 'in place, off by one', room: near, shift: 1, inPlace: true },
  { name: 'copied', room: far, shift: 0 },
  { name: 'copied, in place', room: far, shift: 1, inPlace: true },
]

function placed(
  { room, shift, name, inPlace: asked }: Placement,
  inputs: readonly Float64Array[],
  size: number,
  call: (inputs: Float64Array[], out: Float64Array) => void,
): Float64Array {
  // one number per row has no place among the entries of the input
  const inPlace = asked && size === inputs[0].length
  const whole = (inputs.length + 1) * (inputs[0].length + GUARD) + 2 * GUARD
  room.fill(NaN, 0, whole)
  let at = GUARD + shift
  const take = (length: number) => {
    const array = room.subarray(at, at + length)
    at += length + GUARD
    return array
  }
  const arrays = inputs.map((input) => {
    const array = take(input.length)
    array.set(input)
    return array
  })
  const out = inPlace ? arrays[0].subarray(0, size) : take(size)
  call(arrays, out)
  const result = out.slice()
  arrays.forEach((array, k) => {
    if (k > 0 || !inPlace)
      expect(
        firstDifference(array, inputs[k], () => 0),
        `${name}: the inputs`,
      ).toBe('')
    array.fill(NaN)
  })
  out.fill(NaN)
  expect(room.subarray(0, whole).every(Number.isNaN), `${name}: the guards`).toBe(true)
  return result
}

function expectRows(got: Float64Array, expected: readonly Expected[], name: string): void {
  const width = expected[0].want.length
  for (const [r, { want, allowed }] of expected.entries()) {
    const difference = firstDifference(got.subarray(r * width, (r + 1) * width), want, allowed)
    if (difference !== '') expect.fail(`${name}, row ${r}: ${difference}`)
  }
}

/** Every function with a kernel, on one set of rows. */
function check(x: Float64Array, length: number, placements: readonly Placement[], temperature = 1): void {
  const count = x.length / length
  const cut = (array: Float64Array, r: number) => array.subarray(r * length, (r + 1) * length)
  const rows = Array.from({ length: count }, (_, r) => expectedOf(cut(x, r), temperature))
  const options: Options = { shape: [count, length], ...(temperature === 1 ? {} : { temperature }) }
  const y = Float64Array.from(rows.flatMap((row) => row.softmax.want))
  const logY = Float64Array.from(rows.flatMap((row) => row.logSoftmax.want))
  const gy = normals(length, x.length).map((g, i) => g * [1, 1e-30, 1e30][Math.floor(i / length) % 3])
  const gradients = (kind: 'softmax' | 'logSoftmax', from: Float64Array) =>
    rows.map((_, r) => gradientOf(kind, cut(from, r), cut(gy, r), temperature))
  const back = [gradients('softmax', y), gradients('logSoftmax', logY)]
  const labels = Int32Array.from(rows, (_, r) => (5 * r) % length)
  const weight = Float64Array.from({ length }, (_, j) => [1, 0.3, 1e-200, 2.5, 0][j % 5])
  const losses = rows.map(({ row }, r) => crossEntropyOf(row, labels[r], weight[labels[r]]))
  for (const placement of placements) {
    const name = `${length} columns, T ${temperature}, ${placement.name}`
    const map = (f: typeof softmax) => placed(placement, [x], x.length, ([a], out) => f(a, { ...options, out }))
    const pair = (f: typeof softmaxBackward, from: Float64Array) =>
      placed(placement, [from, gy], x.length, ([a, b], out) => f(a, b, { ...options, out }))
    expectRows(
      map(softmax),
      rows.map((row) => row.softmax),
      `softmax, ${name}`,
    )
    expectRows(
      map(logSoftmax),
      rows.map((row) => row.logSoftmax),
      `logSoftmax, ${name}`,
    )
    expectRows(pair(softmaxBackward, y), back[0], `softmaxBackward, ${name}`)
    expectRows(pair(logSoftmaxBackward, logY), back[1], `logSoftmaxBackward, ${name}`)
    if (temperature !== 1) continue
    const target = { shape: options.shape, weight, reduction: 'none' as const }
    const sums = placed(placement, [x], count, ([a], out) => logSumExp(a, { ...options, out }))
    expectRows(
      sums,
      rows.map((row) => row.logSumExp),
      `logSumExp, ${name}`,
    )
    const loss = placed(placement, [x], count, ([a], out) => crossEntropy(a, labels, { ...target, out }))
    expectRows(
      loss,
      losses.map((each) => each.loss),
      `crossEntropy, ${name}`,
    )
    const grad = placed(placement, [x], x.length, ([a], out) => {
      const both = crossEntropyWithGrad(a, labels, { ...target, out })
      expectRows(
        both.loss,
        losses.map((each) => each.loss),
        `crossEntropyWithGrad's loss, ${name}`,
      )
    })
    expectRows(
      grad,
      losses.map((each) => each.grad),
      `crossEntropyWithGrad, ${name}`,
    )
  }
}

const all = Object.keys(DOUBLE_CHARACTERS)

describe('float64 rows by kernels keep the promises of float64', () => {
  // every remainder of groups of 4 and of 8 numbers, several times over
  for (const [from, to] of [
    [1, 9],
    [10, 20],
    [21, 33],
  ]) {
    test(`${from} to ${to} columns, rows of every character, in every placement`, () => {
      for (let length = from; length <= to; length++) check(doubleRows(all, length, length), length, PLACEMENTS)
    })
  }

  test('around a block of 512 and the 1024 that scratch takes, in every placement', () => {
    const some = ['N(0, 1)', '200 N(0, 1)', 'tied']
    for (const length of [511, 512, 513, 1023, 1024, 1025]) check(doubleRows(some, length, 3), length, PLACEMENTS)
  })

  test('at temperatures other than 1', () => {
    for (const temperature of [0.1, 0.7, 1.3, 1e-300, 1e300, 1e-310, 1e308]) {
      for (const length of [3, 4, 7, 33]) {
        check(doubleRows(all, length, length), length, [PLACEMENTS[0], PLACEMENTS[1], PLACEMENTS[4]], temperature)
      }
    }
  })

  test('more rows than the tables take, more than a chunk of copies', () => {
    const length = 6
    const x = normals(8, 3100 * length, 5)
    check(x, length, [PLACEMENTS[0], PLACEMENTS[4]])
  })

  test('rows around the 2^14 of a chunk and the 65,528 of a slot', () => {
    for (const length of [(1 << 14) + 1, 65529]) {
      check(doubleRows(['30 N(0, 1)'], length, 2), length, [PLACEMENTS[1], PLACEMENTS[4]])
    }
  })

  test('2^20 columns: sums do not lose digits with the length', () => {
    // terms of one size are rounded the same way each time, which is the worst that can happen to a sum
    const length = 1 << 20
    const x = new Float64Array(length).fill(-0.7)
    x[77] = 0
    const e = Math.exp(-0.7)
    const want = 1 / (1 + (length - 1) * e)
    for (const room of [near, far]) {
      const y = room.subarray(0, length)
      y.set(x)
      expect(Math.abs(logSumExp(y) - Math.log(1 / want))).toBeLessThanOrEqual(1e-13 * Math.log(1 / want))
      softmax(y, { out: y })
      expect(Math.abs(y[77] / want - 1)).toBeLessThanOrEqual(1e-13)
      expect(y.every((v, j) => j === 77 || v === y[0])).toBe(true)
      expect(Math.abs(y[0] / (want * e) - 1)).toBeLessThanOrEqual(1e-13)
    }
  })
})

describe('the exponential of float64 rows', () => {
  test('is within 8e-16 of the exact value, down to 2^-1022', () => {
    // beside a maximum of 0 nothing rounds the exponents, and what is below e^-45 adds nothing to 1: each result is its exponential
    const length = 64
    for (let seed = 1; seed <= 400; seed++) {
      const x = normals(seed, length).map((v) => -45 - 663 * (Math.abs(v) % 1))
      x[seed % length] = 0
      const y = softmax(x)
      for (let j = 0; j < length; j++) {
        const off = dd.toNumber(dd.divide(dd.subtract([y[j], 0], dd.exp([x[j], 0])), dd.exp([x[j], 0])))
        // near 2^-1022 the reference's own low part leaves the range
        if (Math.abs(off) > (x[j] < -660 ? 1e-15 : 8e-16)) expect.fail(`exp(${x[j]}) is off by ${off}`)
      }
    }
    expect(softmax(new Float64Array(length).fill(3)).every((p) => p === 1 / length)).toBe(true)
  })
})

describe('structure of float64 rows', () => {
  test('0 <= y <= 1, and equal logits have equal bits in every lane and tail position', () => {
    for (let length = 1; length <= 33; length++) {
      for (const name of ['tied', 'N(0, 1)', '200 N(0, 1)', 'subnormal outputs']) {
        const row = DOUBLE_CHARACTERS[name](length, 5)
        // the same row turned: each entry comes to every place
        const count = Math.max(length, Math.ceil(40 / length))
        const x = Float64Array.from(
          { length: count * length },
          (_, i) => row[((i % length) + Math.floor(i / length)) % length],
        )
        const y = softmax(x, { shape: [count, length] })
        expect(y.every((p) => p >= 0 && p <= 1)).toBe(true)
        for (let r = 0; r < count; r++) {
          for (let j = 0; j < length; j++) {
            const twin = row.indexOf(row[(j + r) % length])
            const other = x.subarray(r * length, (r + 1) * length).indexOf(row[twin])
            expect(y[r * length + j]).toBe(y[r * length + other])
          }
        }
      }
    }
  })
})

describe('special values in float64 rows, in every place', () => {
  for (const room of [near, far]) {
    for (const special of [NaN, Infinity, -Infinity]) {
      test(`${special}, ${room === near ? 'zero copy' : 'copied'}`, () => {
        for (let length = 2; length <= 19; length++) {
          const count = 2 * length
          const x = room.subarray(0, count * length)
          x.set(normals(length, count * length, 3))
          for (let at = 0; at < length; at++) x[2 * at * length + at] = special
          for (const temperature of [1, 0.7]) {
            const y = softmax(x, { shape: [count, length], temperature })
            const logY = logSoftmax(x, { shape: [count, length], temperature })
            const sums = logSumExp(x, { shape: [count, length] })
            for (let r = 0; r < count; r++) {
              const cut = (array: Float64Array) => array.subarray(r * length, (r + 1) * length)
              if (r % 2 === 0 && special !== -Infinity) {
                expect(cut(y).every(Number.isNaN) && cut(logY).every(Number.isNaN)).toBe(true)
                expect(sums[r]).toBe(special)
              } else {
                const want = expectedOf(cut(x).slice(), temperature)
                expectRows(cut(y), [want.softmax], `softmax, ${length} columns`)
                expectRows(cut(logY), [want.logSoftmax], `logSoftmax, ${length} columns`)
                if (temperature === 1)
                  expectRows(sums.subarray(r, r + 1), [want.logSumExp], `logSumExp, ${length} columns`)
              }
            }
          }
        }
      })
    }
  }

  test('a row of nothing but -Infinity, and NaN beside infinities', () => {
    for (const length of [2, 3, 4, 5, 9]) {
      const shape = [40, length]
      const x = new Float64Array(40 * length).fill(-Infinity)
      expect(softmax(x, { shape }).every(Number.isNaN)).toBe(true)
      expect(logSoftmax(x, { shape }).every(Number.isNaN)).toBe(true)
      expect(logSumExp(x, { shape }).every((v) => v === -Infinity)).toBe(true)
      for (let r = 0; r < 40; r++) x[r * length + (r % length)] = r % 2 === 0 ? NaN : Infinity
      expect(Array.from(logSumExp(x, { shape }), (v, r) => Object.is(v, r % 2 === 0 ? NaN : Infinity))).not.toContain(
        false,
      )
    }
  })

  test('masks leave out NaN, along either axis', () => {
    const [rows, columns] = [9, 11]
    const mask = Uint8Array.from({ length: rows * columns }, (_, i) => (i % 3 === 0 ? 0 : 1))
    const x = normals(4, rows * columns, 4).map((v, i) => (i % 3 === 0 ? NaN : v))
    for (const axis of [0, 1]) {
      const options = { shape: [rows, columns], axis, mask }
      const [y, sums] = [softmax(x, options), logSumExp(x, options)]
      const lines = axis === 0 ? columns : rows
      for (let r = 0; r < lines; r++) {
        const places = Array.from({ length: axis === 0 ? rows : columns }, (_, j) =>
          axis === 0 ? j * columns + r : r * columns + j,
        )
        expect(places.every((i) => mask[i] === 1 || y[i] === 0)).toBe(true)
        const kept = places.filter((i) => mask[i] === 1)
        const want = expectedOf(Float64Array.from(kept, (i) => x[i]))
        expectRows(
          Float64Array.from(kept, (i) => y[i]),
          [want.softmax],
          `axis ${axis}`,
        )
        expectRows(sums.subarray(r, r + 1), [want.logSumExp], `axis ${axis}`)
      }
    }
  })
})

describe('float64 gradients near the end of the range', () => {
  test('rows whose sums overflow are done another way, and the others are not held up', () => {
    const length = 5
    const y = new Float64Array(40 * length).fill(0.2)
    const gy = normals(3, 40 * length)
    for (const r of [0, 7, 39]) gy.set([1.7e308, -1.7e308, 1.6e308, 1.7e308, 1.5e308], r * length)
    const got = softmaxBackward(y, gy, { shape: [40, length] })
    const log = logSoftmaxBackward(y.map(Math.log), gy, { shape: [40, length] })
    for (let r = 0; r < 40; r++) {
      const g = gy.subarray(r * length, (r + 1) * length)
      const mean = g.reduce((sum, v) => sum + v / 5, 0)
      const bound = 1e-13 * g.reduce((a, b) => Math.max(a, Math.abs(b)), 0)
      for (let j = 0; j < length; j++) {
        // halves, for the difference itself may be beyond the range
        expect(Math.abs(got[r * length + j] - 0.4 * (g[j] / 2 - mean / 2))).toBeLessThanOrEqual(bound)
        const want = 2 * (g[j] / 2 - mean / 2)
        if (Number.isFinite(want)) expect(Math.abs(log[r * length + j] - want)).toBeLessThanOrEqual(5 * bound)
        else expect(log[r * length + j]).toBe(want)
      }
    }
  })
})
