import { makeReference } from './reference.mjs'
import { rowStart } from './shapes.mjs'

/**
 * `ulp`: the largest error, in units of the last place of what it is measured against: the exact value; for
 * log-sum-exp the larger of it and the maximum; for sparse mappings the larger of it and 2^-20; for backward y·(|gy| + max|gy|), as in the library's own bounds.
 * `rowSum`: how far a row's probabilities miss a sum of 1, where the operation gives probabilities.
 * @typedef {{ ulp: number, rowSum?: number }} Accuracy
 *
 * Throws where a result is wrong; `promised` holds it to the bounds of the library.
 * @typedef {(output: import('./timing.mjs').Output, promised: boolean) => Accuracy} Check
 */

const smallestNormal = 2 ** -126

// The library's bounds in these units. Backward's are multiples of 2^-23 and cross-entropy's is 1e-6, both relative,
// and an ulp may be as little as 2^-24 relative: hence twice 4, and 16.8.
// Sparse mappings are within 1 ulp or 1e-14, and measured in units of 2^-20 at least.
const promisedUlp = {
  softmax: 4,
  logSoftmax: 5,
  logSumExp: 3,
  softmaxBackward: 8,
  crossEntropyWithGrad: 16.8,
  sparsemax: 1,
  entmax: 1,
}
const promisedMiss = 1e-6

// Beyond this a result is wrong, not inexact: plain float32 sums over 2^20 terms stay below it.
const tolerance = 2e-3

const word = new Float64Array(1)
// The high half holds sign and exponent, second on every machine that V8 runs on.
const halves = new Uint32Array(word.buffer)
const unit = Float64Array.from({ length: 2048 }, (_, exponent) => 2 ** Math.max(exponent - 1023 - 23, -149))

/**
 * The distance between float32 neighbours at a number.
 * @param {number} value
 */
export function ulpAt(value) {
  word[0] = value
  return unit[(halves[1] >>> 20) & 0x7ff]
}

/**
 * @param {import('./workload.mjs').Workload} workload
 * @returns {Check}
 */
export function makeCheck(workload) {
  const { operation, shape, labels } = workload
  const { rows, width, values: exact, scale, loss } = makeReference(workload)
  const stride = width === 1 ? 1 : shape.inner
  // Logarithms near 0 are checked absolutely; a peer's p − 1 at the true class is inexact beside 1, not beside itself.
  const floor = operation === 'logSoftmax' || operation === 'logSumExp' ? 1 : 0
  const labelFloor = operation === 'crossEntropyWithGrad' ? 1 / shape.rows : 0
  const logarithms = operation === 'logSoftmax'
  const probabilities = logarithms || ['softmax', 'sparsemax', 'entmax'].includes(operation)
  return ({ values, loss: given }, promised) => {
    let ulp = 0
    let rowSum = 0
    for (let r = 0; r < rows.length; r++) {
      const row = rows[r]
      let sum = 0
      for (let c = 0, i = width === 1 ? row : rowStart(shape, row), j = r * width; c < width; c++, i += stride, j++) {
        const error = Math.abs(values[i] - exact[j])
        const size = Math.abs(scale[j])
        const allowance = size + floor + (c === labels[row] ? labelFloor : 0)
        if (!(error <= tolerance * allowance + smallestNormal)) {
          throw new Error(`row ${row}, class ${c}: expected ${exact[j]}, got ${values[i]}`)
        }
        if (size >= smallestNormal) ulp = Math.max(ulp, error / ulpAt(size))
        sum += logarithms ? Math.exp(values[i]) : values[i]
      }
      rowSum = Math.max(rowSum, Math.abs(sum - 1))
    }
    checkLoss(given, loss, promised ? 1e-6 : tolerance)
    if (promised && !(ulp <= promisedUlp[operation])) throw new Error(`off by ${ulp} ulp, beyond the library's bound`)
    if (!probabilities) return { ulp }
    if (promised && !logarithms && !(rowSum <= promisedMiss)) throw new Error(`a row misses a sum of 1 by ${rowSum}`)
    return { ulp, rowSum }
  }
}

/**
 * @param {number | undefined} loss
 * @param {number | undefined} expected
 * @param {number} relative
 */
function checkLoss(loss, expected, relative) {
  if (loss === undefined || expected === undefined) return
  if (!(Math.abs(loss - expected) <= relative * Math.abs(expected))) {
    throw new Error(`expected the loss ${expected}, got ${loss}`)
  }
}
