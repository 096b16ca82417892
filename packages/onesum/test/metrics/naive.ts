/** The metrics as their formulas read, in two plain loops: slow, uncompensated, and independent of the library. */

/** Mean −log p_y and mean Σ_k (p_k − y_k)² of rows of logits. */
export function naiveScores(rows: readonly (readonly number[])[], labels: readonly number[]) {
  let nll = 0
  let brier = 0
  for (const [r, row] of rows.entries()) {
    const p = naiveSoftmax(row)
    nll -= Math.log(p[labels[r]])
    for (let k = 0; k < row.length; k++) brier += (p[k] - (k === labels[r] ? 1 : 0)) ** 2
  }
  return { nll: nll / rows.length, brier: brier / rows.length }
}

/** exp(x_k) / Σ exp(x_j): for logits that exp can hold. */
export function naiveSoftmax(row: readonly number[]): number[] {
  const total = row.reduce((sum, value) => sum + Math.exp(value), 0)
  return row.map((value) => Math.exp(value) / total)
}

/** The part of the rows whose label stands among the first k of a full sort, ties by class. */
export function naiveTopK(rows: readonly (readonly number[])[], labels: readonly number[], k: number): number {
  const hits = rows.filter((row, r) => {
    const order = row.map((_, c) => c).sort((a, b) => row[b] - row[a] || a - b)
    return order.slice(0, k).includes(labels[r])
  })
  return hits.length / rows.length
}
