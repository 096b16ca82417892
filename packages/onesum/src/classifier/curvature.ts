/**
 * A guess of the inverse Hessian of softmax regression, the same for every class.
 *
 * Method: the Hessian's blocks on the diagonal are Xᵀ F_c X + penalty, F_c each row's mass · p_c (1 − p_c); their mean over
 * classes is M. At weights 0 they are all alike. One inverse of M takes the place of standardising the features, and makes
 * correlated features as easy as independent ones. It costs d³/2 + n d²/2 multiplications, where an evaluation costs 2 n d k.
 */
import { invert } from '../kernels/cholesky.ts'
import type { Linear } from '../kernels/linear.ts'

/** The inverse is worth no more than so many evaluations. */
const WORTH = 40

/**
 * M is made from part of the rows where all would cost more than some six evaluations, which is 24 columns for each class; of
 * four times as many rows as columns at least.
 */
const SPARED = 24
const ENOUGH = 4

/** Beyond so many columns its matrices take too much memory. */
const WIDEST = 4096

/** Added to the diagonal, relative: as float32 holds the inverse, its condition must stay well below 2^24. */
const RIDGE = 1e-5

export class Curvature {
  readonly #linear: Linear
  readonly #rows: number
  /** M, its inverse, and room to get there. */
  readonly #matrices: readonly Float64Array[] | undefined
  #penalty: Float64Array = new Float64Array(0)
  #mass = 1
  /** The part of the rows that M is made from. */
  readonly #every: number
  #ready = false

  constructor(linear: Linear, rows: number) {
    this.#linear = linear
    this.#rows = rows
    const { stride, classes } = linear
    const worth = stride / (SPARED * classes)
    this.#every = Math.max(1, Math.floor(Math.min(worth, rows / (ENOUGH * stride))))
    const cost = (stride ** 3 + rows * stride ** 2) / 2
    if (stride > WIDEST || cost > WORTH * 2 * rows * stride * classes) return
    this.#matrices = linear.matrices(2)
  }

  /** Takes the penalty of each entry of a class, and the mean mass of a row, before anything is evaluated. */
  aim(penalty: Float64Array, mass: number): void {
    this.#penalty = penalty
    this.#mass = mass
    this.renew()
  }

  /** Looks again at where the last evaluation was. */
  renew(): void {
    if (!this.#matrices) return
    const { stride, classes } = this.#linear
    const [a, work] = this.#matrices
    a.fill(0)
    work.fill(0)
    this.#linear.hessian(a, this.#every)
    for (let i = 0; i < a.length; i++) a[i] /= classes
    for (let i = 0; i < stride; i++) {
      const own = a[i * stride + i] + this.#penalty[i]
      a[i * stride + i] = own > 0 ? own * (1 + RIDGE) : 1
    }
    if (invert(a, work, stride, this.#linear.rowProducts)) this.#ready = this.#linear.setInverse(a)
  }

  /** to = M⁻¹ · vector; where the inverse is not worth its cost, by the diagonal that M has for standardised features. */
  solve(vector: Float64Array, to: Float64Array): void {
    if (this.#ready) {
      this.#linear.precondition(vector, to)
      return
    }
    const { stride, classes } = this.#linear
    const curvature = (this.#mass * this.#rows * (1 - 1 / classes)) / classes
    for (let from = 0; from < to.length; from += stride) {
      for (let j = 0; j < stride; j++) to[from + j] = vector[from + j] / (this.#penalty[j] + curvature || 1)
    }
  }
}
