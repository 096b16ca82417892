/** Sorting numbers that bring weights along. */

/** Sorts values in place, ascending, and their weights with them where there are any. */
export function sortTogether(values: Float64Array, weights: Float64Array | undefined): void {
  if (!weights) {
    values.sort()
    return
  }
  const order = new Uint32Array(values.length).map((_, i) => i).sort((a, b) => values[a] - values[b])
  const [x, w] = [values.slice(), weights.slice()]
  for (let i = 0; i < order.length; i++) {
    values[i] = x[order[i]]
    weights[i] = w[order[i]]
  }
}
