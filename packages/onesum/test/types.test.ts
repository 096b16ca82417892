import { describe, expectTypeOf, test } from 'vitest'
import {
  argmax,
  crossEntropy,
  crossEntropyWithGrad,
  gelu,
  gumbelSoftmax,
  logSoftmax,
  logSumExp,
  reluBackward,
  softmax,
  softmaxBackward,
  tanh,
  topK,
} from '../src/index.ts'

// What the compiler sees; the calls run as well, so a type that lies is not hidden by one that is never made.
const single = Float32Array.of(1, 2)
const double = Float64Array.of(1, 2)

describe('types follow the arrays', () => {
  test('the kind that goes in comes out, fresh and not shared', () => {
    expectTypeOf(softmax(single)).toEqualTypeOf<Float32Array<ArrayBuffer>>()
    expectTypeOf(softmax(double)).toEqualTypeOf<Float64Array<ArrayBuffer>>()
    expectTypeOf(logSoftmax([1, 2])).toEqualTypeOf<number[]>()
    expectTypeOf(softmaxBackward(single, [1, 2])).toEqualTypeOf<Float32Array<ArrayBuffer>>()
  })

  test('dtype chooses another', () => {
    expectTypeOf(softmax([1, 2], { dtype: 'float32' })).toEqualTypeOf<Float32Array<ArrayBuffer>>()
    expectTypeOf(softmax(single, { dtype: 'float64' })).toEqualTypeOf<Float64Array<ArrayBuffer>>()
    expectTypeOf(softmax(single, { dtype: 'float16' })).toEqualTypeOf<Uint16Array<ArrayBuffer>>()
  })

  test('what is given as out comes back, whatever its memory', () => {
    const shared = new Float32Array(new SharedArrayBuffer(8))
    expectTypeOf(softmax(single, { out: shared })).toEqualTypeOf<Float32Array<SharedArrayBuffer>>()
    expectTypeOf(softmax([1, 2], { dtype: 'float32', out: shared })).toEqualTypeOf<Float32Array<SharedArrayBuffer>>()
    expectTypeOf(tanh(single, { out: shared })).toEqualTypeOf<Float32Array<SharedArrayBuffer>>()
    expectTypeOf(logSumExp(single, { shape: [2, 1], out: shared })).toEqualTypeOf<Float32Array<SharedArrayBuffer>>()
    const { grad } = crossEntropyWithGrad(single, [0], { out: shared })
    expectTypeOf(grad).toEqualTypeOf<Float32Array<SharedArrayBuffer>>()
    expectTypeOf(softmax(single, { out: undefined })).toEqualTypeOf<Float32Array<ArrayBuffer>>()
  })

  test('a tensor gives a plain tensor under its own key', () => {
    const dims = softmax({ data: single, dims: [2], type: 'float32' })
    expectTypeOf(dims.dims).toEqualTypeOf<number[]>()
    expectTypeOf(dims.data).toEqualTypeOf<Float32Array<ArrayBuffer>>()
    const shaped = softmax({ data: double, shape: [2] })
    expectTypeOf(shaped.shape).toEqualTypeOf<number[]>()
    expectTypeOf(shaped.data).toEqualTypeOf<Float64Array<ArrayBuffer>>()
  })

  test('a reduction is a number without a shape and an array with one', () => {
    expectTypeOf(logSumExp(single)).toEqualTypeOf<number>()
    expectTypeOf(logSumExp(single, { reproducible: true })).toEqualTypeOf<number>()
    expectTypeOf(logSumExp(single, { shape: [1, 2] })).toEqualTypeOf<Float32Array<ArrayBuffer>>()
    expectTypeOf(argmax(single)).toEqualTypeOf<number>()
    expectTypeOf(argmax(single, { shape: [1, 2] })).toEqualTypeOf<Int32Array<ArrayBuffer>>()
    expectTypeOf(topK(single, 1).indices).toEqualTypeOf<Int32Array<ArrayBuffer>>()
  })

  test('gumbelSoftmax gives the sample, and with hard the draw beside it', () => {
    expectTypeOf(gumbelSoftmax(single, { seed: 1 })).toEqualTypeOf<Float32Array<ArrayBuffer>>()
    const { hard, soft } = gumbelSoftmax(single, { seed: 1, hard: true, dtype: 'float64' })
    expectTypeOf(hard).toEqualTypeOf<Float64Array<ArrayBuffer>>()
    expectTypeOf(soft).toEqualTypeOf<Float64Array<ArrayBuffer>>()
  })

  test('activations of layers follow the array too', () => {
    expectTypeOf(gelu(single, { approximate: 'tanh' })).toEqualTypeOf<Float32Array<ArrayBuffer>>()
    expectTypeOf(reluBackward([1, 2], single, { dtype: 'float32' })).toEqualTypeOf<Float32Array<ArrayBuffer>>()
  })

  test('a loss is a number, or an array with reduction none', () => {
    expectTypeOf(crossEntropy(single, [0])).toEqualTypeOf<number>()
    expectTypeOf(crossEntropy(single, [0], { reduction: 'sum' })).toEqualTypeOf<number>()
    const rows = crossEntropy(single, [0], { shape: [1, 2], reduction: 'none' })
    expectTypeOf(rows).toEqualTypeOf<Float32Array<ArrayBuffer>>()
    const { loss, grad } = crossEntropyWithGrad(double, [0])
    expectTypeOf(loss).toEqualTypeOf<number>()
    expectTypeOf(grad).toEqualTypeOf<Float64Array<ArrayBuffer>>()
  })
})
