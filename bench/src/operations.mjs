/**
 * @typedef {'softmax' | 'logSoftmax' | 'logSumExp' | 'softmaxBackward' | 'crossEntropyWithGrad' | 'sparsemax' | 'entmax'
 *   } Operation `entmax` is at its default alpha, 1.5
 */

/** @type {readonly Operation[]} */
export const operations = [
  'softmax',
  'logSoftmax',
  'logSumExp',
  'softmaxBackward',
  'crossEntropyWithGrad',
  'sparsemax',
  'entmax',
]

/**
 * How many numbers an operation gives: one per entry, or one per row.
 * @param {Operation} operation
 * @param {import('./shapes.mjs').Shape} shape
 */
export function outputLength(operation, shape) {
  return operation === 'logSumExp' ? shape.rows : shape.length
}

/** Room for a sorted row, so that no garbage of the peer's is collected in another's time. */
let room = new Float64Array(0)

/**
 * Probabilities of one row by the textbook: sort, find how many entries count, subtract the threshold (Martins and
 * Astudillo 2016, algorithm 1; Peters, Niculae and Martins 2019, algorithm 2).
 * @param {Float64Array} row the logits, which become probabilities
 * @param {'sparsemax' | 'entmax'} operation
 */
export function sparseRow(row, operation) {
  const half = operation === 'entmax'
  let max = -Infinity
  for (let j = 0; j < row.length; j++) max = Math.max(max, row[j])
  for (let j = 0; j < row.length; j++) row[j] = (row[j] - max) * (half ? 0.5 : 1)
  if (room.length < row.length) room = new Float64Array(row.length)
  const sorted = room.subarray(0, row.length)
  sorted.set(row)
  sorted.sort().reverse()
  let [sum, squares, tau] = [0, 0, 0]
  for (let k = 0; k < sorted.length; k++) {
    sum += sorted[k]
    squares += sorted[k] * sorted[k]
    const count = k + 1
    const mean = sum / count
    const next = half ? mean - Math.sqrt(Math.max(0, (1 - (squares - count * mean * mean)) / count)) : (sum - 1) / count
    if (!(sorted[k] > next)) break
    tau = next
  }
  for (let j = 0; j < row.length; j++) {
    const above = Math.max(0, row[j] - tau)
    row[j] = half ? above * above : above
  }
}
