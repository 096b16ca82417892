/** The arithmetic of training a linear layer under softmax: one interface, by WebAssembly and by JavaScript. */
import type { Elements } from '../rows/open.ts'
import type { Factors, Inverse } from './preconditioners.ts'

/** Features, of which the layer sees the columns `taken`, as (x − centre) · factor; centre and factor are of every column. */
export interface Features {
  readonly elements: Elements
  readonly rows: number
  readonly columns: number
  readonly taken: Int32Array
  readonly centre: Float64Array
  readonly factor: Float64Array
}

/** What each row's target is: a mass on its label, and perhaps more over all classes. */
export interface Targets {
  readonly labels: Int32Array
  /** The whole mass of each row. */
  readonly mass: Float64Array
  /** What of it is on the label. */
  readonly own: Float64Array
  /** Writes what else of a row's mass is on each class, where that is not nothing for all rows. */
  readonly spread?: (row: number, to: Float64Array) => void
}

/** Products of rows in float64: c −= a · bᵀ, each matrix at an offset into its array and with a stride of its own. */
export type RowProducts = (
  a: Float64Array,
  aAt: number,
  b: Float64Array,
  bAt: number,
  c: Float64Array,
  cAt: number,
  /** Rows of a, a multiple of 4. */
  rows: number,
  /** Rows of b, a multiple of 2. */
  columns: number,
  /** Entries of a row of both, an even number. */
  length: number,
  stride: number,
) => void

/**
 * The features in the layout of their kernels, and what is computed from them.
 *
 * Weights are one row per class of `stride` entries: the columns taken, the intercept, and zeros up to a multiple of 4. What is
 * computed with is one of `vectors`, as kernels reach those alone.
 */
export interface Linear {
  readonly stride: number
  readonly classes: number
  /** As many vectors of weights as were asked for; what they hold at first is no matter. */
  readonly vectors: readonly Float64Array[]
  /** Takes the targets of evaluations to come. */
  aim(targets: Targets): void
  /** Σ over rows of mass · log Σ exp(z) − Σ target · z; the gradient replaces what `gradient` holds. */
  evaluate(weights: Float64Array, gradient: Float64Array): number
  dot(a: Float64Array, b: Float64Array): number
  /** to = a + factor · b. */
  combine(to: Float64Array, a: Float64Array, factor: number, b: Float64Array): void
  /** Square matrices of `stride`, all zero; undefined where there is no room. */
  matrices(count: number): Float64Array[] | undefined
  /**
   * The lower triangle of Xᵀ F X joins a matrix of `matrices`, F each row's mass · Σ p (1 − p) at the last evaluation, or where
   * all p are equal: the second derivative of the loss, summed over classes. From every so many-th part of the rows, in place
   * of all.
   */
  hessian(to: Float64Array, every: number): void
  /** Calls with each row that has a mass, and its mass · p (1 − p) by class at these weights, in one array for all rows. */
  curvatures(weights: Float64Array, visit: (row: number, curvatures: Float64Array) => void): void
  /**
   * The lower triangle of Σ factor · x xᵀ, over the rows named, joins a matrix of `matrices`; false where what is needed on the
   * way has no room.
   */
  moments(to: Float64Array, rows: readonly number[], factors: readonly number[]): boolean
  /** For matrices of `matrices`. */
  readonly rowProducts: RowProducts
  /** For vectors of `vectors` and a matrix of `matrices`; undefined where there is no room. */
  openInverse(): Inverse | undefined
  /** The same, with a matrix for each class. */
  openFactors(): Factors | undefined
  release(): void
}

/** Entries of a row of weights. */
export function strideOf(columns: number): number {
  return Math.ceil((columns + 1) / 4) * 4
}
