import { sparseRow } from './operations.mjs'
import { rowStart } from './shapes.mjs'

// Rows are checked evenly spread, first and last included, up to so many entries.
const checkedEntries = 1 << 21

/**
 * What the checked rows should give, in float64, row after row. `scale` holds what each error is measured against.
 * `loss` is there when every row is checked.
 * @typedef {{ rows: number[], width: number, values: Float64Array, scale: Float64Array, loss?: number }} Reference
 */

/**
 * @param {import('./workload.mjs').Workload} workload
 * @returns {Reference}
 */
export function makeReference(workload) {
  const { shape, operation } = workload
  const rows = checkedRows(shape)
  const width = operation === 'logSumExp' ? 1 : shape.columns
  const values = new Float64Array(rows.length * width)
  const scale = new Float64Array(values.length)
  let loss = 0
  rows.forEach((row, i) => {
    loss += exactRows[operation](workload, row, values, scale, i * width) ?? 0
  })
  const complete = operation === 'crossEntropyWithGrad' && rows.length === shape.rows
  return { rows, width, values, scale, loss: complete ? loss / rows.length : undefined }
}

/** @param {import('./shapes.mjs').Shape} shape */
function checkedRows({ rows, columns }) {
  const count = Math.min(rows, Math.max(1, Math.floor(checkedEntries / columns)))
  return Array.from({ length: count }, (_, i) => (count === 1 ? 0 : Math.round((i * (rows - 1)) / (count - 1))))
}

/**
 * One row's exact values, written from index `at` on; cross-entropy gives the row's loss.
 * @type {Record<import('./operations.mjs').Operation, (workload: import('./workload.mjs').Workload, row: number,
 *   values: Float64Array, scale: Float64Array, at: number) => number | void>}
 */
const exactRows = {
  softmax({ x, shape }, row, values, scale, at) {
    const { max, rest } = totals(x, shape, row)
    const start = rowStart(shape, row)
    for (let c = 0, i = start; c < shape.columns; c++, i += shape.inner) {
      scale[at + c] = values[at + c] = Math.exp(x[i] - max) / (1 + rest)
    }
  },
  logSoftmax({ x, shape }, row, values, scale, at) {
    const { max, rest } = totals(x, shape, row)
    const logarithm = Math.log1p(rest)
    const start = rowStart(shape, row)
    for (let c = 0, i = start; c < shape.columns; c++, i += shape.inner) {
      scale[at + c] = values[at + c] = x[i] - max - logarithm
    }
  },
  logSumExp({ x, shape }, row, values, scale, at) {
    const { max, rest } = totals(x, shape, row)
    values[at] = max + Math.log1p(rest)
    scale[at] = Math.max(Math.abs(max), Math.abs(values[at]))
  },
  softmaxBackward({ y, gy, shape }, row, values, scale, at) {
    const start = rowStart(shape, row)
    let dot = 0
    let largest = 0
    for (let c = 0, i = start; c < shape.columns; c++, i += shape.inner) {
      dot += y[i] * gy[i]
      largest = Math.max(largest, Math.abs(gy[i]))
    }
    for (let c = 0, i = start; c < shape.columns; c++, i += shape.inner) {
      values[at + c] = y[i] * (gy[i] - dot)
      scale[at + c] = y[i] * (Math.abs(gy[i]) + largest)
    }
  },
  sparsemax: exactSparse,
  entmax: exactSparse,
  crossEntropyWithGrad(workload, row, values, scale, at) {
    const { x, labels, shape } = workload
    exactRows.softmax(workload, row, values, scale, at)
    // From the sum of the other terms: p − 1 would lose a confident row's digits.
    let others = 0
    for (let c = 0; c < shape.columns; c++) if (c !== labels[row]) others += values[at + c]
    values[at + labels[row]] = -others
    for (let c = 0; c < shape.columns; c++) scale[at + c] = values[at + c] /= shape.rows
    const { max, rest } = totals(x, shape, row)
    return max - x[rowStart(shape, row) + labels[row] * shape.inner] + Math.log1p(rest)
  },
}

/**
 * @param {import('./workload.mjs').Workload} workload
 * @param {number} row
 * @param {Float64Array} values
 * @param {Float64Array} scale
 * @param {number} at
 */
function exactSparse({ x, shape, operation }, row, values, scale, at) {
  const own = values.subarray(at, at + shape.columns)
  const start = rowStart(shape, row)
  for (let c = 0; c < shape.columns; c++) own[c] = x[start + c * shape.inner]
  sparseRow(own, /** @type {'sparsemax' | 'entmax'} */ (operation))
  // probabilities at the edge of the support are differences of numbers near 1
  for (let c = 0; c < shape.columns; c++) scale[at + c] = Math.max(own[c], 2 ** -20)
}

/**
 * A row's maximum, and the sum of exp(x − max) over all entries but one maximum: its term is exactly 1, and leaving
 * it out lets log1p keep a sum barely above 1.
 * @param {Float32Array} x
 * @param {import('./shapes.mjs').Shape} shape
 * @param {number} row
 */
function totals(x, shape, row) {
  const start = rowStart(shape, row)
  const end = start + shape.columns * shape.inner
  let top = start
  for (let i = start; i < end; i += shape.inner) if (x[i] > x[top]) top = i
  let rest = 0
  for (let i = start; i < end; i += shape.inner) if (i !== top) rest += Math.exp(x[i] - x[top])
  return { max: x[top], rest }
}
