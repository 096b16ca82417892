/** Confidence bins: edges, the bin of a confidence, and what a reliability diagram shows of each. */

/** One bin (lower, upper] of a reliability diagram. */
export interface ReliabilityBin {
  lower: number
  upper: number
  /** How many rows fall in it; where rows have weights, what they weigh. */
  count: number
  /** How many of them are right. */
  correct: number
  /** The part of them that is right; 0 in an empty bin. */
  accuracy: number
  /** Their mean confidence; 0 in an empty bin. */
  confidence: number
}

/** The edges i · (1/n) of n bins, the last exactly 1, as numpy.linspace makes them. */
export function binEdges(bins: number): Float64Array {
  const step = 1 / bins
  const edges = Float64Array.from({ length: bins + 1 }, (_, i) => i * step)
  edges[bins] = 1
  return edges
}

/** The bin that holds a confidence: open on the left, closed on the right; 0 goes to the first. */
export function binOf(edges: Float64Array, confidence: number): number {
  const last = edges.length - 2
  let bin = Math.min(last, Math.max(0, Math.ceil(confidence * (last + 1)) - 1))
  // the product is only a guess: the edges decide
  while (bin > 0 && confidence <= edges[bin]) bin--
  while (bin < last && confidence > edges[bin + 1]) bin++
  return bin
}

/** The same among edges at any distance. */
export function binAmong(edges: Float64Array, p: number): number {
  let [low, high] = [0, edges.length - 2]
  while (low < high) {
    const middle = (low + high) >> 1
    if (p <= edges[middle + 1]) high = middle
    else low = middle + 1
  }
  return low
}

/** The edges of n bins between the quantiles 0, 1/n, … 1 of sorted numbers, linear between them, as numpy.quantile has it. */
export function quantileEdges(sorted: Float64Array, bins: number): Float64Array {
  const last = sorted.length - 1
  return Float64Array.from({ length: bins + 1 }, (_, i) => {
    const at = Math.floor((i * last) / bins)
    const [low, high] = [sorted[at], sorted[Math.min(at + 1, last)]]
    return low + (high - low) * ((i * last - at * bins) / bins)
  })
}

/** What a diagram shows of a bin with so many rows, so many right ones, and such a sum of confidences. */
export function reliabilityBin(
  lower: number,
  upper: number,
  count: number,
  correct: number,
  confidence: number,
): ReliabilityBin {
  const share = (total: number) => (count === 0 ? 0 : total / count)
  return { lower, upper, count, correct, accuracy: share(correct), confidence: share(confidence) }
}
