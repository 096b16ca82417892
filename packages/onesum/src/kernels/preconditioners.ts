/** What takes the place of a linear layer's inverse Hessian: one interface, by WebAssembly and by JavaScript. */

/** Products with one symmetric matrix, the same for every class. */
export interface Inverse {
  /** Takes the matrix, which stays as it is until another is taken. */
  set(matrix: Float64Array): void
  /** to = vector · matrix, for each class. */
  multiply(vector: Float64Array, to: Float64Array): void
}

/** Solutions with a matrix of each class's own, given by its factor. */
export interface Factors {
  /** Takes the lower triangle L of a matrix for a class. */
  set(c: number, matrix: Float64Array): void
  /** L Lᵀ · to = vector, with each class's own L. */
  solve(vector: Float64Array, to: Float64Array): void
}
