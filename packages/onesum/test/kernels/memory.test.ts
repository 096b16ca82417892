import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import {
  allocate,
  crossEntropyWithGrad,
  logSoftmax,
  logSumExp,
  release,
  softmax,
  softmaxBackward,
} from '../../src/index.ts'
import { engine, limitKernels } from '../../src/kernels/wasm/engines.ts'
import { expectWithin } from '../support/compare.ts'
import { kernels } from '../support/kernels.ts'
import { softmax32 } from '../support/promises.ts'
import { normals } from '../support/random.ts'
import { expectError } from '../support/wrong.ts'
import { sameBits } from './placements.ts'
import { softmaxOf } from './references.ts'

const limit = { js: 'js', 'wasm-simd': 'strict', 'wasm-relaxed-simd': undefined } as const
const PAGE = 1 << 16

const expectBits = (a: Float32Array, b: Float32Array) => expect(sameBits(a, b)).toBe(true)

/** A memory of at most so many pages: asking for more fails, as it does on a small device. */
function withPages(most: number): void {
  const Memory = WebAssembly.Memory
  vi.stubGlobal('WebAssembly', {
    ...Object.fromEntries(Object.getOwnPropertyNames(WebAssembly).map((k) => [k, Reflect.get(WebAssembly, k)])),
    Memory: function Small(descriptor: WebAssembly.MemoryDescriptor) {
      if ((descriptor.maximum ?? descriptor.initial) > most) throw new RangeError('out of memory')
      return new Memory(descriptor)
    },
  })
  limitKernels(limit[kernels])
}

/** Arrays of 64 KiB until the memory is full. */
function fill(): Float32Array<ArrayBuffer>[] {
  const arrays: Float32Array<ArrayBuffer>[] = []
  expect(() => {
    for (;;) arrays.push(allocate('float32', PAGE / 4))
  }).toThrow(RangeError)
  return arrays
}

if (kernels !== 'js') {
  describe('arrays in the kernels’ memory', () => {
    test('lie there, aligned to 64 bytes, of the kind that was asked for, full of zeros', () => {
      const before = allocate('float32', 100)
      before.fill(7)
      release(before)
      const half = 'Float16Array' in globalThis ? 'Float16Array' : 'Uint16Array'
      for (const [dtype, name] of [
        ['float32', 'Float32Array'],
        ['float64', 'Float64Array'],
        ['float16', half],
      ] as const) {
        for (const length of [0, 1, 3, 50, 1000]) {
          const array = allocate(dtype, length)
          expect(array.constructor.name).toBe(name)
          expect(array.length).toBe(length)
          expect(array.buffer).toBe(engine()?.buffer)
          expect(array.byteOffset % 64).toBe(0)
          expect(array.every((v: number) => v === 0)).toBe(true)
          array.fill(7)
          release(array)
        }
      }
    })

    test('give the same bits without copying as arrays outside give by copying', () => {
      for (const length of [64, 65, 1000, 4097, 40_000, (1 << 17) + 1]) {
        const shape = [3, length]
        const x = Float32Array.from(normals(length, 3 * length, 5))
        const gy = Float32Array.from(normals(length + 1, 3 * length))
        const [own, ownGy, out] = [x, gy, x].map((values) => {
          const array = allocate('float32', values.length)
          array.set(values)
          return array
        })
        for (const temperature of [1, 0.7]) {
          const y = softmax(x, { shape, temperature })
          expectBits(softmax(own, { shape, temperature, out }), y)
          expectBits(softmax(own, { shape, temperature }), y)
          expectBits(softmax(x, { shape, temperature, out }), y)
          expectBits(
            softmaxBackward(out, ownGy, { shape, temperature }),
            softmaxBackward(y, gy, { shape, temperature }),
          )
          const logY = logSoftmax(x, { shape, temperature })
          expectBits(logSoftmax(own, { shape, temperature, out }), logY)
          // in place
          out.set(x)
          expectBits(logSoftmax(out, { shape, temperature, out }), logY)
        }
        expectBits(logSumExp(own, { shape }), logSumExp(x, { shape }))
        const labels = [0, length - 1, 7]
        const copied = crossEntropyWithGrad(x, labels, { shape })
        const direct = crossEntropyWithGrad(own, labels, { shape, out })
        expect(direct.loss).toBe(copied.loss)
        expectBits(direct.grad, copied.grad)
        expectBits(own, x)
        for (const array of [own, ownGy, out]) release(array)
      }
    })

    test('cannot be released twice, nor can what was never allocated', () => {
      const array = allocate('float32', 10)
      const other = allocate('float32', 10)
      expectError(() => release(array.subarray(1)), RangeError, 'release', 'array', /allocate/)
      release(array)
      expectError(() => release(array), RangeError, 'release', 'array', /allocate/)
      expectError(() => release(new Float32Array(3)), RangeError, 'release', 'array', /allocate/)
      // the start of the memory belongs to the kernels
      expectError(() => release(new Float32Array(other.buffer, 0, 1)), RangeError, 'release', 'array', /allocate/)
      release(other)
    })

    test('keep their contents while others come and go', () => {
      const kept = allocate('float32', 1000)
      kept.set(normals(1, 1000))
      const values = kept.slice()
      const passers = Float32Array.from(normals(2, 200_000))
      for (let i = 0; i < 100; i++) {
        const passing = allocate('float64', 10 + 37 * i)
        passing.fill(NaN)
        softmax(passers)
        release(passing)
      }
      expectBits(kept, values)
      expectWithin(softmax(kept), softmaxOf(values), softmax32)
      release(kept)
    })
  })

  describe('a memory of 16 MiB that is full', () => {
    beforeAll(() => withPages(256))
    afterAll(() => {
      vi.unstubAllGlobals()
      limitKernels(limit[kernels])
    })
    let arrays: Float32Array<ArrayBuffer>[] = []
    afterEach(() => {
      for (const array of arrays.splice(0)) release(array)
    })

    test('is small at first, and the largest there was once its heap is asked for', () => {
      softmax(Float32Array.from(normals(1, 1000, 3)))
      expect(engine()?.buffer.byteLength).toBeLessThan(64 * PAGE)
      arrays.push(allocate('float32', 1))
      expect(engine()?.buffer.byteLength).toBe(256 * PAGE)
    })

    test('is a RangeError that names release, and has room again after it', () => {
      arrays = fill()
      expect(arrays.length).toBeGreaterThan(100)
      expectError(() => allocate('float32', PAGE / 4), RangeError, 'allocate', 'length', /release/)
      const last = arrays.pop()
      if (last) release(last)
      arrays.push(allocate('float32', PAGE / 4))
      for (const array of arrays.splice(0)) release(array)
      // all of it in one piece: nothing was lost at the borders
      arrays.push(allocate('float32', (12 << 20) / 4))
    })

    test('answers every call rightly all the same', () => {
      arrays = fill()
      arrays[0].set(normals(2, PAGE / 4))
      expectWithin(softmax(arrays[0], { out: arrays[1] }), softmaxOf(arrays[0]), softmax32)
      for (const length of [1000, 100_000, 300_000]) {
        const x = Float32Array.from(normals(length, length, 3))
        expectWithin(softmax(x), softmaxOf(x), softmax32)
        const { grad } = crossEntropyWithGrad(x, [5])
        expectWithin(
          grad,
          softmaxOf(x).map((p, j) => (j === 5 ? p - 1 : p)),
          (_, want) => 1e-6 * Math.abs(want),
        )
      }
    })

    test('gives back what a long row took for a call, after an error too', () => {
      const x = Float32Array.from(normals(3, 300_000))
      for (let i = 0; i < 50; i++) softmax(x)
      for (let i = 0; i < 50; i++) crossEntropyWithGrad(x, [1])
      arrays.push(allocate('float32', (12 << 20) / 4))
    })
  })
}

