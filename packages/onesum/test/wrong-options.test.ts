import { describe, test } from 'vitest'
import { operations } from './support/operations.ts'
import { fails } from './support/wrong.ts'

for (const op of operations) {
  describe(`${op.name} refuses`, () => {
    test('options of the wrong kind: TypeError', () => {
      for (const options of [null, 3, 'axis', [0], Float32Array.of(1), true]) {
        fails(op, () => options, TypeError, 'options')
      }
    })

    test('options that are kept where no option is looked for: TypeError', () => {
      class Nothing {}
      const map = new Map([['shape', [1, 3]]])
      fails(op, () => map, TypeError, 'options', /a plain object, got a Map; Object\.fromEntries/)
      for (const options of [new Set(['shape']), new Date(0), new WeakMap(), Promise.resolve({}), new Nothing()]) {
        fails(op, () => options, TypeError, 'options', /a plain object, got a \w+$/)
      }
    })

    test('an unknown option: TypeError that lists the known ones', () => {
      fails(op, () => ({ axes: 0 }), TypeError, 'axes', op.axis ? /axis/ : /shape/)
      fails(op, () => ({ temprature: 2 }), TypeError, 'temprature')
      // names that every object has are no options either, and lead to nothing
      for (const name of ['constructor', '__proto__', 'toString']) {
        const options = Object.defineProperty({}, name, { value: 1, enumerable: true })
        fails(op, () => options, TypeError, name, /an unknown option$/)
      }
    })

    if (op.reproducible) {
      test('a reproducible that is no flag', () => {
        fails(op, () => ({ reproducible: 1 }), TypeError, 'reproducible')
      })
    } else {
      test('reproducible, which it does not take: TypeError', () => {
        fails(op, () => ({ reproducible: true }), TypeError, 'reproducible')
      })
    }

    test('a wrong shape', () => {
      fails(op, () => ({ shape: 3 }), TypeError, 'shape')
      fails(op, () => ({ shape: '3' }), TypeError, 'shape')
      fails(op, () => ({ shape: ['3'] }), TypeError, 'shape')
      for (const shape of [[4], [2, 2], [], [-3, -1], [1.5, 2], [NaN], [Infinity], [2 ** 30, 2 ** 30]]) {
        fails(op, () => ({ shape }), RangeError, 'shape')
      }
    })

    test('a shape beside a tensor that disagrees: RangeError', () => {
      const tensor = { data: Float32Array.of(0.2, 0.3, 0.5), dims: [1, 3], type: 'float32' }
      fails(
        op,
        (args) => {
          args[0] = tensor
          return { shape: [3, 1] }
        },
        RangeError,
        'shape',
        /1,3/,
      )
    })

    if (op.axis) {
      test('a wrong axis', () => {
        for (const axis of ['0', true, {}, [null]]) fails(op, () => ({ axis }), TypeError, 'axis')
        for (const axis of [1, -2, 0.5, NaN, Infinity]) fails(op, () => ({ axis }), RangeError, 'axis')
        if (op.many) fails(op, () => ({ shape: [1, 3], axis: [1, -1] }), RangeError, 'axis')
        else fails(op, () => ({ shape: [1, 3], axis: [0, 1] }), TypeError, 'axis')
      })

      test('axis null, which elsewhere means the whole array: TypeError', () => {
        fails(op, () => ({ axis: null }), TypeError, 'axis')
      })
    } else {
      test('an axis, where there is none: TypeError', () => {
        fails(op, () => ({ axis: 0 }), TypeError, 'axis')
      })
    }

    test('a wrong dtype', () => {
      fails(op, () => ({ dtype: 'float8' }), RangeError, 'dtype')
      fails(op, () => ({ dtype: 32 }), TypeError, 'dtype')
    })

    if (op.temperature) {
      test('a temperature below 0 or NaN: RangeError, of another kind: TypeError', () => {
        for (const temperature of [-1, NaN, -Infinity, -1e-300]) {
          fails(op, () => ({ temperature }), RangeError, 'temperature', /expected a number >= 0/)
        }
        for (const temperature of ['1', null, [1], true]) fails(op, () => ({ temperature }), TypeError, 'temperature')
      })
    } else {
      test('a temperature, which does not belong here: TypeError', () => {
        fails(op, () => ({ temperature: 2 }), TypeError, 'temperature')
      })
    }

    if (op.mask) {
      test('a mask of the wrong kind: TypeError', () => {
        const additive = { data: Uint16Array.of(0, 0, 0), dims: [3], type: 'float16' }
        fails(op, () => ({ mask: additive }), TypeError, /^mask/, /additive/)
        for (const mask of [
          new DataView(new ArrayBuffer(3)),
          new Set([1]),
          '110',
          5,
          true,
          null,
          ['1', '1', '0'],
          [null, true, true],
          [[1, 1, 0]],
          {},
        ]) {
          fails(op, () => ({ mask }), TypeError, /^mask/)
        }
      })
      test('a mask that is not 0 and 1: RangeError that names additive masks', () => {
        for (const mask of [
          [0, -Infinity, 0],
          [1, 0.5, 1],
          [2, 1, 0],
          [NaN, 1, 1],
          [0, -1e9, 0],
          Uint16Array.of(0, 0xfc00, 0),
          Int32Array.of(0, -10000, 0),
          BigInt64Array.of(1n, 2n, 0n),
        ]) {
          fails(op, () => ({ mask }), RangeError, 'mask', /additive/)
        }
      })
      test('a mask that does not fit: RangeError', () => {
        fails(op, () => ({ mask: [1, 1] }), RangeError, 'mask')
        fails(op, () => ({ mask: { data: Uint8Array.of(1, 1), dims: [2, 1] } }), RangeError, /^mask/)
        fails(op, () => ({ mask: { data: Uint8Array.of(1, 1, 1), dims: [2] } }), RangeError, /^mask/)
      })
    } else {
      test('a mask, which does not belong here: TypeError', () => {
        fails(op, () => ({ mask: [1, 1, 0] }), TypeError, 'mask')
      })
    }

    if (op.out) {
      test('an output of the wrong kind or length: TypeError, RangeError', () => {
        for (const out of [[0, 0, 0], new Float64Array(3), new Int32Array(3), 'out', 3, null]) {
          fails(op, () => ({ out }), TypeError, /^out/)
        }
        fails(op, () => ({ out: new Float32Array(2) }), RangeError, 'out', /3/)
        fails(op, () => ({ out: new Float32Array(4) }), RangeError, 'out', /3/)
        fails(op, () => ({ dtype: 'float64', out: new Float32Array(3) }), TypeError, 'out')
        fails(op, () => ({ out: { data: new Float32Array(3), dims: [3] } }), TypeError, 'out')
        fails(
          op,
          (args) => {
            args[0] = [0.2, 0.3, 0.5]
            return { out: Object.freeze([0, 0, 0]) }
          },
          TypeError,
          'out',
          /frozen/,
        )
      })
      test('an output that overlaps an input in part: RangeError', () => {
        const memory = Float32Array.of(0.2, 0.3, 0.5, 9)
        fails(
          op,
          (args) => {
            args[0] = memory.subarray(0, 3)
            return { out: memory.subarray(1, 4) }
          },
          RangeError,
          'out',
          /overlap/,
        )
      })
    }
  })
}
