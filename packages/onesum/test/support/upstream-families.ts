import type { TensorJson } from './cases.ts'

/** A case of scipy-logsumexp-softmax.json; axis null is the whole array. */
export type ScipyCase = {
  name: string
  op: 'softmax' | 'log_softmax' | 'logsumexp' | 'logsumexp_b'
  attrs: { axis: number[] | null; keepdims?: boolean }
  inputs: TensorJson[]
  outputs: TensorJson[]
  rtol: number
}

/** A case of tfjs-softmax-family.json; without `outputs` it only says that TensorFlow.js throws. */
export type TfjsCase = {
  family: 'softmax' | 'log_softmax' | 'log_sum_exp' | 'softmax_cross_entropy'
  name: string
  attrs: { axis: number; axes?: number[] | null; keepDims?: boolean; reduction?: string; labelSmoothing?: number }
  inputs: TensorJson[]
  outputs?: TensorJson[]
  dy?: TensorJson
  grads?: TensorJson[]
  atol: number
}

/**
 * SciPy's mappings take several axes at once, ours one. The cases use one axis, or trailing ones, or all:
 * those are the last axis of a reshaped array.
 */
export function scipyRows(shape: number[], axis: number[] | null): { shape: number[]; axis: number } {
  if (axis !== null && axis.length === 1) return { shape, axis: axis[0] }
  const kept = axis === null ? [] : shape.slice(0, shape.length - axis.length)
  const size = shape.slice(kept.length).reduce((a, b) => a * b, 1)
  return { shape: [...kept, size], axis: -1 }
}
