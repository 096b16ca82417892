/** The arithmetic of layers that are trained by mini-batches: one interface, by WebAssembly and by JavaScript. */

/** Numbers in the precision of the implementation. */
export type Numbers = Float32Array | Float64Array

/** Rows of a group. */
export const GROUP = 8

/**
 * Batches stand in groups of eight rows: entry j of row r of a group of n columns is number (group · n + j) · 8 + r.
 * All arrays come from `numbers` and `doubles`; the number of columns of what is multiplied is a multiple of 4.
 */
export interface Network {
  /** Zeros, until `release`. */
  numbers(length: number): Numbers
  doubles(length: number): Float64Array
  /** Weights, one row of `columns` for each unit, in the layout that `multiply` reads. */
  pack(weights: Float64Array, to: Numbers, units: number, columns: number): void
  /** z = x · wᵀ. */
  multiply(x: Numbers, w: Numbers, z: Numbers, groups: number, columns: number, units: number): void
  /** out += gᵀ · x, one row of `columns` for each unit. */
  collect(x: Numbers, g: Numbers, out: Float64Array, groups: number, columns: number, units: number): void
  /** Takes label, mass, and what of it is on the label, of a row of the batch to come. */
  aim(row: number, label: number, mass: number, own: number): void
  /** Logits become mass · p, less `own` at the label; returns Σ mass · log Σ exp(z) − own · z at the label. */
  softmax(z: Numbers, groups: number, classes: number): number
  /**
   * A step of Adam (Kingma and Ba, 2015, algorithm 1, decays 0.9 and 0.999): both running means take the gradient in, and the
   * weights go down by rate · first / (root · √second + 1e-8).
   */
  move(weights: Float64Array, gradient: Float64Array, moments: Moments, rate: number, root: number): void
  release(): void
}

/** Running means of a gradient and of its square. */
export interface Moments {
  readonly first: Float64Array
  readonly second: Float64Array
}
