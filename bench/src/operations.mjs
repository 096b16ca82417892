/** @typedef {'softmax' | 'logSoftmax' | 'logSumExp' | 'softmaxBackward' | 'crossEntropyWithGrad'} Operation */

/** @type {readonly Operation[]} */
export const operations = ['softmax', 'logSoftmax', 'logSumExp', 'softmaxBackward', 'crossEntropyWithGrad']

/**
 * How many numbers an operation gives: one per entry, or one per row.
 * @param {Operation} operation
 * @param {import('./shapes.mjs').Shape} shape
 */
export function outputLength(operation, shape) {
  return operation === 'logSumExp' ? shape.rows : shape.length
}
