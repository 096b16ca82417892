/** Vectors of weights, a row of them for each class, in float64. */

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
