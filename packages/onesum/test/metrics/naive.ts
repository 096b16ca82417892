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

/** Probabilities, their most probable classes and confidences, ties to the lowest class. */
export function naivePredictions(rows: readonly (readonly number[])[]) {
  return rows.map((row) => {
    const p = naiveSoftmax(row)
    const predicted = p.indexOf(Math.max(...p))
    return { p, predicted, confidence: p[predicted] }
  })
}

/** The part of all pairs (positive, negative) that are in order, ties as half; undefined where there is no pair. */
export function naiveAuc(positive: readonly number[], negative: readonly number[]): number | undefined {
  let wins = 0
  for (const a of positive) for (const b of negative) wins += a > b ? 1 : a === b ? 0.5 : 0
  const pairs = positive.length * negative.length
  return pairs === 0 ? undefined : wins / pairs
}

/** Mean over i of the error rate among the first i, for rows in this order. */
export function naiveAurc(right: readonly boolean[]): number {
  let wrong = 0
  let total = 0
  for (const [i, one] of right.entries()) {
    if (!one) wrong++
    total += wrong / (i + 1)
  }
  return total / right.length
}

/** Σ n_b / n |mean confidence − accuracy| over bins given by their rows. */
export function naiveEce(bins: readonly (readonly { confidence: number; right: boolean }[])[]): number {
  const rows = bins.reduce((total, bin) => total + bin.length, 0)
  let ece = 0
  for (const bin of bins) {
    if (bin.length === 0) continue
    const confidence = bin.reduce((total, one) => total + one.confidence, 0) / bin.length
    const accuracy = bin.filter((one) => one.right).length / bin.length
    ece += (bin.length / rows) * Math.abs(confidence - accuracy)
  }
  return ece
}

/** The bin (i/n, (i+1)/n] that holds p, 0 in the first; for p that are no edge but 1 and multiples of 1/2^k. */
export function naiveBin(p: number, bins: number): number {
  return Math.max(0, Math.ceil(p * bins) - 1)
}
