/**
 * A sample of rows of different weights that stands for all of them: for any function, the sum over the sample of factor · f(row)
 * is, but for chance, the sum over all rows of weight · f(row).
 *
 * Method: systematic sampling in proportion to the weights, above a threshold all of them (Särndal, Swensson and Wretman, Model
 * Assisted Survey Sampling, 1992, section 3.6). The threshold rises whenever the sample is full, and the sample is thinned to
 * it, so that one pass over the rows is enough, and nothing need be known of the weights before. No chance is drawn: the
 * same rows give the same sample.
 */
const RISE = 1.5

export class Sample {
  rows: number[] = []
  factors: number[] = []
  readonly #most: number
  #threshold: number
  /** What the rows passed over amount to, in thresholds. */
  #passed = 0.5

  /** At most so many rows, and hardly fewer than two thirds of them; a threshold to begin with, which may be far too low. */
  constructor(most: number, threshold: number) {
    this.#most = most
    this.#threshold = threshold
  }

  add(row: number, weight: number): void {
    let factor = weight
    if (weight < this.#threshold) {
      this.#passed += weight / this.#threshold
      if (this.#passed < 1) return
      this.#passed--
      factor = this.#threshold
    }
    this.rows.push(row)
    this.factors.push(factor)
    while (this.rows.length > this.#most) this.#thin()
  }

  #thin(): void {
    const { rows, factors } = this
    this.#threshold *= RISE
    this.rows = []
    this.factors = []
    for (let i = 0; i < rows.length; i++) this.add(rows[i], factors[i])
  }
}
