import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import * as onesum from '../../src/index.ts'
import { limitKernels } from '../../src/kernels/wasm/engines.ts'
import { startThreads, stopThreads } from '../../src/threads/index.ts'
import { kernels } from '../support/kernels.ts'
import { operations } from '../support/operations.ts'
import { expectError } from '../support/wrong.ts'
import { sameBits } from './placements.ts'
import { hashOf, reproducibleCalls } from './reproducible-suite.ts'

/**
 * The hashes of one run, to be met by every engine and machine: first of float32 and float16, then of float64 and plain
 * arrays. They say that bits are the same everywhere, not that they are right, which the tests of bounds say. Who changes
 * what a function computes records them anew, on one engine, and sees the others agree.
 */
const RECORDED: Record<string, [single: string, double: string]> = {
  softmax: ['34a5b5f0044f2e36', '0c1e8a11ad088454'],
  softmaxBackward: ['fb037e4492f30a21', '3ae412cd9663417c'],
  softmaxJvp: ['e1d4d237ebf2e501', '01aa9eeef0b882f0'],
  softmaxHvp: ['6c59f4555d4da3fc', 'db7e46b106060ca4'],
  softmaxJacobian: ['849c110dccde1ca4', '209e1378a07a239b'],
  logSoftmax: ['e54c9b2e2dd48857', 'c1ab877ff2c4df9f'],
  logSoftmaxBackward: ['1ee0074c6a53471b', 'edbad48ec7758659'],
  logSoftmaxJvp: ['1efd62759459e9e7', '283936b3cb65bc4c'],
  logSoftmaxHvp: ['26872e037b7030c5', '9cd5071c46fbf75e'],
  logSumExp: ['b02d62de8798e648', '66b56133a2c4c89d'],
  logSumExpBackward: ['09fd58f5d769c7a7', '8e38304b764a7d0b'],
  logSumExpJvp: ['8cd0cbca1530ecb5', 'fc2b896bf0b38b9d'],
  logSumExpHvp: ['208c897fa3801302', '7fa49201474222b9'],
  crossEntropy: ['b698af85d149037a', 'c8022eb641f721e5'],
  crossEntropyWithGrad: ['a24e4c3b847dd851', 'f6450a69411768bd'],
  crossEntropyHvp: ['43afbb44ce0da78b', '5f6212983a5e6522'],
}

const names = Object.keys(reproducibleCalls)

const asked = { js: 'js', 'wasm-simd': 'strict', 'wasm-relaxed-simd': undefined } as const

describe('reproducible: the same bits everywhere', () => {
  test('a hash is recorded for every function', () => {
    expect(Object.keys(RECORDED)).toEqual(names)
  })

  for (const name of names) {
    test(`${name}, float64 and plain arrays`, () => {
      expect(hashOf(name, ['float64', 'number[]'], 'copied')).toBe(RECORDED[name]?.[1])
    })

    if (kernels !== 'js') {
      test(`${name}, float32 and float16, copied`, () => {
        expect(hashOf(name, ['float32', 'float16'], 'copied')).toBe(RECORDED[name]?.[0])
      })

      test(`${name}, float32 and float16, zero copy`, () => {
        expect(hashOf(name, ['float32', 'float16'], 'zero copy')).toBe(RECORDED[name]?.[0])
      })
    }
  }
})

if (kernels !== 'js') {
  describe('reproducible with two threads', () => {
    beforeAll(() => startThreads(2))
    afterAll(() => stopThreads())

    test.each(names)('%s, float32 and float16, zero copy: the same bits', (name) => {
      expect(hashOf(name, ['float32', 'float16'], 'zero copy')).toBe(RECORDED[name]?.[0])
    })
  })
}

