/** The calls that a page and Node make alike. */
import type * as library from '../../../packages/onesum/src/index.ts'
import type { Batch } from './batches.ts'

export type Library = typeof library
export type Floats = Float32Array | Float64Array
export type Precision = 'float32' | 'float64'

type Call = (onesum: Library, batch: Batch, as: (values: Float32Array) => Floats, reproducible: boolean) => Floats

const loss: (part: 'loss' | 'grad') => Call =
  (part) =>
  (onesum, { x, shape, labels }, as, reproducible) =>
    onesum.crossEntropyWithGrad(as(x), labels, { shape, reproducible, reduction: 'none' })[part]

/** By the name of the function, or of the part of its result. */
export const calls: Record<string, Call> = {
  softmax: (onesum, { x, shape }, as, reproducible) => onesum.softmax(as(x), { shape, reproducible }),
  logSoftmax: (onesum, { x, shape }, as, reproducible) => onesum.logSoftmax(as(x), { shape, reproducible }),
  logSumExp: (onesum, { x, shape }, as, reproducible) => onesum.logSumExp(as(x), { shape, reproducible }),
  softmaxBackward: (onesum, { y, gy, shape }, as, reproducible) =>
    onesum.softmaxBackward(as(y), as(gy), { shape, reproducible }),
  logSoftmaxBackward: (onesum, { logY, gy, shape }, as, reproducible) =>
    onesum.logSoftmaxBackward(as(logY), as(gy), { shape, reproducible }),
  'cross-entropy': loss('loss'),
  'gradient of cross-entropy': loss('grad'),
}

/** The results of one call for all batches, one after the other. */
export function resultsOf(
  name: string,
  onesum: Library,
  batches: readonly Batch[],
  precision: Precision,
  reproducible = false,
): Floats {
  const as = (values: Float32Array) => (precision === 'float32' ? values : Float64Array.from(values))
  const parts = batches.map((batch) => calls[name](onesum, batch, as, reproducible))
  const length = parts.reduce((total, part) => total + part.length, 0)
  const all = precision === 'float32' ? new Float32Array(length) : new Float64Array(length)
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

/** SHA-256 of the bits, all NaN being one. */
export async function hashOf(values: Floats): Promise<string> {
  for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i])) values[i] = NaN
  const bytes = new Uint8Array(values.buffer as ArrayBuffer, values.byteOffset, values.byteLength)
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
