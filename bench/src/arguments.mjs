import { parseArgs } from 'node:util'
import { operations } from './operations.mjs'
import { quickLength, shapes } from './shapes.mjs'

export const usage = `usage: npm run bench -- [options]
  --quick         fewer rounds, and without the largest shapes
  --op NAME       only this operation (again for more): ${operations.join(', ')}
  --shape SHAPE   only this shape (again for more), as 64x32000: ${shapes.map(({ name }) => name).join(', ')}
  --crossovers    only from how many entries on kernels are worth their call
  --float64       only float64 rows: JavaScript, kernels, PyTorch
  --json FILE     all numbers, for machines
  --seed N        of the numbers and of the order in each round (default 1)`

/**
 * @typedef {object} Selection
 * @property {boolean} quick
 * @property {boolean} crossovers
 * @property {boolean} float64
 * @property {import('./operations.mjs').Operation[]} operations
 * @property {import('./shapes.mjs').Shape[]} shapes
 * @property {number} seed
 * @property {string | undefined} json
 */

/**
 * @param {string[]} args
 * @returns {Selection}
 */
export function readArguments(args) {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean', default: false },
      crossovers: { type: 'boolean', default: false },
      float64: { type: 'boolean', default: false },
      op: { type: 'string', multiple: true },
      shape: { type: 'string', multiple: true },
      json: { type: 'string' },
      seed: { type: 'string', default: '1' },
    },
  })
  const seed = Number(values.seed)
  if (!Number.isInteger(seed)) throw new Error(`--seed expected an integer, got ${values.seed}`)
  const small = shapes.filter(({ length }) => !values.quick || length <= quickLength)
  return {
    quick: values.quick,
    crossovers: values.crossovers,
    float64: values.float64,
    seed,
    json: values.json,
    operations: chosen('--op', operations, values.op, (name) => name, operations),
    shapes: chosen('--shape', shapes, values.shape, ({ name }) => name, small),
  }
}

/**
 * The items that were named, else those by default.
 * @template T
 * @param {string} option
 * @param {readonly T[]} all
 * @param {string[] | undefined} names
 * @param {(item: T) => string} nameOf
 * @param {readonly T[]} fallback
 */
function chosen(option, all, names, nameOf, fallback) {
  if (names === undefined) return [...fallback]
  const plain = (/** @type {string} */ name) => name.toLowerCase().replaceAll('×', 'x')
  for (const name of names) {
    if (!all.some((item) => plain(nameOf(item)) === plain(name))) {
      throw new Error(`${option} expected one of ${all.map(nameOf).join(', ')}, got ${name}`)
    }
  }
  return all.filter((item) => names.some((name) => plain(nameOf(item)) === plain(name)))
}
