/** Logarithms of many rows' sums, at the price of a few. */
import { log } from '../js/log.ts'

/** A product of row sums below this may be multiplied once more. */
const LARGE = 1e290

/** Σ mass · log sum: neighbours of the same mass share a logarithm, as long as the product of their sums is not too large. */
export function sumLogarithms(sums: Float64Array, masses: Float64Array, rows: number): number {
  let total = 0
  let mass = masses[0]
  let product = 1
  for (let row = 0; row < rows; row++) {
    if (masses[row] !== mass || product >= LARGE) {
      if (mass !== 0) total += mass * log(product)
      mass = masses[row]
      product = 1
    }
    product *= sums[row]
  }
  return mass === 0 ? total : total + mass * log(product)
}
