import * as tf from '@tensorflow/tfjs-core'
import { Tensor } from 'onnxruntime-common'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  argmax,
  crossEntropy,
  crossEntropyWithGrad,
  encodeFloat16,
  hardmax,
  logSoftmax,
  logSumExp,
  relu,
  softmax,
  softmaxBackward,
  topK,
} from '../src/index.ts'

const logits = Float32Array.of(2, 1, 0.1, -1, 0, 3)
const shape = [2, 3]
const want = softmax(logits, { shape })

describe('tensors of ONNX Runtime (onnxruntime-common)', () => {
  const tensor = new Tensor('float32', logits, shape)

  test('go straight in, and the output goes back into a Tensor', () => {
    const y = softmax(tensor)
    expect(y).toEqual({ data: want, dims: shape, type: 'float32' })
    const wrapped = new Tensor('float32', y.data as Float32Array, y.dims)
    expect(wrapped.dims).toEqual(shape)
    expect(softmaxBackward(wrapped, tensor)).toEqual({
      data: softmaxBackward(want, logits, { shape }),
      dims: shape,
      type: 'float32',
    })
  })

  test('serve every function, with their own shape', () => {
    expect(logSoftmax(tensor, { axis: 0 }).data).toEqual(logSoftmax(logits, { shape, axis: 0 }))
    expect(hardmax(tensor).data).toEqual(Float32Array.of(1, 0, 0, 0, 0, 1))
    expect(logSumExp(tensor, { keepDims: true }).dims).toEqual([2, 1])
    expect(argmax(tensor)).toEqual({ data: Int32Array.of(0, 2), dims: [2], type: 'int32' })
    expect(topK(tensor, 1).values).toEqual({ data: Float32Array.of(2, 3), dims: [2, 1], type: 'float32' })
  })

  test('of float16 hold bits, whatever array the engine has for them', () => {
    const bits = encodeFloat16(logits)
    const half = new Tensor('float16', bits, shape)
    const y = softmax(half)
    expect([y.dims, y.type]).toEqual([shape, 'float16'])
    const raw = new Uint16Array((y.data as Uint16Array).buffer)
    expect(raw).toEqual(softmax(bits, { shape, dtype: 'float16' }))
    expect(new Tensor('float16', y.data as Uint16Array, y.dims).size).toBe(6)
  })

  test('of int64 are labels, of bool a mask', () => {
    const labels = new Tensor('int64', BigInt64Array.of(0n, 2n), [2])
    expect(crossEntropy(tensor, labels)).toBe(crossEntropy(logits, [0, 2], { shape }))
    const { grad } = crossEntropyWithGrad(tensor, labels)
    expect([grad.dims, grad.type]).toEqual([shape, 'float32'])
    const mask = new Tensor('bool', Uint8Array.of(1, 0, 1, 1, 1, 0), shape)
    expect(softmax(tensor, { mask }).data).toEqual(softmax(logits, { shape, mask: [1, 0, 1, 1, 1, 0] }))
  })

  test('take the output where they have its shape, as flat arrays of its length do', () => {
    const out = new Tensor('float32', new Float32Array(6), shape)
    expect(softmax(tensor, { out })).toEqual({ data: want, dims: shape, type: 'float32' })
    expect(out.data).toEqual(want)
    const flat = new Float32Array(6)
    expect(softmax(tensor, { out: flat }).data).toBe(flat)
    const each = new Tensor('float32', new Float32Array(2), [2])
    expect(logSumExp(tensor, { out: each })).toEqual(logSumExp(tensor))
    const kept = new Tensor('float32', new Float32Array(2), [2, 1])
    expect(logSumExp(tensor, { keepDims: true, out: kept }).dims).toEqual([2, 1])
    const labels = new Tensor('int64', BigInt64Array.of(0n, 2n), [2])
    expect(crossEntropyWithGrad(tensor, labels, { out }).grad.data).toBe(out.data)
  })

  test('of another shape take no output, though as many entries fit: RangeError that names both', () => {
    const labels = [0, 2]
    for (const dims of [[3, 2], [6], [2, 3, 1], [1, 2, 3]]) {
      const out = new Tensor('float32', new Float32Array(6), dims)
      const says = new RegExp(`"out" expected the result's shape, \\[2,3\\], got \\[${dims}\\]`)
      for (const call of [
        () => softmax(tensor, { out }),
        () => softmaxBackward(tensor, tensor, { out }),
        () => relu(tensor, { out }),
        () => crossEntropyWithGrad(tensor, labels, { out }),
      ]) {
        expect(call).toThrow(RangeError)
        expect(call).toThrow(says)
      }
    }
    const out = new Tensor('float32', new Float32Array(2), [2, 1])
    expect(() => logSumExp(tensor, { out })).toThrow(/"out" expected the result's shape, \[2\], got \[2,1\]/)
    expect(() => crossEntropy(tensor, labels, { reduction: 'none', out })).toThrow(/shape, \[2\], got \[2,1\]/)
  })

  test('on a graphics card are refused with the way to download them', () => {
    const gpuBuffer = {} as Parameters<typeof Tensor.fromGpuBuffer>[0]
    const resident = Tensor.fromGpuBuffer(gpuBuffer, { dataType: 'float32', dims: shape })
    expect(() => softmax(resident)).toThrow(TypeError)
    expect(() => softmax(resident)).toThrow(/gpu-buffer.*getData/)
  })
})

/** The least that TensorFlow.js needs to hold numbers: a map from data ids to arrays, in place of a backend package. */
class MemoryBackend extends tf.KernelBackend {
  readonly #values = new Map<object, tf.BackendValues>()
  #next = 0

  override write(values: tf.BackendValues): tf.TensorInfo['dataId'] {
    const dataId = { id: this.#next++ }
    this.#values.set(dataId, values)
    return dataId
  }
  override move(dataId: object, values: tf.BackendValues): void {
    this.#values.set(dataId, values)
  }
  override readSync(dataId: object): tf.BackendValues {
    return this.#values.get(dataId) as tf.BackendValues
  }
  override async read(dataId: object): Promise<tf.BackendValues> {
    return this.readSync(dataId)
  }
  override disposeData(dataId: object): boolean {
    return this.#values.delete(dataId)
  }
  override numDataIds(): number {
    return this.#values.size
  }
  override incRef(): void {}
  override floatPrecision(): 32 {
    return 32
  }
  override epsilon(): number {
    return 1e-7
  }
  override timerAvailable(): boolean {
    return false
  }
  override dispose(): void {
    this.#values.clear()
  }
}

describe('tensors of TensorFlow.js (@tensorflow/tfjs-core)', () => {
  beforeAll(async () => {
    tf.registerBackend('memory', () => new MemoryBackend())
    await tf.setBackend('memory')
  })
  afterAll(() => tf.removeBackend('memory'))

  test('go straight in, and the output goes back into a tensor', () => {
    const tensor = tf.tensor2d(logits, [2, 3])
    const y = softmax(tensor)
    expect(y).toEqual({ data: want, shape })
    const wrapped = tf.tensor(y.data, y.shape)
    expect(wrapped.shape).toEqual(shape)
    expect(wrapped.dataSync()).toEqual(want)
    expect(softmaxBackward(wrapped, tensor)).toEqual({ data: softmaxBackward(want, logits, { shape }), shape })
    expect(tensor.dataSync()).toEqual(Float32Array.of(2, 1, 0.1, -1, 0, 3))
  })

  test('serve as labels and masks, and keep every axis that tf.softmax refuses', () => {
    const tensor = tf.tensor2d(logits, [2, 3])
    const labels = tf.tensor1d([0, 2], 'int32')
    expect(crossEntropy(tensor, labels)).toBe(crossEntropy(logits, [0, 2], { shape }))
    const oneHot = tf.tensor2d([1, 0, 0, 0, 0, 1], [2, 3])
    expect(crossEntropy(tensor, oneHot)).toBeCloseTo(crossEntropy(logits, [0, 2], { shape }), 12)
    const mask = tf.tensor2d([1, 0, 1, 1, 1, 0], [2, 3], 'bool')
    expect(softmax(tensor, { mask }).data).toEqual(softmax(logits, { shape, mask: [1, 0, 1, 1, 1, 0] }))
    expect(softmax(tensor, { axis: 0 }).data).toEqual(softmax(logits, { shape, axis: 0 }))
    expect(logSumExp(tensor, { axis: [0, 1] }).shape).toEqual([])
  })
})
