import { createHash } from 'node:crypto'
import { type MockInstance, vi } from 'vitest'
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
import { Worth } from '../../src/threads/worth.ts'
import { seeded } from '../support/random.ts'

/** One call's arrays, where kernels work without copying, and ordinary ones with the same numbers. */
export interface Arrays {
  readonly shape: [number, number]
  readonly x: Float32Array
  readonly gy: Float32Array
  readonly labels: Int32Array
  readonly weight: Float64Array
  readonly mask: Uint8Array
}

/** Logits from -20 to 20, and an upstream gradient, both seeded. */
export function arraysOf(shape: [number, number], seed: number): Arrays {
  const [rows, columns] = shape
  const random = seeded(seed)
  const size = rows * columns
  return {
    shape,
    x: Float32Array.from({ length: size }, () => 40 * random() - 20),
    gy: Float32Array.from({ length: size }, () => random() - 0.5),
    labels: Int32Array.from({ length: rows }, () => (random() < 0.1 ? -100 : Math.floor(columns * random()))),
    weight: Float64Array.from({ length: columns }, () => 0.5 + random()),
    mask: Uint8Array.from({ length: size }, () => (random() < 0.1 ? 0 : 1)),
  }
}

type Call = (arrays: Arrays, out: Float32Array) => Float32Array | number

/** Every function that has kernels for many rows. */
export const calls: Record<string, Call> = {
  softmax: ({ x, shape }, out) => softmax(x, { shape, out }),
  'softmax at a temperature': ({ x, shape }, out) => softmax(x, { shape, out, temperature: 0.7 }),
  'softmax, reproducible': ({ x, shape }, out) => softmax(x, { shape, out, reproducible: true }),
  'softmax, masked': ({ x, shape, mask }, out) => softmax(x, { shape, out, mask }),
  'softmax along the first axis': ({ x, shape }, out) => softmax(x, { shape, out, axis: 0 }),
  'logSoftmax at a temperature': ({ x, shape }, out) => logSoftmax(x, { shape, out, temperature: 1.3 }),
  'logSoftmax, reproducible': ({ x, shape }, out) => logSoftmax(x, { shape, out, reproducible: true }),
  'softmaxBackward at a temperature': ({ x, gy, shape }, out) => softmaxBackward(x, gy, { shape, out, temperature: 3 }),
  'crossEntropyWithGrad, weighted': ({ x, labels, shape, weight }, out) =>
    crossEntropyWithGrad(x, labels, { shape, out, weight }).grad as Float32Array,
  logSoftmax: ({ x, shape }, out) => logSoftmax(x, { shape, out }),
  logSumExp: ({ x, shape }) => logSumExp(x, { shape }) as Float32Array,
  softmaxBackward: ({ x, gy, shape }, out) => softmaxBackward(x, gy, { shape, out }),
  logSoftmaxBackward: ({ x, gy, shape }, out) => logSoftmaxBackward(x, gy, { shape, out }),
  crossEntropy: ({ x, labels, shape }) =>
    crossEntropy(x, labels, { shape, reduction: 'none' }) as unknown as Float32Array,
  'crossEntropyWithGrad, the loss': ({ x, labels, shape }, out) =>
    crossEntropyWithGrad(x, labels, { shape, out }).loss as number,
  'crossEntropyWithGrad, the gradient': ({ x, labels, shape }, out) =>
    crossEntropyWithGrad(x, labels, { shape, out }).grad as Float32Array,
}

/** What a call gives, as a digest of its bits; on arrays that kernels use in place, `inPlace` with the output in the place of x. */
export function bitsOf(call: Call, arrays: Arrays, inPlace = false): string {
  const size = arrays.x.length
  const [x, gy, out] = [allocate('float32', size), allocate('float32', size), allocate('float32', size)]
  x.set(arrays.x)
  gy.set(arrays.gy)
  const result = call({ ...arrays, x, gy }, inPlace ? x : out)
  const bytes =
    typeof result === 'number'
      ? new Uint8Array(Float64Array.of(result).buffer)
      : new Uint8Array(result.buffer, result.byteOffset, result.byteLength).slice()
  for (const array of [x, gy, out]) release(array)
  return createHash('sha256').update(bytes).digest('hex')
}

interface Terminable {
  terminate(): Promise<number>
}

/** Node's workers as they are made from now on, until `restore`. */
export function watchWorkers(): { made: Terminable[]; restore: () => void } {
  const threads = process.getBuiltinModule('node:worker_threads') as unknown as {
    Worker: new (...args: unknown[]) => Terminable
  }
  const { Worker } = threads
  const made: Terminable[] = []
  threads.Worker = class extends Worker {
    constructor(...args: unknown[]) {
      super(...args)
      made.push(this)
    }
  }
  return {
    made,
    restore: () => {
      threads.Worker = Worker
    },
  }
}

/** From now on all calls that can be shared are, however busy the machine is; until `mockRestore`. */
export function shareAlways(): MockInstance {
  return vi.spyOn(Worth.prototype, 'begin').mockReturnValue(true)
}
