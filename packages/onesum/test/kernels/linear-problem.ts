import type { Features, Targets } from '../../src/kernels/linear.ts'
import { normals, seeded } from '../support/random.ts'

/** What is wanted to float32 rounding: relative to the sum of magnitudes, which cancellation leaves alone. */
export const FLOAT32 = 2e-6

export const every = (columns: number) => Int32Array.from({ length: columns }, (_, j) => j)

export interface Problem {
  features: Features
  targets: Targets
  classes: number
  weights: Float64Array
}

/** Features, targets and weights, seeded; `spread` puts part of each mass on all classes. */
export function problem(
  rows: number,
  columns: number,
  classes: number,
  kind: 'plain' | 'weighted' | 'spread',
): Problem {
  const uniform = seeded(rows * 1009 + columns * 31 + classes)
  const elements = Float32Array.from(normals(rows + columns, rows * columns, 2))
  const centre = Float64Array.from({ length: columns }, () => Math.fround(uniform() - 0.5))
  const factor = Float64Array.from({ length: columns }, () => 2 ** Math.floor(uniform() * 3 - 1))
  const labels = Int32Array.from({ length: rows }, () => Math.floor(uniform() * classes))
  const mass = Float64Array.from({ length: rows }, () => (kind === 'plain' ? 1 : Math.fround(uniform() * 2)))
  if (kind !== 'plain') mass[0] = 0
  const own = kind === 'spread' ? mass.map((each) => Math.fround(each * 0.75)) : mass
  const spread = (row: number, to: Float64Array) => {
    for (let c = 0; c < classes; c++) to[c] = (mass[row] - own[row]) / classes
  }
  const stride = Math.ceil((columns + 1) / 4) * 4
  const weights = new Float64Array(classes * stride)
  for (let c = 0; c < classes; c++) {
    for (let j = 0; j <= columns; j++) weights[c * stride + j] = Math.fround(2 * uniform() - 1)
  }
  const targets = { labels, mass, own, ...(kind === 'spread' ? { spread } : {}) }
  return { features: { elements, rows, columns, taken: every(columns), centre, factor }, targets, classes, weights }
}

/** The largest difference as a part of the scale. */
export const worst = (got: ArrayLike<number>, want: Float64Array, scale: Float64Array): number =>
  want.reduce((most, value, i) => Math.max(most, Math.abs(got[i] - value) / (scale[i] || 1)), 0)
