/**
 * @typedef {object} Shape
 * @property {string} name
 * @property {number[]} dims
 * @property {number} axis the axis of the classes, counted from the front
 * @property {number} columns
 * @property {number} inner the stride along the axis; 1 where the axis is the last
 * @property {number} rows
 * @property {number} length
 */

const dims = [
  [1, 10],
  [1, 100],
  [1, 1000],
  [32, 1000],
  [1, 32000],
  [1, 128256],
  [1, 262144],
  [1, 1048576],
  [512, 512],
  [1000, 1000],
  [10000, 100],
  [30000, 32],
  [15000, 64],
  [100000, 10],
  [64, 32000],
  [4096, 1000],
  [4096, 4096],
  [1000000, 10],
]

/** The ordinary shapes, and one whose axis is not the last. */
export const shapes = [...dims.map((list) => shapeOf(list, list.length - 1)), shapeOf([1, 1000, 960], 1)]

/** `--quick` leaves out what lies above. */
export const quickLength = 1 << 21

/**
 * @param {number[]} list
 * @param {number} axis
 * @returns {Shape}
 */
export function shapeOf(list, axis) {
  const product = (/** @type {number[]} */ part) => part.reduce((a, b) => a * b, 1)
  const inner = product(list.slice(axis + 1))
  const name = list.join('×') + (axis === list.length - 1 ? '' : ` axis ${axis}`)
  const length = product(list)
  return { name, dims: list, axis, columns: list[axis], inner, rows: length / list[axis], length }
}

/**
 * Where a row begins; its entries follow at distance `inner`.
 * @param {Shape} shape
 * @param {number} row
 */
export function rowStart({ columns, inner }, row) {
  const outer = Math.floor(row / inner)
  return outer * columns * inner + (row - outer * inner)
}
