/** The arithmetic of layers that are trained by mini-batches: one interface, by WebAssembly and by JavaScript. */
import type { ActivationName } from './js/elementwise.ts'

/** Numbers in the precision of the implementation. */
export type Numbers = Float32Array | Float64Array

/** Rows of a group. */
export const GROUP = 8

/**
 * Batches stand in groups of eight rows: entry j of row r of a group of n columns is number (group · n + j) · 8 + r. The number
 * of columns is a multiple of 4; those beyond what is written stay as they are.
 *
 * All arrays come from `numbers` and `doubles`. Weights have one row of `columns` for each unit.
 */
export interface Network {
  /** Zeros, until `release`. */
  numbers(length: number): Numbers
  doubles(length: number): Float64Array
  /** The batch to come: writes these rows of the features, a one after them, and takes their targets times `scale`. */
  take(rows: Int32Array, scale: number, x: Numbers): void
  /** Weights in the layout that `multiply` reads. */
  pack(weights: Float64Array, to: Numbers, units: number, columns: number): void
  /** The first `inputs` columns of weights as rows of `padded` entries, in the layout that `multiply` reads. */
  packAcross(weights: Float64Array, to: Numbers, units: number, columns: number, inputs: number, padded: number): void
  /** The first `units` columns of z = x · wᵀ. */
  multiply(x: Numbers, w: Numbers, z: Numbers, groups: number, columns: number, zColumns: number, units: number): void
  /** out += gᵀ · x, one row of `columns` for each of the first `units` columns of g. */
  collect(
    x: Numbers,
    g: Numbers,
    out: Float64Array,
    groups: number,
    columns: number,
    gColumns: number,
    units: number,
  ): void
  /** The first `units` columns of y = f(z). */
  activate(name: ActivationName, z: Numbers, y: Numbers, groups: number, columns: number, units: number): void
  /** The first `units` columns of g times f'(z). */
  activateBackward(name: ActivationName, z: Numbers, g: Numbers, groups: number, columns: number, units: number): void
  /** Logits become mass · p, less `own` at the label; returns Σ mass · log Σ exp(z) − own · z at the label. */
  softmax(z: Numbers, groups: number, columns: number, classes: number): number
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
