/** Loops over vectors of weights; sums in four lanes, as each addition waits for the one before. */

/** Σ a[i] · b[i]. */
export function dot(a: Float64Array, b: Float64Array): number {
  return dotAt(a, 0, b)
}

/** to = a + factor · b. */
export function combine(to: Float64Array, a: Float64Array, factor: number, b: Float64Array): void {
  for (let i = 0; i < to.length; i++) to[i] = a[i] + factor * b[i]
}

/** to += factor · a. */
export function add(to: Float64Array, factor: number, a: Float64Array): void {
  for (let i = 0; i < to.length; i++) to[i] += factor * a[i]
}

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
