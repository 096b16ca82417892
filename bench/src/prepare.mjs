import { outputLength } from './operations.mjs'

/**
 * A workload's arguments, in the library's own memory or in the user's arrays, and the call on them.
 * @param {any} onesum
 * @param {import('./workload.mjs').Workload} workload
 * @param {boolean} zeroCopy
 */
export function prepare(onesum, workload, zeroCopy) {
  const { operation, shape, x, y, gy, labels } = workload
  /** @type {Float32Array[]} */
  const taken = []
  const take = (/** @type {number} */ length) => {
    if (!zeroCopy) return new Float32Array(length)
    taken.push(onesum.allocate('float32', length))
    return taken[taken.length - 1]
  }
  const place = (/** @type {Float32Array} */ values) => {
    if (!zeroCopy) return values
    const placed = take(values.length)
    placed.set(values)
    return placed
  }
  const values = take(outputLength(operation, shape)).fill(Number.NaN)
  const options = { shape: shape.dims, axis: shape.axis, out: values }
  /** @type {number | undefined} */
  let loss
  const release = () => {
    for (const array of taken) onesum.release(array)
  }
  const call = makeCall()
  return { call, output: () => ({ values, loss }), release }

  function makeCall() {
    const { softmax, logSoftmax, logSumExp, softmaxBackward, crossEntropyWithGrad, sparsemax, entmax } = onesum
    if (operation === 'softmaxBackward') {
      const [first, second] = [place(y), place(gy)]
      return () => softmaxBackward(first, second, options)
    }
    const given = place(x)
    if (operation === 'softmax') return () => softmax(given, options)
    if (operation === 'logSoftmax') return () => logSoftmax(given, options)
    if (operation === 'logSumExp') return () => logSumExp(given, options)
    if (operation === 'sparsemax') return () => sparsemax(given, options)
    if (operation === 'entmax') return () => entmax(given, options)
    return () => {
      loss = crossEntropyWithGrad(given, labels, options).loss
    }
  }
}
