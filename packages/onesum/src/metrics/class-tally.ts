/** What is counted for each class: predictions, hits, and equal-width bins of its probability over all rows. */
import { wrongValue } from '../check.ts'
import { binEdges, binOf, type ReliabilityBin, reliabilityBin } from './bins.ts'
import { addAll, BlockSums } from './block-sums.ts'
import { calibrationErrors } from './calibration-errors.ts'
import type { BrierDecomposition, ClassMetrics } from './metrics.ts'
import { decodeCounts, decodeParts, encodeNumbers, type Fields, readFields } from './saved.ts'
import type { RowScore } from './score.ts'

/** Classes × bins that are held; beyond, each class has one bin, which gives its mean probability and no more. */
const MOST_CELLS = 2 ** 20

/** Counts of each class. Bin b of class k stands at b · classes + k, so that neighbours share a cache line. */
export class ClassTally {
  readonly classes: number
  /** Whether the bins are those that were asked for. */
  readonly binned: boolean
  readonly #edges: Float64Array
  #rows = 0
  readonly #count: Float64Array
  readonly #predicted: Float64Array
  readonly #correct: Float64Array
  /** Rows in the bin; the first bin's are what the others leave. */
  readonly #inBin: Float64Array
  /** Rows in the bin that are of the class. */
  readonly #ofClass: Float64Array
  readonly #probability: BlockSums

  constructor(classes: number, bins: number) {
    this.classes = classes
    this.binned = classes * bins <= MOST_CELLS
    this.#edges = binEdges(this.binned ? bins : 1)
    const cells = classes * (this.#edges.length - 1)
    this.#count = new Float64Array(classes)
    this.#predicted = new Float64Array(classes)
    this.#correct = new Float64Array(classes)
    this.#inBin = new Float64Array(cells)
    this.#ofClass = new Float64Array(cells)
    this.#probability = new BlockSums(cells)
  }

  add(p: Float64Array, { label, predicted }: RowScore): void {
    const size = this.classes
    this.#rows++
    this.#count[label]++
    this.#predicted[predicted]++
    if (label === predicted) this.#correct[label]++
    const edges = this.#edges
    const inBin = this.#inBin
    const { block } = this.#probability
    const firstEdge = edges[1]
    for (let k = 0; k < size; k++) {
      const value = p[k]
      if (value <= firstEdge) block[k] += value
      else {
        const cell = binOf(edges, value) * size + k
        inBin[cell]++
        block[cell] += value
      }
    }
    this.#ofClass[binOf(edges, p[label]) * size + label]++
    this.#probability.row()
  }

  merge(other: ClassTally): void {
    this.#rows += other.#rows
    addAll(this.#count, other.#count)
    addAll(this.#predicted, other.#predicted)
    addAll(this.#correct, other.#correct)
    addAll(this.#inBin, other.#inBin)
    addAll(this.#ofClass, other.#ofClass)
    this.#probability.merge(other.#probability)
  }

  /** Everything of each class but its `auc`. */
  metrics(): ClassMetrics[] {
    const sums = this.#probability.values()
    return Array.from({ length: this.classes }, (_, k) => {
      const [count, predicted, correct] = [this.#count[k], this.#predicted[k], this.#correct[k]]
      const bins = this.#binsOf(k, sums)
      let total = 0
      for (let cell = k; cell < sums.length; cell += this.classes) total += sums[cell]
      return {
        class: k,
        count,
        predicted,
        correct,
        ...(predicted > 0 && { precision: correct / predicted }),
        ...(count > 0 && { recall: correct / count }),
        ...(count + predicted > 0 && { f1: (2 * correct) / (count + predicted) }),
        meanProbability: total / this.#rows,
        ...(this.binned && { ece: eceOf(bins), bins }),
      }
    })
  }

  toJSON(): Fields {
    return {
      count: encodeNumbers(this.#count),
      predicted: encodeNumbers(this.#predicted),
      correct: encodeNumbers(this.#correct),
      inBin: encodeNumbers(this.#inBin),
      ofClass: encodeNumbers(this.#ofClass),
      probability: this.#probability.toJSON(),
    }
  }

  restore(where: string, saved: unknown, rows: number): void {
    const fields = readFields(where, 'perClass', saved)
    this.#rows = rows
    decodeParts(where, 'perClass.count', fields.count, this.#count, rows)
    decodeParts(where, 'perClass.predicted', fields.predicted, this.#predicted, rows)
    decodeCounts(where, 'perClass.correct', fields.correct, this.#correct, rows)
    decodeCounts(where, 'perClass.inBin', fields.inBin, this.#inBin, rows)
    decodeParts(where, 'perClass.ofClass', fields.ofClass, this.#ofClass, rows)
    this.#probability.restore(where, 'perClass.probability', fields.probability)
    for (let k = 0; k < this.classes; k++) {
      const most = Math.min(this.#count[k], this.#predicted[k])
      if (this.#correct[k] > most)
        throw wrongValue(where, 'perClass.correct', `at most ${most} for class ${k}`, `${this.#correct[k]}`)
    }
  }

  #binsOf(k: number, sums: Float64Array): ReliabilityBin[] {
    const edges = this.#edges
    let first = this.#rows
    for (let cell = this.classes + k; cell < this.#inBin.length; cell += this.classes) first -= this.#inBin[cell]
    return Array.from({ length: edges.length - 1 }, (_, b) => {
      const cell = b * this.classes + k
      const count = b === 0 ? first : this.#inBin[cell]
      return reliabilityBin(edges[b], edges[b + 1], count, this.#ofClass[cell], sums[cell])
    })
  }
}

function eceOf(bins: readonly ReliabilityBin[]): number {
  return calibrationErrors({
    count: bins.map(({ count }) => count),
    correct: bins.map(({ correct }) => correct),
    confidence: bins.map(({ count, confidence }) => count * confidence),
  }).ece
}

/** The parts of a Brier score by the bins of the classes (Stephenson, Coelho and Jolliffe, Two Extra Components in the Brier Score Decomposition, 2008). */
export function decompose(perClass: readonly ClassMetrics[], rows: number, brier: number): BrierDecomposition {
  let reliability = 0
  let resolution = 0
  let uncertainty = 0
  for (const { count, bins = [] } of perClass) {
    const share = count / rows
    uncertainty += share * (1 - share)
    for (const bin of bins) {
      reliability += (bin.count / rows) * (bin.confidence - bin.accuracy) ** 2
      resolution += (bin.count / rows) * (bin.accuracy - share) ** 2
    }
  }
  return { reliability, resolution, uncertainty, withinBin: brier - (reliability - resolution + uncertainty) }
}
