/**
 * Logits brought to one scale, and the gradient through that, one row in float64.
 *
 * Method: y_j = c_j / (T (r + ε)), where c is x (L2) or x − mean (standardise) and r the norm ‖c‖ or ‖c‖ / √n. Rows
 * whose squares could leave the range are first multiplied by a power of two, ε with them, which changes nothing else.
 * Entries of -Infinity are impossible classes: they stay so, and count for nothing.
 */
import type { Kernel } from '../kernel.ts'
import { buffer, mapEach } from './dense.ts'
import { shrink } from './softmax.ts'
import { dot, sum } from './sums.ts'

/** How rows are normalised. */
export interface Normalization {
  readonly centred: boolean
  readonly epsilon: number
}

/** c of a row, scaled. */
interface Centred {
  /** Its finite entries in order; room for as many as the row has. */
  readonly c: Float64Array
  /** How many they are; −1 where the row holds NaN or +Infinity. */
  n: number
  /** The power of two that c and epsilon carry. */
  scale: number
  /** The norm of c, or the standard deviation. */
  r: number
}

function centre(x: Float64Array, size: number, centred: boolean): Centred {
  const c = buffer(4, size)
  let n = 0
  let least = Infinity
  let most = -Infinity
  for (let j = 0; j < size; j++) {
    const value = x[j]
    if (!(value < Infinity)) return { c, n: -1, scale: 1, r: NaN }
    if (value === -Infinity) continue
    c[n++] = value
    if (value < least) least = value
    if (value > most) most = value
  }
  const scale = safeScale(Math.max(Math.abs(least), Math.abs(most)))
  if (scale !== 1) for (let j = 0; j < n; j++) c[j] *= scale
  // entries that are all equal have no deviation, whatever the rounding of their mean
  if (centred && least === most) c.fill(0, 0, n)
  else if (centred) {
    subtractMean(c, n)
    subtractMean(c, n)
  }
  return { c, n, scale, r: Math.sqrt(dot(c, c, 0, n) / (centred ? n : 1)) }
}

/** The power of two that brings squares of numbers up to `size` into the range; 1 for all but extreme rows. */
function safeScale(size: number): number {
  if (size > 2 ** 400) return 2 ** -600
  return size < 2 ** -400 ? 2 ** 600 : 1
}

/** Twice in a row, it also takes away what the rounding of the first mean left. */
function subtractMean(c: Float64Array, n: number): void {
  const mean = sum(c, 0, n) / n
  for (let j = 0; j < n; j++) c[j] -= mean
}

/** A quotient whose divisor may be 0: no deviation stays none. */
function over(value: number, divisor: number): number {
  return value === 0 ? 0 : value / divisor
}

function normalizeRow(x: Float64Array, size: number, temperature: number, { centred, epsilon }: Normalization): void {
  const { c, n, scale, r } = centre(x, size, centred)
  if (n < 0) {
    x.fill(NaN, 0, size)
    return
  }
  const divisor = r + epsilon * scale
  let k = 0
  for (let j = 0; j < size; j++) if (x[j] !== -Infinity) x[j] = over(c[k++], divisor) / temperature
}

/**
 * With g the upstream gradient and s = r² / ‖c‖², gc = (g − c ⟨g, c⟩ s / (r (r + ε))) / (T (r + ε)); standardising also
 * takes the mean off.
 */
function normalizeVjpRow(
  x: Float64Array,
  gy: Float64Array,
  size: number,
  temperature: number,
  { centred, epsilon }: Normalization,
): void {
  const { c, n, scale, r } = centre(x, size, centred)
  if (n < 0) {
    x.fill(NaN, 0, size)
    return
  }
  const g = buffer(5, size)
  let k = 0
  for (let j = 0; j < size; j++) if (x[j] !== -Infinity) g[k++] = gy[j]
  const grow = shrink(g, n)
  const divisor = r + epsilon * scale
  const share = over(dot(g, c, 0, n) / (centred ? n : 1), r) / divisor
  for (let j = 0; j < n; j++) g[j] -= c[j] === 0 ? 0 : c[j] * share
  if (centred) subtractMean(g, n)
  k = 0
  for (let j = 0; j < size; j++) x[j] = x[j] === -Infinity ? 0 : (((g[k++] / divisor) * scale) / temperature) * grow
}

/** Masked logits come out as impossible. */
export function normalizeKernel(how: Normalization): Kernel {
  return { js: mapEach(([x], size, temperature) => normalizeRow(x, size, temperature, how), -Infinity) }
}

export function normalizeVjpKernel(how: Normalization): Kernel {
  return { js: mapEach(([x, gy], size, temperature) => normalizeVjpRow(x, gy, size, temperature, how)) }
}
