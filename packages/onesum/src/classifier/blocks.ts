/**
 * The inverse of the Hessian's blocks on the diagonal, each class by itself.
 *
 * Method: the block of class c is Xᵀ F_c X + penalty, F_c each row's mass · p_c (1 − p_c). Made from all rows for every class it
 * would cost d / 4 evaluations; but it is only to steer, and most of F_c is on few rows. So it is made from a sample in
 * proportion to F_c (samples.ts), a few times as many rows as columns. L-BFGS then finds what couples the classes. What they
 * have in common is no matter of the loss, which depends on differences of logits alone; the blocks do not know that, so
 * the mean over classes is taken out before and after.
 */
import { factor } from '../kernels/cholesky.ts'
import type { Linear } from '../kernels/linear.ts'
import type { Factors } from '../kernels/preconditioners.ts'
import { regularize } from './regularize.ts'
import { Samples } from './samples.ts'
import { centreClasses } from './vectors.ts'

/** With fewer classes, one matrix for all of them does nearly as well. */
const FEWEST = 50

/** Rows of a sample for each column. */
const ROWS = 4

/** How many evaluations the blocks may cost: about half of what an optimum takes without them. */
const WORTH = 10

/** The first threshold, relative to the mean mass of a class: low enough for a class with hardly any row. */
const LOW = 2 ** -16

export class Blocks {
  readonly #linear: Linear
  #factors: Factors | undefined

  constructor(linear: Linear) {
    this.#linear = linear
  }

  /** Whether they cost few evaluations, and no more memory than the features do. */
  static worth({ stride, classes }: Linear, rows: number): boolean {
    const evaluation = 2 * rows * stride
    const cost = ((ROWS + 1) * stride ** 3) / 2
    return classes >= FEWEST && ROWS * stride <= rows && cost <= WORTH * evaluation && classes * stride <= 2 * rows
  }

  /** Makes them at these weights, in a matrix of the linear layer's; false where that cannot be done. */
  make(weights: Float64Array, penalty: Float64Array, mass: number, matrix: Float64Array): boolean {
    const linear = this.#linear
    const { classes, stride } = linear
    this.#factors ??= linear.openFactors()
    if (!this.#factors) return false
    const samples = new Samples(classes, ROWS * stride, (LOW * mass) / classes)
    linear.curvatures(weights, (row, curvatures) => samples.add(row, curvatures))
    for (let c = 0; c < classes; c++) {
      matrix.fill(0)
      if (!linear.moments(matrix, samples.rows[c], samples.factors[c])) return false
      regularize(matrix, penalty)
      if (!factor(matrix, stride, linear.rowProducts)) return false
      this.#factors.set(c, matrix)
    }
    return true
  }

  /** to = what the blocks make of the vector. */
  solve(vector: Float64Array, to: Float64Array): void {
    to.set(vector)
    centreClasses(to, this.#linear.stride)
    this.#factors?.solve(to, to)
    centreClasses(to, this.#linear.stride)
  }
}
