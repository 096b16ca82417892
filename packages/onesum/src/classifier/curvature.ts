/**
 * A first guess of the inverse Hessian of softmax regression.
 *
 * Method: at weights 0 the Hessian is the same for every class but for its coupling, m α XᵀX with α = (1/k)(1 − 1/k) and m
 * the mean mass of a row; with the penalty on its diagonal, M. One inverse of M takes the place of standardising the
 * features, and makes correlated features as easy as independent ones. It costs d³/2 + n d²/2 multiplications, where an
 * evaluation costs 2 n d k.
 */
import { invert } from '../kernels/cholesky.ts'
import type { Linear } from '../kernels/linear.ts'

/** The inverse is worth no more than so many evaluations. */
const WORTH = 40

/** Beyond so many columns its matrices take too much memory. */
const WIDEST = 4096

/** Added to the diagonal, relative: as float32 holds the inverse, its condition must stay well below 2^24. */
const RIDGE = 1e-5

export class Curvature {
  readonly #linear: Linear
  readonly #rows: number
  /** XᵀX, and room for its inverse. */
  readonly #matrices: readonly Float64Array[] | undefined
  #ready = false
  #diagonal = new Float64Array(0)

  constructor(linear: Linear, rows: number) {
    this.#linear = linear
    this.#rows = rows
    const { stride, classes } = linear
    const cost = (stride ** 3 + rows * stride ** 2) / 2
    if (stride > WIDEST || cost > WORTH * 2 * rows * stride * classes) return
    this.#matrices = linear.matrices(3)
    if (this.#matrices) linear.gram(this.#matrices[0])
  }

  /** Takes the penalty of each entry of a class, and the mean mass of a row. */
  aim(penalty: Float64Array, mass: number): void {
    const { stride, classes } = this.#linear
    const scale = mass * (classes > 1 ? (1 - 1 / classes) / classes : 1 / 4)
    this.#diagonal = penalty.map((each) => each + scale * this.#rows || 1)
    if (!this.#matrices) return
    const [gram, a, work] = this.#matrices
    work.fill(0)
    for (let i = 0; i < a.length; i++) a[i] = scale * gram[i]
    for (let i = 0; i < stride; i++) {
      const own = a[i * stride + i] + penalty[i]
      a[i * stride + i] = own > 0 ? own * (1 + RIDGE) : 1
    }
    this.#ready = invert(a, work, stride, this.#linear.rowProducts) && this.#linear.setInverse(a)
  }

  /** to = M⁻¹ · vector; where the inverse is not worth its cost, with its diagonal for standardised features. */
  solve(vector: Float64Array, to: Float64Array): void {
    if (this.#ready) {
      this.#linear.precondition(vector, to)
      return
    }
    const stride = this.#diagonal.length
    for (let from = 0; from < to.length; from += stride) {
      for (let j = 0; j < stride; j++) to[from + j] = vector[from + j] / this.#diagonal[j]
    }
  }
}
