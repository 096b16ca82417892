import { sparseRow } from '../src/operations.mjs'

let row = new Float64Array(0)

/**
 * The textbook's three loops over one row, on Float32Array with sums in float64; cross-entropy gives the row's loss.
 * @type {Record<import('../src/operations.mjs').Operation,
 *   (workload: import('../src/workload.mjs').Workload, row: number, start: number, out: Float32Array) => number>}
 */
export const loops = {
  softmax({ x, shape: { columns, inner } }, _row, start, out) {
    const end = start + columns * inner
    const max = maximum(x, start, end, inner)
    let sum = 0
    for (let i = start; i < end; i += inner) {
      const e = Math.exp(x[i] - max)
      out[i] = e
      sum += e
    }
    for (let i = start; i < end; i += inner) out[i] /= sum
    return 0
  },
  logSoftmax({ x, shape: { columns, inner } }, _row, start, out) {
    const end = start + columns * inner
    const max = maximum(x, start, end, inner)
    const logarithm = Math.log(exponentials(x, start, end, inner, max))
    for (let i = start; i < end; i += inner) out[i] = x[i] - max - logarithm
    return 0
  },
  logSumExp({ x, shape: { columns, inner } }, row, start, out) {
    const end = start + columns * inner
    const max = maximum(x, start, end, inner)
    out[row] = max + Math.log(exponentials(x, start, end, inner, max))
    return 0
  },
  softmaxBackward({ y, gy, shape: { columns, inner } }, _row, start, out) {
    const end = start + columns * inner
    let dot = 0
    for (let i = start; i < end; i += inner) dot += y[i] * gy[i]
    for (let i = start; i < end; i += inner) out[i] = y[i] * (gy[i] - dot)
    return 0
  },
  sparsemax: sparse,
  entmax: sparse,
  crossEntropyWithGrad({ x, labels, shape: { rows, columns, inner } }, row, start, out) {
    const end = start + columns * inner
    const max = maximum(x, start, end, inner)
    let sum = 0
    for (let i = start; i < end; i += inner) {
      const e = Math.exp(x[i] - max)
      out[i] = e
      sum += e
    }
    const factor = 1 / (sum * rows)
    for (let i = start; i < end; i += inner) out[i] *= factor
    const label = start + labels[row] * inner
    out[label] -= 1 / rows
    return Math.log(sum) + max - x[label]
  },
}

/**
 * @param {import('../src/workload.mjs').Workload} workload
 * @param {number} _row
 * @param {number} start
 * @param {Float32Array} out
 */
function sparse({ x, operation, shape: { columns, inner } }, _row, start, out) {
  if (row.length < columns) row = new Float64Array(columns)
  const values = row.subarray(0, columns)
  for (let c = 0; c < columns; c++) values[c] = x[start + c * inner]
  sparseRow(values, /** @type {'sparsemax' | 'entmax'} */ (operation))
  for (let c = 0; c < columns; c++) out[start + c * inner] = values[c]
  return 0
}

/** @param {Float32Array} x @param {number} start @param {number} end @param {number} step */
function maximum(x, start, end, step) {
  let max = -Infinity
  for (let i = start; i < end; i += step) if (x[i] > max) max = x[i]
  return max
}

/** @param {Float32Array} x @param {number} start @param {number} end @param {number} step @param {number} max */
function exponentials(x, start, end, step, max) {
  let sum = 0
  for (let i = start; i < end; i += step) sum += Math.exp(x[i] - max)
  return sum
}
