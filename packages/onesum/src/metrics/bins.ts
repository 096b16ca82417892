/** Equal-width confidence bins: edges, the bin of a confidence, and what a reliability diagram shows of each. */
import { Total } from '../kernels/js/total.ts'

/** One bin (lower, upper] of a reliability diagram. */
export interface ReliabilityBin {
  lower: number
  upper: number
  /** How many rows fall in it. */
  count: number
  /** How many of them are right. */
  correct: number
  /** The part of them whose class is right; 0 in an empty bin. */
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

/** What is counted for one bin. */
export class BinTally {
  count = 0
  correct = 0
  readonly confidence = new Total()

  add(confidence: number, correct: boolean): void {
    this.count++
    if (correct) this.correct++
    this.confidence.add(confidence)
  }

  merge(other: BinTally): void {
    this.count += other.count
    this.correct += other.correct
    this.confidence.merge(other.confidence)
  }

  summary(lower: number, upper: number): ReliabilityBin {
    const { count, correct } = this
    const share = (total: number) => (count === 0 ? 0 : total / count)
    return { lower, upper, count, correct, accuracy: share(correct), confidence: share(this.confidence.value) }
  }
}
