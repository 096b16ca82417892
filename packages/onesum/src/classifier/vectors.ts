/** Vectors of weights, a row of them for each class, in float64. */

/** Σ a[at + i] · b[i], in four lanes, as each addition waits for the one before. */
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

/** Takes the mean over all rows of `length` from each of them. */
export function centreClasses(vector: Float64Array, length: number): void {
  const mean = new Float64Array(length)
  for (let from = 0; from < vector.length; from += length) {
    for (let j = 0; j < length; j++) mean[j] += vector[from + j]
  }
  for (let j = 0; j < length; j++) mean[j] *= length / vector.length
  for (let from = 0; from < vector.length; from += length) {
    for (let j = 0; j < length; j++) vector[from + j] -= mean[j]
  }
}
