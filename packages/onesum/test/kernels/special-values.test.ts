import { describe, expect, test } from 'vitest'
import {
  crossEntropy,
  crossEntropyWithGrad,
  entmax,
  logSoftmax,
  logSoftmaxBackward,
  logSumExp,
  softmax,
  softmaxBackward,
  sparsemax,
} from '../../src/index.ts'
import { firstDifference, ulp32 } from '../support/compare.ts'
import { logSoftmax32, softmax32, sparse32 } from '../support/promises.ts'
import { normals } from '../support/random.ts'
import { COPIED, placed, ZERO_COPY } from './placements.ts'
import { crossEntropyOf, entmaxOf, logSoftmaxOf, logSumExpOf, softmaxOf } from './references.ts'

const lengths = Array.from({ length: 2 * 24 + 1 }, (_, i) => i + 1)

/** `length` rows and as many again: the value stands in every place, in every second row. */
function everywhere(length: number, value: number, spread = 3): Float32Array {
  const x = Float32Array.from(normals(length, 2 * length * length, spread))
  for (let at = 0; at < length; at++) x[2 * at * length + at] = value
  return x
}

type Row = { special: boolean; at: number; x: Float32Array; y: Float32Array; name: string }

/** Calls a function on such rows, with and without copying, and looks at every row. */
function eachRow(
  inputs: (length: number) => Float32Array[],
  call: (inputs: Float32Array[], out: Float32Array, options: { shape: number[] }) => void,
  look: (row: Row) => void,
): void {
  for (const length of lengths) {
    const given = inputs(length)
    for (const placement of [ZERO_COPY, COPIED]) {
      const out = placed(placement, given, given[0].length, (args, into) =>
        call(args, into, { shape: [2 * length, length] }),
      )
      for (let r = 0; r < 2 * length; r++) {
        const cut = (array: Float32Array) => array.subarray(r * length, (r + 1) * length)
        const name = `${length} columns, row ${r}, ${placement.name}`
        look({ special: r % 2 === 0, at: r >> 1, x: cut(given[0]), y: cut(out), name })
      }
    }
  }
}

const expectNaN = ({ y, name }: Row) => {
  if (!y.every(Number.isNaN)) expect.fail(`${name}: a number beside NaN`)
}
const expectRow = (
  { y, name }: Row,
  want: ArrayLike<number>,
  allowed: (index: number, want: number) => number,
): void => {
  const difference = firstDifference(y, want, allowed)
  if (difference !== '') expect.fail(`${name}: ${difference}`)
}

for (const temperature of [1, 0.7]) {
  describe(`a special value in every place of a row, temperature ${temperature}`, () => {
    const mappings = [
      ['softmax', softmax, softmaxOf, softmax32, 0],
      ['logSoftmax', logSoftmax, logSoftmaxOf, logSoftmax32, -Infinity],
      ['sparsemax', sparsemax, (x: Float32Array, t: number) => entmaxOf(x, 2, t), sparse32, 0],
      ['entmax', entmax, (x: Float32Array, t: number) => entmaxOf(x, 1.5, t), sparse32, 0],
    ] as const
    for (const [name, f, exact, allowed, nothing] of mappings) {
      for (const value of [NaN, Infinity]) {
        test(`${name}: ${value} makes its row NaN and no other`, () => {
          eachRow(
            (length) => [everywhere(length, value)],
            ([x], out, options) => f(x, { ...options, temperature, out }),
            (row) => (row.special ? expectNaN(row) : expectRow(row, exact(row.x, temperature), allowed)),
          )
        })
      }

      test(`${name}: -Infinity is exactly ${nothing}, and nothing beside the others`, () => {
        eachRow(
          (length) => [everywhere(length, -Infinity)],
          ([x], out, options) => f(x, { ...options, temperature, out }),
          (row) => {
            if (row.special && row.x.length === 1) return expectNaN(row)
            if (row.special && !Object.is(row.y[row.at], nothing)) expect.fail(`${row.name}: ${row.y[row.at]}`)
            expectRow(row, exact(row.x, temperature), allowed)
          },
        )
      })

      test(`${name}: nothing but -Infinity is NaN`, () => {
        eachRow(
          (length) => [new Float32Array(2 * length * length).fill(-Infinity)],
          ([x], out, options) => f(x, { ...options, temperature, out }),
          expectNaN,
        )
      })

      for (const value of [3.4028234663852886e38, -3.4028234663852886e38, 1e-45, -0]) {
        test(`${name}: ${Object.is(value, -0) ? '-0' : value} is a logit like others`, () => {
          eachRow(
            (length) => [everywhere(length, value)],
            ([x], out, options) => f(x, { ...options, temperature, out }),
            (row) => expectRow(row, exact(row.x, temperature).map(Math.fround), allowed),
          )
        })
      }
    }

    test('softmaxBackward: NaN in y or in gy makes its row NaN and no other', () => {
      for (const which of [0, 1]) {
        eachRow(
          (length) => {
            const y = everywhere(length, which === 0 ? NaN : 0.5, 0).map((v) => (v === 0 ? 0.01 : v))
            const gy = which === 1 ? everywhere(length, NaN) : everywhere(length, 1)
            return [y, gy]
          },
          ([y, gy], out, options) => softmaxBackward(y, gy, { ...options, temperature, out }),
          (row) => {
            if (row.special) expectNaN(row)
            else if (row.y.some(Number.isNaN)) expect.fail(`${row.name}: NaN from another row`)
          },
        )
      }
    })

    test('logSoftmaxBackward: NaN in gy makes its row NaN and no other, -Infinity in logY is a probability of 0', () => {
      eachRow(
        (length) => [everywhere(length, -1, 0), everywhere(length, NaN)],
        ([logY, gy], out, options) => logSoftmaxBackward(logY, gy, { ...options, temperature, out }),
        (row) => {
          if (row.special) expectNaN(row)
          else if (row.y.some(Number.isNaN)) expect.fail(`${row.name}: NaN from another row`)
        },
      )
      eachRow(
        (length) => [everywhere(length, -Infinity, 0), everywhere(length, 3, 0).fill(3)],
        ([logY, gy], out, options) => logSoftmaxBackward(logY, gy, { ...options, temperature, out }),
        (row) => {
          const want = 3 / temperature
          if (row.special && Math.abs(row.y[row.at] - want) > ulp32(want)) expect.fail(`${row.name}: ${row.y[row.at]}`)
        },
      )
    })
  })
}

