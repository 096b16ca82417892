// Data sets of the classifier's benchmark: the digits of the tests, and two made from a seed.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { normals, uniform } from '../src/random.mjs'

/**
 * @typedef {object} DataSet
 * @property {string} name
 * @property {Float32Array} features
 * @property {Int32Array} labels
 * @property {number} rows
 * @property {number} columns
 * @property {number} classes
 * @property {number} gap how far scikit-learn 1.9 stops above the minimum at its own tolerance, relative
 */

/** @type {Record<string, () => DataSet>} */
export const dataSets = { digits, mn, syn }

function digits() {
  const features = Float32Array.from(bytes('digits.X.npy'), (value) => value / 16)
  const labels = new Int32Array(Uint8Array.from(bytes('digits.y.npy')).buffer)
  return { name: 'digits', features, labels, rows: 1797, columns: 64, classes: 10, gap: 4e-4 }
}

/** Blobs on a 28 × 28 grid, shifted and noisy: three quarters are zeros, 300 columns nothing else. */
function mn() {
  const [rows, columns, classes, side] = [10000, 784, 10, 28]
  const random = uniform(1)
  const noise = normals(rows * columns, 0.25, uniform(2))
  const prototypes = Array.from({ length: 4 * classes }, () => prototype(random, side))
  const features = new Float32Array(rows * columns)
  const labels = new Int32Array(rows)
  for (let row = 0; row < rows; row++) {
    labels[row] = row % classes
    const shape = prototypes[4 * labels[row] + Math.floor(4 * random())]
    const [down, right] = [Math.floor(5 * random()) - 2, Math.floor(5 * random()) - 2]
    for (let i = 3; i < side - 3; i++) {
      for (let j = 3; j < side - 3; j++) {
        const value = shape[(i + down) * side + j + right] + noise[row * columns + i * side + j]
        features[row * columns + i * side + j] = value < 0.45 ? 0 : Math.min(1, value)
      }
    }
  }
  return { name: 'mn', features, labels, rows, columns, classes, gap: 4e-4 }
}

/** @param {() => number} random @param {number} side */
function prototype(random, side) {
  const image = new Float32Array(side * side)
  for (let blob = 0; blob < 6; blob++) {
    const [y, x, size] = [4 + 20 * random(), 4 + 20 * random(), 1.5 + 2 * random()]
    for (let i = 0; i < image.length; i++) {
      const distance = (Math.floor(i / side) - y) ** 2 + ((i % side) - x) ** 2
      image[i] += Math.exp(-distance / (2 * size * size))
    }
  }
  return image
}

/** Independent features, labels drawn from a softmax of a linear rule. */
function syn() {
  const [rows, columns, classes] = [20000, 256, 100]
  const random = uniform(3)
  const rule = normals(classes * columns, 0.15, uniform(4))
  const features = normals(rows * columns, 1, uniform(5))
  const labels = new Int32Array(rows)
  for (let row = 0; row < rows; row++) {
    let best = -Infinity
    for (let c = 0; c < classes; c++) {
      // the largest of logits with Gumbel noise is a draw from their softmax
      let score = -Math.log(-Math.log(random()))
      for (let j = 0; j < columns; j++) score += rule[c * columns + j] * features[row * columns + j]
      if (score > best) {
        best = score
        labels[row] = c
      }
    }
  }
  return { name: 'syn', features, labels, rows, columns, classes, gap: 2e-5 }
}

/** @param {string} name */
function bytes(name) {
  const file = new URL(`../../packages/onesum/test/fixtures/conformance/regression/${name}`, import.meta.url)
  const buffer = readFileSync(fileURLToPath(file))
  return buffer.subarray(10 + buffer.readUInt16LE(8))
}
