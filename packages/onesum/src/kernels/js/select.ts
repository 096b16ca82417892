/** Order within a row: the largest entry, the k largest, one-hot. NaN counts as largest, ties go to the lowest index. */
import type { Elements } from '../../rows/open.ts'
import type { Rows } from '../../rows/rows.ts'
import { eachRow, mapEach, position, storeScalar } from './dense.ts'

/** Whether entry a comes before entry b in descending order. */
function before(x: Float64Array, a: number, b: number): boolean {
  const va = x[a]
  const vb = x[b]
  if (va > vb) return true
  if (va < vb) return false
  const na = Number.isNaN(va)
  const nb = Number.isNaN(vb)
  return na === nb ? a < b : na
}

/** Index of the row's largest entry; −1 in an empty row. */
export function largest(x: Float64Array, size: number): number {
  let best = size > 0 ? 0 : -1
  for (let j = 1; j < size; j++) if (before(x, j, best)) best = j
  return best
}

/** One position per row; −1 where a row keeps nothing. */
function argmaxRows(rows: Rows, output: Int32Array): void {
  eachRow(rows, ({ row, start, size, values: [x] }) => {
    const best = largest(x, size)
    output[row] = best < 0 ? -1 : position(rows, start, best)
  })
}

/** How many entries are above 0 in each row. */
function supportRows(rows: Rows, output: Int32Array): void {
  eachRow(rows, ({ row, size, values: [y] }) => {
    let above = 0
    for (let j = 0; j < size; j++) if (y[j] > 0) above++
    output[row] = above
  })
}

/** 1 at the row's largest entry, 0 elsewhere, in place. */
function hardmaxRow([x]: Float64Array[], size: number): void {
  const best = largest(x, size)
  x.fill(0, 0, size)
  if (best >= 0) x[best] = 1
}

/** Where the k largest go: both with k in the place of the axis. */
export interface TopK {
  readonly k: number
  readonly values: Elements
  readonly indices: Int32Array
}

/** The k largest entries of each row, descending; every row keeps at least k. */
function topKRows(rows: Rows, { k, values, indices }: TopK): void {
  const { inner } = rows
  const heap = new Int32Array(k)
  eachRow(rows, ({ row, start, size, values: [x] }) => {
    selectTop(x, size, k, heap)
    const first = Math.floor(row / inner) * k * inner + (row % inner)
    for (let r = 0; r < k; r++) {
      const at = first + r * inner
      storeScalar(values, at, x[heap[r]])
      indices[at] = position(rows, start, heap[r])
    }
  })
}

/**
 * The indices of the k first in descending order, in `heap`.
 *
 * Method: a heap of the k best so far with the worst on top; each entry that beats it replaces it, O(n log k) at
 * worst, and nearly n comparisons on a row in no special order.
 */
export function selectTop(x: Float64Array, size: number, k: number, heap: Int32Array): void {
  if (k === 0) return
  for (let j = 0; j < k; j++) heap[j] = j
  for (let j = (k >> 1) - 1; j >= 0; j--) siftDown(x, heap, j, k)
  for (let j = k; j < size; j++) {
    if (!before(x, j, heap[0])) continue
    heap[0] = j
    siftDown(x, heap, 0, k)
  }
  for (let end = k - 1; end > 0; end--) {
    const worst = heap[0]
    heap[0] = heap[end]
    heap[end] = worst
    siftDown(x, heap, 0, end)
  }
}

/** Restores the heap below `at`: every parent comes after its children in descending order. */
function siftDown(x: Float64Array, heap: Int32Array, at: number, size: number): void {
  const item = heap[at]
  for (;;) {
    let child = 2 * at + 1
    if (child >= size) break
    if (child + 1 < size && before(x, heap[child], heap[child + 1])) child++
    if (before(x, heap[child], item)) break
    heap[at] = heap[child]
    at = child
  }
  heap[at] = item
}

export const argmaxKernel = { js: argmaxRows }
export const hardmaxKernel = { js: mapEach(hardmaxRow) }
export const topKKernel = { js: topKRows }
export const supportKernel = { js: supportRows }
