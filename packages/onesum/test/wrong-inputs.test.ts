import { describe, expect, test } from 'vitest'
import { elu, eluBackward, gelu, LogSumExpState, leakyRelu, softmaxJacobian, softplus, topK } from '../src/index.ts'
import { losses, operations } from './support/operations.ts'
import { expectError, fails, onGpu, placing } from './support/wrong.ts'

/** Things that hold no numbers this library can read, with what the message must say. */
const notNumbers: [string, unknown, RegExp?][] = [
  ['nested arrays', [[0.2, 0.3, 0.5]], /flat/],
  ['rows of typed arrays', [Float32Array.of(0.2), Float32Array.of(0.3), Float32Array.of(0.5)], /flat/],
  ['a string', '0.2,0.3,0.5'],
  ['null', null],
  ['undefined', undefined],
  ['a number-like object', {}],
  ['an object of no class', Object.create(null), /got an object with no keys/],
  ['an object whose class has no name', { constructor: { name: [1] } }, /got an object with the keys constructor/],
  ['true', true],
  ['a function', () => [0.2, 0.3, 0.5]],
  ['a promise', Promise.resolve([1])],
  ['numbers as text', ['0.2', '0.3', '0.5']],
  ['null among numbers', [0.2, null, 0.5]],
  ['big integers', [1n, 2n, 3n]],
  ['holes', Array(3)],
  ['an Int32Array', Int32Array.of(0, 1, 2)],
  ['a Uint8Array', Uint8Array.of(0, 1, 2)],
  ['a BigInt64Array', BigInt64Array.of(0n, 1n, 2n)],
  ['an ArrayBuffer', new ArrayBuffer(12)],
  ['a DataView', new DataView(new ArrayBuffer(12))],
  ['a tensor on a graphics card', onGpu, /download|getData/],
  ['a tensor whose data is a promise to be awaited', { data: () => Promise.resolve(1), shape: [3] }],
  ['a tensor of whole numbers', { data: Int32Array.of(1, 2, 3), dims: [3], type: 'int32' }],
  ['a tensor without a shape', { data: Float32Array.of(1, 2, 3) }],
  ['a tensor without data', { dims: [3], type: 'float32' }],
]

for (const op of operations) {
  describe(`${op.name} refuses`, () => {
    for (const [operand, at] of Object.entries(op.operands)) {
      for (const [what, value, says] of notNumbers) {
        test(`${what} as ${operand}: TypeError`, () => {
          fails(op, placing(at, value), TypeError, new RegExp(`^${operand}(\\.|$)`), says)
        })
      }
      // a first argument that is float16 by its dtype decides how the others are read
      if (at === 0) {
        test('a Uint16Array without dtype: TypeError that names float16', () => {
          fails(op, placing(0, Uint16Array.of(1, 2, 3)), TypeError, operand, /dtype: 'float16'/)
        })
      }
      test(`a tensor as ${operand} whose shape disagrees with its data: RangeError`, () => {
        const wrong = { data: Float32Array.of(0.2, 0.3, 0.5), dims: [2, 2], type: 'float32' }
        fails(op, placing(at, wrong), RangeError, new RegExp(`^${operand}(\\.|$)`))
      })
      if (at > 0) {
        test(`${operand} of another length: RangeError`, () => {
          fails(op, placing(at, Float32Array.of(1, 2)), RangeError, operand, /3/)
        })
        test(`${operand} as a tensor of another shape: RangeError`, () => {
          const other = { data: Float32Array.of(1, 2, 3), shape: [3, 1] }
          fails(op, placing(at, other), RangeError, operand)
        })
      }
    }
  })
}

describe('an upstream gradient with one number per row', () => {
  for (const op of operations.filter((o) => o.name === 'logSumExpBackward' || o.name === 'logSumExpHvp')) {
    test(`${op.name}: of the wrong count is a RangeError, of the wrong kind a TypeError`, () => {
      fails(op, placing(1, [1, 2]), RangeError, 'gy')
      fails(op, placing(1, Float32Array.of(1, 2, 3)), RangeError, 'gy')
      for (const gy of ['1', null, undefined, [[1]], Int32Array.of(1), onGpu]) {
        fails(op, placing(1, gy), TypeError, /^gy/)
      }
    })
  }
})

