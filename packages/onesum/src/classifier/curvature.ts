/**
 * A guess of the inverse Hessian of softmax regression, the same for every class.
 *
 * Method: the Hessian's blocks on the diagonal are Xᵀ F_c X + penalty, F_c each row's mass · p_c (1 − p_c); their mean over
 * classes is M. At weights 0 they are all alike. One inverse of M takes the place of standardising the features, and makes
 * correlated features as easy as independent ones. It costs d³/2 + n d²/2 multiplications, where an evaluation costs 2 n d k.
 */
import { invert } from '../kernels/cholesky.ts'
import type { Linear } from '../kernels/linear.ts'
import type { Inverse } from '../kernels/preconditioners.ts'
import { Blocks } from './blocks.ts'
import { regularize } from './regularize.ts'

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

/** M is made anew when the value has come down to this part of what it was: the rows that count are others then. */
const RENEWAL = 0.1

/**
 * Blocks take the place of M where an iteration gains no more than this part of the value, so that they are made near enough
 * to the optimum to last, and no less than that part of what the iteration before gained, so that there is much to save.
 */
const SETTLED = 0.02
const SLOW = 0.5

export class Curvature {
  readonly #linear: Linear
  readonly #rows: number
  /** M, its inverse, and room to get there. */
  readonly #matrices: readonly Float64Array[] | undefined
  #penalty: Float64Array = new Float64Array(0)
  #mass = 1
  /** The part of the rows that M is made from. */
  readonly #every: number
  #inverse: Inverse | undefined
  readonly #blocks: Blocks | undefined
  /** What the blocks are to M: still to come, in its place, or not to be. */
  #stage: 'before' | 'blocks' | 'without' = 'without'
  /** The value where M was made, and what the last iteration gained. */
  #made: number | undefined
  #gain = Infinity

  constructor(linear: Linear, rows: number) {
    this.#linear = linear
    this.#rows = rows
    const { stride, classes } = linear
    const worth = stride / (SPARED * classes)
    this.#every = Math.max(1, Math.floor(Math.min(worth, rows / (ENOUGH * stride))))
    const cost = (stride ** 3 + rows * stride ** 2) / 2
    if (stride > WIDEST || cost > WORTH * 2 * rows * stride * classes) return
    this.#matrices = linear.matrices(2)
    if (this.#matrices && Blocks.worth(linear, rows)) this.#blocks = new Blocks(linear)
  }

  /** Takes the penalty of each entry of a class, and the mean mass of a row, before anything is evaluated. */
  aim(penalty: Float64Array, mass: number): void {
    this.#penalty = penalty
    this.#mass = mass
    this.#stage = this.#blocks ? 'before' : 'without'
    this.#made = undefined
    this.#gain = Infinity
    this.#make()
  }

  /** Told of an iteration to `weights`, the last that were evaluated, and of the values before and after it. */
  renew(weights: Float64Array, before: number, value: number): void {
    this.#made ??= before
    const gain = before - value
    const slow = gain <= SETTLED * before && gain >= SLOW * this.#gain
    this.#gain = gain
    if (value < RENEWAL * this.#made) {
      this.#made = value
      this.#stage = 'without'
      this.#make()
    } else if (slow && this.#stage === 'before' && this.#blocks && this.#matrices) {
      const made = this.#blocks.make(weights, this.#penalty, this.#mass * this.#rows, this.#matrices[1])
      this.#stage = made ? 'blocks' : 'without'
    }
  }

  #make(): void {
    if (!this.#matrices) return
    const { stride, classes } = this.#linear
    const [a, work] = this.#matrices
    a.fill(0)
    work.fill(0)
    this.#linear.hessian(a, this.#every)
    for (let i = 0; i < a.length; i++) a[i] /= classes
    regularize(a, this.#penalty)
    if (!invert(a, work, stride, this.#linear.rowProducts)) return
    this.#inverse ??= this.#linear.openInverse()
    this.#inverse?.set(a)
  }

  /** to = M⁻¹ · vector; where the inverse is not worth its cost, by the diagonal that M has for standardised features. */
  solve(vector: Float64Array, to: Float64Array): void {
    if (this.#stage === 'blocks' && this.#blocks) {
      this.#blocks.solve(vector, to)
      return
    }
    if (this.#inverse) {
      this.#inverse.multiply(vector, to)
      return
    }
    const { stride, classes } = this.#linear
    const curvature = (this.#mass * this.#rows * (1 - 1 / classes)) / classes
    for (let from = 0; from < to.length; from += stride) {
      for (let j = 0; j < stride; j++) to[from + j] = vector[from + j] / (this.#penalty[j] + curvature || 1)
    }
  }
}
