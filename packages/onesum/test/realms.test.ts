import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { argmax, crossEntropy, logSumExp, softmax, softmaxBackward, topK } from '../src/index.ts'

/** A value of another realm, as of a frame, of a vm context or of a test runner: its classes are not those of this one. */
const foreign = (code: string): never => runInNewContext(code) as never

describe('arrays of another realm', () => {
  test('are what they are there: their kind decides the kind of the result, which is of this realm', () => {
    const cases = [
      ['Float32Array', {}],
      ['Float64Array', {}],
      ['Uint16Array', { dtype: 'float16' }],
      ...('Float16Array' in globalThis ? [['Float16Array', {}] as const] : []),
    ] as const
    for (const [kind, options] of cases) {
      const own = Reflect.get(globalThis, kind).of(1, 2, 3)
      const other = foreign(`${kind}.of(1, 2, 3)`)
      expect(other).not.toBeInstanceOf(own.constructor)
      expect(softmax(other, options)).toEqual(softmax(own, options))
      expect(softmax(other, options)).toBeInstanceOf(own.constructor)
      expect(argmax(other, options)).toBe(argmax(own, options))
    }
  })

  test('are written in place as an output', () => {
    const out = foreign('new Float32Array(100)')
    const x = new Float32Array(100)
    expect(softmax(x, { out })).toBe(out)
    expect(Array.from(out as Float32Array)).toEqual(Array.from(softmax(x)))
    expect(softmax(out, { out })).toBe(out)
  })

  test('are read as second arguments, targets, weights, masks and tensors', () => {
    const [x, half] = [Float32Array.of(1, 2, 3), Float32Array.of(0.5, 0.25, 0.25)]
    expect(softmaxBackward(half, foreign('Float64Array.of(1, 2, 3)'))).toEqual(softmaxBackward(half, [1, 2, 3]))
    expect(crossEntropy(x, foreign('Float32Array.of(0.5, 0.25, 0.25)'))).toBe(crossEntropy(x, half))
    expect(crossEntropy(x, foreign('BigInt64Array.of(1n)'))).toBe(crossEntropy(x, [1]))
    const weight = foreign('Float32Array.of(1, 2, 3)')
    expect(crossEntropy(x, [1], { weight })).toBe(crossEntropy(x, [1], { weight: [1, 2, 3] }))
    expect(logSumExp(x, { mask: foreign('Uint8Array.of(1, 0, 1)') })).toBe(logSumExp(x, { mask: [1, 0, 1] }))
    expect(topK(foreign('({ data: Float32Array.of(1, 2, 3), dims: [3], type: "float32" })'), 1)).toEqual(
      topK({ data: x, dims: [3], type: 'float32' }, 1),
    )
    expect(() => softmax(x, { mask: foreign('Float32Array.of(1, 0, 1)') })).toThrow(/additive/)
  })
})

describe('options', () => {
  const x = Float32Array.of(1, 2, 3, 4)
  const want = softmax(x, { shape: [2, 2] })

  test('may be of another realm, of no class, of a class with fields or getters, or inherited', () => {
    class Fields {
      shape = [2, 2]
    }
    class Getters {
      get shape() {
        return [2, 2]
      }
    }
    const bare = Object.assign(Object.create(null), { shape: [2, 2] })
    const inherited = Object.create({ shape: [2, 2] })
    for (const options of [foreign('({ shape: [2, 2] })'), bare, inherited, new Fields(), new Getters()]) {
      expect(softmax(x, options)).toEqual(want)
    }
  })

  test('may be none, in an object of any realm; a Map of any realm is refused', () => {
    for (const none of [{}, Object.create(null), foreign('({})')]) expect(softmax(x, none)).toEqual(softmax(x))
    expect(() => softmax(x, foreign('new Map([["shape", [2, 2]]])'))).toThrow(
      /"options" expected a plain object, got a Map/,
    )
  })
})

describe('subclasses', () => {
  class Named extends Float32Array {}

  test('count as their class, as input and as output', () => {
    const x = Named.of(1, 2, 3)
    expect(softmax(x)).toEqual(softmax(Float32Array.of(1, 2, 3)))
    const out = new Named(3)
    expect(softmax(x, { out })).toBe(out)
    expect(softmax(x, { out: x })).toBe(x)
  })
})