describe('what only some functions take', () => {
  test('topK: k is a whole number from 0 to the number of classes', () => {
    for (const k of [-1, 1.5, NaN, 4, Infinity]) {
      expectError(() => topK([1, 2, 3], k), RangeError, 'topK', 'k')
    }
    for (const k of ['2', null, [2]]) expectError(() => topK([1, 2, 3], k as never), TypeError, 'topK', 'k')
  })

  test('the parameters of activations are finite, and not negative', () => {
    for (const [f, name, option] of [
      [leakyRelu, 'leakyRelu', 'negativeSlope'],
      [elu, 'elu', 'alpha'],
      [softplus, 'softplus', 'beta'],
    ] as const) {
      for (const value of [-1, NaN, Infinity, ...(option === 'beta' ? [0] : [])]) {
        const says = option === 'beta' ? /expected a finite number > 0/ : /expected a finite number >= 0/
        expectError(() => f([1], { [option]: value }), RangeError, name, option, says)
      }
      for (const value of ['1', null]) expectError(() => f([1], { [option]: value }), TypeError, name, option)
    }
    expectError(() => eluBackward([1], [1], { alpha: -1 }), RangeError, 'eluBackward', 'alpha')
    expectError(() => gelu([1], { approximate: 'sigmoid' as never }), RangeError, 'gelu', 'approximate', /'none' or/)
    expectError(() => gelu([1], { approximate: true as never }), TypeError, 'gelu', 'approximate')
    expectError(() => gelu([1], { alpha: 1 } as never), TypeError, 'gelu', 'alpha', /approximate/)
  })

  test('keepDims is true or false', () => {
    for (const op of operations.filter((o) => o.name === 'logSumExp' || o.name === 'entropy')) {
      for (const keepDims of [1, 'yes', null]) fails(op, () => ({ keepDims }), TypeError, 'keepDims')
    }
  })

  test('softmaxJacobian has a stated size limit: RangeError', () => {
    expectError(() => softmaxJacobian(new Float32Array(2 ** 17)), RangeError, 'softmaxJacobian', /./)
  })

  test('LogSumExpState takes numbers, states and its own JSON', () => {
    const state = new LogSumExpState().add([1, 2])
    for (const x of ['1', null, undefined, [[1]], Int32Array.of(1)]) {
      expectError(() => state.add(x as never), TypeError, 'LogSumExpState.add', 'x')
    }
    for (const other of [{}, null, 3, state.toJSON(), Object.create(null)]) {
      expectError(() => state.merge(other as never), TypeError, 'LogSumExpState.merge', 'other')
    }
    for (const json of [null, 'x', 3, []]) {
      expectError(() => LogSumExpState.fromJSON(json as never), TypeError, 'LogSumExpState.fromJSON', /./)
    }
    const { max: _, ...partial } = state.toJSON()
    expectError(() => LogSumExpState.fromJSON(partial as never), TypeError, 'LogSumExpState.fromJSON', 'max')
    for (const wrong of [
      { version: 99 },
      { count: -1 },
      { count: 1.5 },
      { rest: -5 },
      { rest: 'Infinity' },
      { low: 'NaN' },
      { low: -10 },
      { max: 3, count: 0 },
    ]) {
      const json = { ...state.toJSON(), ...wrong } as never
      expectError(() => LogSumExpState.fromJSON(json), RangeError, 'LogSumExpState.fromJSON', Object.keys(wrong)[0])
    }
    expect(state.value()).toBe(new LogSumExpState().add([1, 2]).value())
  })
})

describe('the options of sparse mappings and focal loss', () => {
  test('alpha is a number from 1 on', () => {
    for (const op of operations.filter((o) => o.name.startsWith('entmax'))) {
      for (const alpha of [0.99, -1, 0, NaN, -Infinity]) {
        fails(op, () => ({ alpha }), RangeError, 'alpha', /expected a number >= 1, got/)
      }
      for (const alpha of ['1.5', null, [1.5], true]) fails(op, () => ({ alpha }), TypeError, 'alpha')
    }
  })

  test('sparsemax has no alpha', () => {
    for (const op of operations.filter((o) => o.name.startsWith('sparsemax'))) {
      fails(op, () => ({ alpha: 1.5 }), TypeError, 'alpha')
    }
  })

  test('alphaGradient is true or false, and only entmaxBackward has it', () => {
    for (const op of operations.filter((o) => o.name.startsWith('entmax'))) {
      for (const alphaGradient of [1, 'yes', null]) fails(op, () => ({ alphaGradient }), TypeError, 'alphaGradient')
      if (op.name !== 'entmaxBackward') fails(op, () => ({ alphaGradient: true }), TypeError, 'alphaGradient')
    }
  })

  test('gamma is a finite number from 0 on, alpha one finite number >= 0 per class', () => {
    for (const op of operations.filter((o) => o.name.startsWith('focalLoss'))) {
      for (const gamma of [-0.5, NaN, Infinity]) fails(op, () => ({ gamma }), RangeError, 'gamma')
      for (const gamma of ['2', null]) fails(op, () => ({ gamma }), TypeError, 'gamma')
      fails(op, () => ({ alpha: [1, 2] }), RangeError, 'alpha', /3 numbers, one per class/)
      fails(op, () => ({ alpha: [1, -2, 1] }), RangeError, 'alpha', /-2 for class 1/)
      fails(op, () => ({ alpha: [1, 2, NaN] }), RangeError, 'alpha', /NaN for class 2/)
      for (const alpha of [0.25, '1', ['1', '1', '1']]) fails(op, () => ({ alpha }), TypeError, 'alpha')
    }
  })
})

describe('losses', () => {
  test('are all in the table', () => expect(losses.length).toBe(11))
})
