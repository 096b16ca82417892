/** The arithmetic of training a linear layer under softmax: one interface, by WebAssembly and by JavaScript. */
import type { Elements } from '../rows/open.ts'

/** Features as the layer sees them: (x − centre) · factor, one factor and one centre for each column. */
export interface Features {
  readonly elements: Elements
  readonly rows: number
  readonly columns: number
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
 * Weights are one row per class of `stride` entries: the columns, the intercept, and zeros up to a multiple of 4.
 */
export interface Linear {
  readonly stride: number
  readonly classes: number
  /** Zeros where `gram` and `rowProducts` reach them, until `release`; undefined where there is no room. */
  allocate(length: number): Float64Array | undefined
  /** Takes the targets of evaluations to come. */
  aim(targets: Targets): void
  /** Σ over rows of mass · log Σ exp(z) − Σ target · z; the gradient replaces what `gradient` holds. */
  evaluate(weights: Float64Array, gradient: Float64Array): number
  /** The lower triangle of Xᵀ X, intercept and zeros included, in rows of `stride`. */
  gram(to: Float64Array): void
  readonly rowProducts: RowProducts
  /** Takes the symmetric matrix that `precondition` multiplies with; false where there is no room. */
  setInverse(matrix: Float64Array): boolean
  /** to = vector · matrix, for each class. */
  precondition(vector: Float64Array, to: Float64Array): void
  release(): void
}

/** Entries of a row of weights. */
export function strideOf(columns: number): number {
  return Math.ceil((columns + 1) / 4) * 4
}
