/** Two rows of three classes, written as every format has them. */
export const logits = [2, 1, 0, -1, 0.5, 3]

export const rows = [logits.slice(0, 3), logits.slice(3)]

/** Softmax as the textbook writes it, in float64: good to a few ulp for small logits. */
export function textbookSoftmax(row: readonly number[], temperature = 1): number[] {
  const terms = row.map((x) => Math.exp(x / temperature))
  const total = terms.reduce((a, b) => a + b, 0)
  return terms.map((term) => term / total)
}

/** A seeded generator of numbers in [0, 1): a linear congruence, good enough to fill files. */
export function generator(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}
