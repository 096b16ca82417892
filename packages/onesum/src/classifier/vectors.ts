/** Products of rows in float64, in four lanes, as each addition waits for the one before. */

/** Σ a[at + i] · b[i]. */
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
  for (let i = whole; i < n; i++) s0 += a[at + i] * b[i]
  return s0 + s1 + (s2 + s3)
}
