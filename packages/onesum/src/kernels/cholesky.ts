/**
 * The inverse of a symmetric positive definite matrix in float64, by blocks whose products are row products.
 *
 * Method: A = L Lᵀ, left-looking by blocks of columns; then the columns of L⁻¹, kept as rows; then A⁻¹ = L⁻ᵀ L⁻¹. Of n³/2
 * multiplications all but n² · BLOCK are row products. (Golub and Van Loan, Matrix Computations, section 4.2.)
 */
import type { RowProducts } from './linear.ts'

const BLOCK = 16

/**
 * Replaces the n × n matrix in `a`, whose lower triangle counts, by its inverse; `work` has n² zeros, n is a multiple of 4.
 * False where the matrix is not positive definite beyond rounding.
 */
export function invert(a: Float64Array, work: Float64Array, n: number, products: RowProducts): boolean {
  if (!factor(a, n, products)) return false
  invertFactor(a, work, n, products)
  a.fill(0)
  for (let i = 0; i < n; i += BLOCK) {
    const rows = Math.min(BLOCK, n - i)
    products(work, i * n + i, work, i, a, i * n, rows, i + rows, n - i, n)
  }
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const value = -a[i * n + j]
      a[i * n + j] = value
      a[j * n + i] = value
    }
  }
  return true
}

/** The lower triangle of an n × n matrix becomes that of L; false where the matrix is not positive definite. */
export function factor(a: Float64Array, n: number, products: RowProducts): boolean {
  for (let start = 0; start < n; start += BLOCK) {
    const end = Math.min(start + BLOCK, n)
    products(a, start * n, a, start * n, a, start * n + start, n - start, end - start, start, n)
    for (let i = start; i < n; i++) {
      for (let j = start; j < Math.min(i, end); j++) {
        let value = a[i * n + j]
        for (let p = start; p < j; p++) value -= a[i * n + p] * a[j * n + p]
        a[i * n + j] = value / a[j * n + j]
      }
      if (i >= end) continue
      let pivot = a[i * n + i]
      for (let p = start; p < i; p++) pivot -= a[i * n + p] * a[i * n + p]
      if (!(pivot > 0)) return false
      a[i * n + i] = Math.sqrt(pivot)
    }
  }
  return true
}

/** Rows of `z` become the columns of L⁻¹. */
function invertFactor(l: Float64Array, z: Float64Array, n: number, products: RowProducts): void {
  for (let start = 0; start < n; start += BLOCK) {
    const end = Math.min(start + BLOCK, n)
    // column j of L⁻¹ begins with entry j
    for (let j = 0; j < start; j += BLOCK) {
      products(z, j * n + j, l, start * n + j, z, j * n + start, BLOCK, end - start, start - j, n)
    }
    for (let j = 0; j < end; j++) {
      for (let i = Math.max(start, j); i < end; i++) {
        let value = i === j ? 1 : z[j * n + i]
        for (let p = Math.max(start, j); p < i; p++) value -= l[i * n + p] * z[j * n + p]
        z[j * n + i] = value / l[i * n + i]
      }
    }
  }
}