describe('reproducible is for softmax, log-softmax, log-sum-exp, their derivatives and cross-entropy', () => {
  for (const operation of operations) {
    if (operation.name in reproducibleCalls) continue
    test(`${operation.name} does not take it`, () => {
      expectError(
        () => operation.call(operation.args(), { reproducible: true }),
        TypeError,
        operation.name,
        'reproducible',
      )
    })
  }

  test('it is true or false', () => {
    const options = { reproducible: 'yes' as unknown as boolean }
    expectError(() => onesum.softmax([1, 2], options), TypeError, 'softmax', 'reproducible')
    expect(onesum.softmax([0, 0], { reproducible: false })).toEqual([0.5, 0.5])
  })
})

describe('reproducible without SIMD', () => {
  beforeAll(() => limitKernels('js'))
  afterAll(() => limitKernels(asked[kernels]))

  for (const operation of operations.filter(({ name }) => name in reproducibleCalls)) {
    test(`${operation.name}: a TypeError for float32 and float16 that says so, float64 works`, () => {
      const options = { reproducible: true }
      const [first, ...rest] = operation.args()
      expectError(() => operation.call([first, ...rest], options), TypeError, operation.name, 'reproducible', /SIMD/)
      const half = onesum.encodeFloat16(first as Float32Array)
      expectError(
        () => operation.call([half, ...rest], { ...options, dtype: 'float16' }),
        TypeError,
        operation.name,
        'reproducible',
        /SIMD/,
      )
      const doubles = operation.args().map((arg) => (arg instanceof Float32Array ? Float64Array.from(arg) : arg))
      expect(operation.call(doubles, options)).toEqual(operation.call(doubles))
    })
  }
})

if (kernels !== 'js') {
  describe('reproducible where the kernels cannot answer', () => {
    const real = WebAssembly
    const members = () => Object.fromEntries(Object.getOwnPropertyNames(real).map((k) => [k, Reflect.get(real, k)]))
    const x = Float32Array.from({ length: 1000 }, (_, i) => ((i * 37) % 101) / 7)
    const calls = {
      softmax: () => onesum.softmax(x, { reproducible: true }),
      logSumExp: () => onesum.logSumExp(x, { shape: [1, 1000], reproducible: true }),
      crossEntropyWithGrad: () => onesum.crossEntropyWithGrad(x, [3], { reproducible: true }).grad,
    }
    const wanted = Object.values(calls).map((call) => call())

    const attempt = (call: () => Float32Array) => {
      try {
        return call()
      } catch (error) {
        return error
      }
    }
    /** The right bits, or a TypeError: never other bits. */
    const expectSameOrError = () => {
      const wrong = Object.entries(calls).filter(([, call], k) => {
        const got = attempt(call)
        return got instanceof Float32Array ? !sameBits(got, wanted[k]) : !(got instanceof TypeError)
      })
      expect(wrong.map(([name]) => name)).toEqual([])
    }
    const restart = (other: object) => {
      vi.stubGlobal('WebAssembly', { ...members(), ...other })
      limitKernels(asked[kernels])
    }
    afterEach(() => {
      vi.unstubAllGlobals()
      limitKernels(asked[kernels])
    })

    test('before they are compiled: the same bits or a TypeError, and the same bits after ready', async () => {
      restart({
        Module: function Small(bytes: ArrayBuffer) {
          if (bytes.byteLength > 1000) throw new RangeError('larger than 4KB, use WebAssembly.compile')
          return new real.Module(bytes)
        },
      })
      expectSameOrError()
      await onesum.ready()
      for (const [k, call] of Object.values(calls).entries()) expect(sameBits(call(), wanted[k])).toBe(true)
    })

    test('in a memory that is full: the same bits or a TypeError', () => {
      const Memory = real.Memory
      restart({
        Memory: function Small(descriptor: WebAssembly.MemoryDescriptor) {
          if (descriptor.initial > 64) throw new RangeError('out of memory')
          return new Memory(descriptor)
        },
      })
      for (const length of [1 << 18, 1 << 14, 1 << 10, 16]) {
        expect(() => {
          for (;;) onesum.allocate('float32', length)
        }).toThrow(RangeError)
      }
      expectSameOrError()
    })
  })
}