describe('where there are no kernels', () => {
  beforeAll(() => limitKernels('js'))
  afterAll(() => limitKernels(limit[kernels]))

  test('allocate gives an ordinary array, and release takes it', () => {
    const half = 'Float16Array' in globalThis ? 'Float16Array' : 'Uint16Array'
    expect(allocate('float32', 3)).toEqual(new Float32Array(3))
    expect(allocate('float64', 3)).toEqual(new Float64Array(3))
    expect(allocate('float16', 3).constructor.name).toBe(half)
    const x = allocate('float32', 2)
    expect(softmax(x, { out: x })).toEqual(Float32Array.of(0.5, 0.5))
    release(x)
    expect(x.length).toBe(2)
    expectError(() => release(x), RangeError, 'release', 'array', /allocate/)
    expectError(() => release(new Float32Array(2)), RangeError, 'release', 'array', /allocate/)
  })
})

describe('wrong arguments', () => {
  const anything = (value: unknown) => value as never

  test('of allocate name themselves', () => {
    for (const dtype of ['float8', 'constructor', '__proto__']) {
      expectError(() => allocate(anything(dtype), 1), RangeError, 'allocate', 'dtype')
    }
    for (const dtype of [undefined, 32]) {
      expectError(() => allocate(anything(dtype), 1), TypeError, 'allocate', 'dtype')
    }
    expectError(() => allocate('float32', -1), RangeError, 'allocate', 'length')
    expectError(() => allocate('float32', 1.5), RangeError, 'allocate', 'length')
    expectError(() => allocate('float32', NaN), RangeError, 'allocate', 'length')
    expectError(() => allocate('float32', anything('3')), TypeError, 'allocate', 'length')
  })

  test('of release are TypeErrors where they are no array of numbers', () => {
    for (const value of [undefined, null, 3, [1, 2], new ArrayBuffer(8)]) {
      expectError(() => release(anything(value)), TypeError, 'release', 'array')
    }
  })
})
