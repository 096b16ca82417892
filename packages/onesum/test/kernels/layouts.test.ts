import { describe, expect, test } from 'vitest'
import { allocate, logSoftmax, logSumExp, release, softmax } from '../../src/index.ts'
import { firstDifference } from '../support/compare.ts'
import { bitsOfHalf, halfOfBits, halfUlpDistance } from '../support/half.ts'
import { seeded } from '../support/random.ts'
import { rowsAlong } from '../support/rows.ts'
import { expectOrder } from './checks.ts'
import { type KernelOperation, kernelOperations, targetFor } from './kernel-operations.ts'
import { logSoftmaxOf, logSumExpOf, softmaxOf } from './references.ts'
import { CHARACTERS, rowsOf } from './rows-of-logits.ts'

const characters = Object.keys(CHARACTERS)
const lengths = [1, 2, 3, 4, 5, 7, 24, 25, 49, 64, 100, 257]

/** The numbers of a row, wherever they stand. */
const gather = (array: ArrayLike<number>, at: readonly number[]) => Float32Array.from(at, (i) => array[i])

/** Puts arrays into the kernels' memory for one call. */
function inside<T>(arrays: Float32Array[], call: (copies: Float32Array[]) => T): T {
  const copies = arrays.map((array) => {
    const copy = allocate('float32', array.length)
    copy.set(array)
    return copy
  })
  try {
    return call(copies)
  } finally {
    for (const copy of copies) release(copy)
  }
}

/** Runs an operation along the middle axis, and holds every row against its exact results. */
function checkStrided(operation: KernelOperation, length: number, inner: number, temperature: number): void {
  const { x: contiguous } = rowsOf(characters, length, 2 * inner * length, length)
  const shape = [2, length, inner]
  const size = 2 * inner * length
  const inputs = operation.inputs(contiguous.subarray(0, size), length, temperature)
  const target = targetFor(2 * inner, length)
  const places = rowsAlong(shape, 1)
  const strided = inputs.map((input) => {
    const array = new Float32Array(size)
    for (const [r, at] of places.entries()) for (const [j, i] of at.entries()) array[i] = input[r * length + j]
    return array
  })
  const options = { shape, axis: 1, ...(operation.temperature ? { temperature } : {}) }
  const outs = [
    inside([...strided, new Float32Array(operation.reduces ? 2 * inner : size)], (copies) => {
      const out = copies[copies.length - 1]
      operation.call(copies.slice(0, -1), out, options, target)
      return out.slice()
    }),
    new Float32Array(operation.reduces ? 2 * inner : size),
  ]
  operation.call(strided, outs[1], options, target)
  if (!operation.reduces) {
    // in place
    const copies = strided.map((each) => each.slice())
    operation.call(copies, copies[0], options, target)
    outs.push(copies[0])
  }
  for (const out of outs) {
    for (const [r, at] of places.entries()) {
      const row = inputs.map((input) => input.subarray(r * length, (r + 1) * length))
      const label = target.labels[r]
      const { want, allowed } = operation.expected(row, temperature, label, label < 0 ? 0 : target.weight[label])
      const got = operation.reduces ? out.subarray(r, r + 1) : gather(out, at)
      const difference = firstDifference(got, want, allowed)
      if (difference !== '')
        expect.fail(`${operation.name}, shape [${shape}], T ${temperature}, row ${r}: ${difference}`)
      if (operation.name === 'softmax') expectOrder(row[0], got)
    }
  }
}

describe('an axis that is not the last', () => {
  for (const operation of kernelOperations) {
    test(`${operation.name}, float32: every bound holds, with any number of rows side by side`, () => {
      for (const inner of [2, 3, 4, 5, 15, 16, 17, 47, 48, 49, 50, 97]) {
        for (const length of [1, 2, 3, 5, 24, 49]) checkStrided(operation, length, inner, 1)
      }
      for (const inner of [2, 48, 65]) checkStrided(operation, 1000, inner, 1)
      if (operation.temperature) for (const t of [0.7, 1e-30]) checkStrided(operation, 49, 50, t)
    })
  }
})

