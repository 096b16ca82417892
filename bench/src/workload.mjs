import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { normals, uniform } from './random.mjs'
import { rowStart } from './shapes.mjs'

/**
 * The numbers every contender works on.
 * @typedef {object} Data
 * @property {import('./shapes.mjs').Shape} shape
 * @property {Float32Array} x logits, N(0, 1)·5
 * @property {Float32Array} y their softmax
 * @property {Float32Array} gy an upstream gradient, N(0, 1)
 * @property {Int32Array} labels one class per row
 * @typedef {Data & { operation: import('./operations.mjs').Operation }} Workload
 */

/**
 * @param {import('./shapes.mjs').Shape} shape
 * @param {number} seed
 * @returns {Data}
 */
export function makeData(shape, seed) {
  const random = uniform(seed)
  const x = normals(shape.length, 5, random)
  const gy = normals(shape.length, 1, random)
  const labels = Int32Array.from({ length: shape.rows }, () => Math.floor(random() * shape.columns))
  return { shape, x, y: softmaxOf(x, shape), gy, labels }
}

/**
 * @param {Float32Array} x
 * @param {import('./shapes.mjs').Shape} shape
 */
function softmaxOf(x, shape) {
  const { rows, columns, inner } = shape
  const y = new Float32Array(x.length)
  const exponentials = new Float64Array(columns)
  for (let row = 0; row < rows; row++) {
    const start = rowStart(shape, row)
    let max = -Infinity
    for (let c = 0; c < columns; c++) max = Math.max(max, x[start + c * inner])
    let sum = 0
    for (let c = 0; c < columns; c++) {
      exponentials[c] = Math.exp(x[start + c * inner] - max)
      sum += exponentials[c]
    }
    for (let c = 0; c < columns; c++) y[start + c * inner] = exponentials[c] / sum
  }
  return y
}

/**
 * Writes the data for contenders in other processes.
 * @param {Data} data
 * @param {string} folder
 */
export function writeData(data, folder) {
  const { x, y, gy, labels } = data
  const files = Object.entries({ x, y, gy, labels }).map(([name, values]) => {
    const file = join(folder, `${name}.bin`)
    writeFileSync(file, new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    return [name, file]
  })
  return Object.fromEntries(files)
}
