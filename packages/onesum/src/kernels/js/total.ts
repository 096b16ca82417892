/** A running sum that keeps what rounding takes: any order of additions and merges agrees to the last places. */

/**
 * Neumaier's compensated sum (Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen, 1974): relative
 * error 2^-53 plus n · 2^-106 of Σ|x|.
 */
export class Total {
  sum = 0
  /** What the additions rounded off. */
  low = 0

  add(value: number): void {
    const sum = this.sum + value
    const larger = Math.abs(this.sum) >= Math.abs(value)
    this.low += larger ? this.sum - sum + value : value - sum + this.sum
    this.sum = sum
  }

  merge({ sum, low }: { readonly sum: number; readonly low: number }): void {
    this.add(sum)
    this.low += low
  }

  /** The sum; the compensation means nothing beyond the finite numbers. */
  get value(): number {
    return Number.isFinite(this.sum) ? this.sum + this.low : this.sum
  }
}