describe('reductions with a special value in every place of a row', () => {
  for (const [value, want] of [
    [NaN, () => NaN],
    [Infinity, () => Infinity],
    [-Infinity, (x: Float32Array) => (x.length === 1 ? -Infinity : logSumExpOf(x))],
  ] as const) {
    test(`log-sum-exp: ${value}`, () => {
      for (const length of lengths) {
        const x = everywhere(length, value)
        for (const placement of [ZERO_COPY, COPIED]) {
          const y = placed(placement, [x], 2 * length, ([given], out) =>
            logSumExp(given, { shape: [2 * length, length], out }),
          )
          for (let r = 0; r < 2 * length; r++) {
            const row = x.subarray(r * length, (r + 1) * length)
            const exact = r % 2 === 0 ? want(row) : logSumExpOf(row)
            const size = row.reduce((a, b) => (Number.isFinite(b) ? Math.max(a, Math.abs(b)) : a), Math.abs(exact))
            const difference = firstDifference(y.subarray(r, r + 1), [exact], () => 3 * ulp32(size))
            if (difference !== '') expect.fail(`${length} columns, row ${r}, ${placement.name}: ${difference}`)
          }
        }
      }
    })
  }

  test('log-sum-exp: NaN wins over Infinity, wherever both stand', () => {
    for (const length of lengths.filter((n) => n > 1)) {
      for (let at = 0; at < length; at++) {
        const x = new Float32Array(length).fill(Infinity)
        x[at] = NaN
        const y = placed(ZERO_COPY, [x], 1, ([given], out) => logSumExp(given, { shape: [1, length], out }))
        expect(y[0]).toBeNaN()
      }
      const x = new Float32Array(length).fill(-Infinity)
      const y = placed(ZERO_COPY, [x], 1, ([given], out) => logSumExp(given, { shape: [1, length], out }))
      expect(y[0]).toBe(-Infinity)
    }
  })
})

describe('cross-entropy with a special value in every place of a row', () => {
  for (const value of [NaN, Infinity, -Infinity]) {
    test(`${value}: beside the label, and on it`, () => {
      for (const length of lengths) {
        const x = everywhere(length, value)
        const shape = [2 * length, length]
        for (const onIt of [true, false]) {
          const labels = Int32Array.from({ length: 2 * length }, (_, r) => ((r >> 1) + (onIt ? 0 : 1)) % length)
          for (const placement of [ZERO_COPY, COPIED]) {
            let loss: Float32Array = new Float32Array(0)
            const grad = placed(placement, [x], x.length, ([given], out) => {
              loss = crossEntropyWithGrad(given, labels, { shape, reduction: 'none', out }).loss
            })
            const alone = crossEntropy(x, labels, { shape, reduction: 'none' })
            for (let r = 0; r < 2 * length; r++) {
              const name = `${length} columns, row ${r}, label ${labels[r]}, ${placement.name}`
              const y = grad.subarray(r * length, (r + 1) * length)
              const row = x.subarray(r * length, (r + 1) * length)
              const special = r % 2 === 0
              if (special && (value !== -Infinity || length === 1)) {
                if (!Number.isNaN(loss[r]) || !Number.isNaN(alone[r])) expect.fail(`${name}: loss ${loss[r]}`)
                if (!y.every(Number.isNaN)) expect.fail(`${name}: gradient ${y}`)
                continue
              }
              const want = crossEntropyOf(row, labels[r], 1, 1)
              for (const got of [loss[r], alone[r]]) {
                const difference = firstDifference([got], [want.loss], (_, w) => 1e-6 * Math.abs(w))
                if (difference !== '') expect.fail(`${name}: loss ${difference}`)
              }
              const difference = firstDifference(y, want.grad, (_, w) => Math.max(1e-6 * Math.abs(w), 2 ** -126))
              if (difference !== '') expect.fail(`${name}: gradient ${difference}`)
            }
          }
        }
      }
    })
  }
})
