/** Added to the diagonal, relative: as float32 holds inverses and factors, the condition must stay well below 2^24. */
const RIDGE = 1e-5

/** A matrix of second derivatives of the loss becomes one of the objective, safely positive definite. */
export function regularize(matrix: Float64Array, penalty: Float64Array): void {
  const n = penalty.length
  for (let i = 0; i < n; i++) {
    const own = matrix[i * n + i] + penalty[i]
    // an entry that nothing depends on
    matrix[i * n + i] = own > 0 ? own * (1 + RIDGE) : 1
  }
}
