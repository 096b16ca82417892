/**
 * For each class a sample of rows that stands for all of them: the sum over the sample of factor · f(row) is, but for chance, the
 * sum over all rows of weight · f(row), for any function.
 *
 * Method: systematic sampling in proportion to the weights, and above a threshold all of them (Särndal, Swensson and Wretman,
 * Model Assisted Survey Sampling, 1992, section 3.6). The threshold rises whenever a sample is full, and the sample is thinned
 * to it, so that one pass over the rows is enough, and nothing need be known of the weights before. Nothing is drawn by
 * chance: the same rows give the same sample.
 */

/** By how much a threshold rises. */
const RISE = 1.5

export class Samples {
  readonly rows: number[][]
  readonly factors: number[][]
  readonly #most: number
  readonly #thresholds: Float64Array
  /** The weights that were passed over since the last row below the threshold. */
  readonly #passed: Float64Array

  /** Samples of at most so many rows, and hardly fewer than two thirds of them; `threshold` may be far too low. */
  constructor(classes: number, most: number, threshold: number) {
    this.#most = most
    this.rows = Array.from({ length: classes }, () => [])
    this.factors = Array.from({ length: classes }, () => [])
    this.#thresholds = new Float64Array(classes).fill(threshold)
    this.#passed = new Float64Array(classes).fill(threshold / 2)
  }

  /** Shows a row, with its weight in each class. */
  add(row: number, weights: Float64Array): void {
    for (let c = 0; c < weights.length; c++) this.#add(c, row, weights[c])
  }

  #add(c: number, row: number, weight: number): void {
    const threshold = this.#thresholds[c]
    if (weight < threshold) {
      this.#passed[c] += weight
      if (this.#passed[c] < threshold) return
      this.#passed[c] -= threshold
    }
    this.rows[c].push(row)
    this.factors[c].push(Math.max(weight, threshold))
    while (this.rows[c].length > this.#most) this.#thin(c)
  }

  #thin(c: number): void {
    const [rows, factors] = [this.rows[c], this.factors[c]]
    this.rows[c] = []
    this.factors[c] = []
    this.#thresholds[c] *= RISE
    for (let i = 0; i < rows.length; i++) this.#add(c, rows[i], factors[i])
  }
}
