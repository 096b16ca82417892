/** Vectors of float64. */

/**
 * Σ a[at + i] · b[i], in four parts by i mod 4, as an addition waits for the one before: (0 + 1) + (2 + 3). The kernel `affine`
 * adds in the same order.
 */
export function dotAt(a: Float64Array, at: number, b: Float64Array): number {
  const n = b.length
  const whole = n - (n % 4)
  let s0 = 0
  let s1 = 0
  let s2 = 0
  let s3 = 0
  for (let i = 0; i < whole; i += 4) {
    s0 += a[at + i] * b[i]
    s1 += a[at + i + 1] * b[i + 1]
    s2 += a[at + i + 2] * b[i + 2]
    s3 += a[at + i + 3] * b[i + 3]
  }
  if (whole < n) s0 += a[at + whole] * b[whole]
  if (whole + 1 < n) s1 += a[at + whole + 1] * b[whole + 1]
  if (whole + 2 < n) s2 += a[at + whole + 2] * b[whole + 2]
  return s0 + s1 + (s2 + s3)
}

export function largest(numbers: Float64Array): number {
  let most = 0
  for (const each of numbers) most = Math.max(most, Math.abs(each))
  return most
}