describe('a mask', () => {
  for (const operation of kernelOperations.filter(({ name }) => !name.startsWith('crossEntropy'))) {
    test(`${operation.name}, float32: kept entries as in the row without the others, the others fixed`, () => {
      const uniform = seeded(1)
      for (const length of lengths) {
        for (const temperature of operation.temperature ? [1, 0.7] : [1]) {
          const { x, count } = rowsOf(characters, length, 200, length)
          const mask = Uint8Array.from(x, (_, i) => (i % length < 1 || uniform() < 0.3 ? 0 : 1))
          // a row that keeps nothing, one that keeps all
          mask.fill(0, 0, length)
          mask.fill(1, length, 2 * length)
          const inputs = operation.inputs(x, length, temperature)
          const poison = [NaN, Infinity, -Infinity, 3e38]
          const given = inputs.map((input) => input.map((v, i) => (mask[i] ? v : poison[i % 4])))
          const width = operation.reduces ? 1 : length
          const options = { shape: [count, length], mask, ...(operation.temperature ? { temperature } : {}) }
          const target = targetFor(count, length)
          const out = new Float32Array(count * width)
          operation.call(given, out, options, target)
          const zeroCopy = inside([...given, new Float32Array(count * width)], (copies) => {
            const last = copies[copies.length - 1]
            operation.call(copies.slice(0, -1), last, options, target)
            return last.slice()
          })
          for (const got of [out, zeroCopy]) {
            for (let r = 0; r < count; r++) {
              const kept = Array.from({ length }, (_, j) => r * length + j).filter((i) => mask[i])
              const left = operation.name === 'logSoftmax' || operation.reduces ? -Infinity : 0
              const gone = Array.from({ length }, (_, j) => r * length + j).filter((i) => !mask[i])
              if (!operation.reduces) for (const i of gone) expect(Object.is(got[i], left)).toBe(true)
              if (kept.length === 0) {
                if (operation.reduces) expect(got[r]).toBe(-Infinity)
                continue
              }
              const row = inputs.map((input) => gather(input, kept))
              // kept -Infinity alone is no row with a softmax
              if (!operation.name.endsWith('Backward') && row[0].every((v) => v === -Infinity)) continue
              if (operation.name === 'logSumExpBackward' && row[0].every((v) => v === -Infinity)) continue
              const { want, allowed } = operation.expected(row, temperature, 0, 1)
              const result = operation.reduces ? got.subarray(r, r + 1) : gather(got, kept)
              const difference = firstDifference(result, want, allowed)
              if (difference !== '') expect.fail(`${length} columns, T ${temperature}, row ${r}: ${difference}`)
            }
          }
        }
      }
    })
  }
})

describe('float16 in', () => {
  /** Halves of every character that float16 can hold. */
  const halves = (length: number) => {
    const { x, count } = rowsOf(characters, length, 200, length)
    const bits = Uint16Array.from(x, (v) => bitsOfHalf(Math.max(-65504, Math.min(65504, v))))
    const infinite = Uint16Array.from(x, (v, i) => (v === -Infinity ? 0xfc00 : bits[i]))
    return { bits: infinite, values: Float32Array.from(infinite, halfOfBits), count, shape: [count, length] }
  }

  type ByKind = (bits: Uint16Array, shape: number[], dtype: 'float16' | 'float32') => ArrayLike<number>
  const functions: [string, ByKind, (row: Float32Array) => Float64Array][] = [
    ['softmax', (bits, shape, dtype) => softmax(bits, { shape, dtype }), softmaxOf],
    ['logSoftmax', (bits, shape, dtype) => logSoftmax(bits, { shape, dtype }), logSoftmaxOf],
    [
      'logSumExp',
      (bits, shape, dtype) => logSumExp(bits, { shape, dtype }),
      (row) => Float64Array.of(logSumExpOf(row)),
    ],
  ]

  for (const [name, f, exact] of functions) {
    test(`${name}: within 1 unit of the rounded exact value`, () => {
      for (const length of [...lengths, 1000, 4097]) {
        const { bits, values, count, shape } = halves(length)
        const got = f(bits, shape, 'float16')
        const width = got.length / count
        for (let r = 0; r < count; r++) {
          const want = exact(values.subarray(r * length, (r + 1) * length))
          for (let j = 0; j < width; j++) {
            const distance = halfUlpDistance(got[r * width + j], bitsOfHalf(want[j]))
            if (!(distance <= 1)) expect.fail(`${length} columns, row ${r}, [${j}]: ${distance} units off ${want[j]}`)
          }
        }
      }
    })
  }

  for (const [k, [name, f]] of functions.entries()) {
    test(`${name}, float32 out: the bounds of float32`, () => {
      for (const length of [...lengths, 1000]) {
        const { bits, values, count, shape } = halves(length)
        const got = Float32Array.from(f(bits, shape, 'float32'))
        const width = got.length / count
        for (let r = 0; r < count; r++) {
          const { want, allowed } = kernelOperations[k].expected(
            [values.subarray(r * length, (r + 1) * length)],
            1,
            0,
            1,
          )
          const difference = firstDifference(got.subarray(r * width, (r + 1) * width), want, allowed)
          if (difference !== '') expect.fail(`${length} columns, row ${r}: ${difference}`)
        }
      }
    })
  }
})
