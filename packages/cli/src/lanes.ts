import { UsageError } from './errors.ts'

/**
 * An array seen along one axis: `outer` blocks of `length` × `inner` elements. The rows of a softmax are the
 * `outer · inner` lines of `length` elements, `inner` apart. An unknown size is undefined (rows of a text stream).
 */
export interface Lanes {
  axis: number
  outer: number | undefined
  length: number | undefined
  inner: number
  /** Elements of one block: the smallest contiguous range that holds whole lines. */
  block: number | undefined
}

export function lanesOf(shape: readonly (number | undefined)[], axis: number): Lanes {
  const rank = shape.length
  const at = axis < 0 ? axis + rank : axis
  if (rank === 0 && (axis === 0 || axis === -1)) return { axis: 0, outer: 1, length: 1, inner: 1, block: 1 }
  if (!(at >= 0 && at < rank)) {
    throw new UsageError(`--axis ${axis} is not an axis of ${rank} dimension${rank === 1 ? '' : 's'}: ${range(rank)}`)
  }
  const length = shape[at]
  const inner = product(shape.slice(at + 1)) ?? 0
  const block = length === undefined ? undefined : length * inner
  return { axis: at, outer: product(shape.slice(0, at)), length, inner, block }
}

export function product(sizes: readonly (number | undefined)[]): number | undefined {
  let result = 1
  for (const size of sizes) {
    if (size === undefined) return undefined
    result *= size
  }
  return result
}

function range(rank: number): string {
  return rank === 0 ? 'a scalar has 0 or -1' : `give ${-rank} to ${rank - 1}`
}
