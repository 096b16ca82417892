/** What is counted for each class: predictions, hits, and equal-width bins of its probability over all rows. */
import { wrongValue } from '../check.ts'
import { binEdges, binOf, type ReliabilityBin, reliabilityBin } from './bins.ts'
import { addAll, BlockSums } from './block-sums.ts'
import { calibrationErrors } from './calibration-errors.ts'
import type { BrierDecomposition, ClassMetrics } from './metrics.ts'
import { decodeCounts, decodeParts, encodeNumbers, type Fields, type Mass, readFields } from './saved.ts'
import type { RowScore } from './score.ts'

/** Classes × bins that are held; beyond, each class has one bin, which gives its mean probability and no more. */
const MOST_CELLS = 2 ** 20

/** Counts of each class, or sums of its rows' weights. Bin b of class k stands at b · classes + k, so that neighbours share a cache line. */
export class ClassTally {
  readonly classes: number
  /** Whether the bins are those that were asked for. */
  readonly binned: boolean
  readonly #weighted: boolean
  readonly #edges: Float64Array
  /** All rows. */
  #mass = 0
  readonly #count: Float64Array
  readonly #predicted: Float64Array
  readonly #correct: Float64Array
  /** Rows in the bin; without weights the first bin's are what the others leave. */
  readonly #inBin: Float64Array
  /** Rows in the bin that are of the class. */
  readonly #ofClass: Float64Array
  readonly #probability: BlockSums

  constructor(classes: number, bins: number, weighted: boolean) {
    this.classes = classes
    this.#weighted = weighted
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

  add(p: Float64Array, { label, predicted }: RowScore, weight: number): void {
    const edges = this.#edges
    this.#mass += weight
    this.#count[label] += weight
    this.#predicted[predicted] += weight
    if (label === predicted) this.#correct[label] += weight
    this.#ofClass[binOf(edges, p[label]) * this.classes + label] += weight
    if (this.#weighted) this.#addWeighted(p, weight)
    else this.#addPlain(p)
    this.#probability.row()
  }

  #addPlain(p: Float64Array): void {
    const size = this.classes
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
  }

  #addWeighted(p: Float64Array, weight: number): void {
    const size = this.classes
    const edges = this.#edges
    const inBin = this.#inBin
    const { block } = this.#probability
    for (let k = 0; k < size; k++) {
      const cell = binOf(edges, p[k]) * size + k
      inBin[cell] += weight
      block[cell] += weight * p[k]
    }
  }

  merge(other: ClassTally): void {
    this.#mass += other.#mass
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
        meanProbability: total / this.#mass,
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

  restore(where: string, saved: unknown, mass: Mass): void {
    const fields = readFields(where, 'perClass', saved)
    const { total, weighted } = mass
    this.#mass = total
    decodeParts(where, 'perClass.count', fields.count, this.#count, mass)
    decodeParts(where, 'perClass.predicted', fields.predicted, this.#predicted, mass)
    decodeCounts(where, 'perClass.correct', fields.correct, this.#correct, total, weighted)
    decodeCounts(where, 'perClass.inBin', fields.inBin, this.#inBin, total, weighted)
    decodeParts(where, 'perClass.ofClass', fields.ofClass, this.#ofClass, mass)
    this.#probability.restore(where, 'perClass.probability', fields.probability)
    for (let k = 0; k < this.classes; k++) {
      const most = Math.min(this.#count[k], this.#predicted[k])
      if (this.#correct[k] > most)
        throw wrongValue(where, 'perClass.correct', `at most ${most} for class ${k}`, `${this.#correct[k]}`)
    }
  }

  #binsOf(k: number, sums: Float64Array): ReliabilityBin[] {
    const edges = this.#edges
    let first = this.#weighted ? this.#inBin[k] : this.#mass
    for (let cell = this.classes + k; !this.#weighted && cell < this.#inBin.length; cell += this.classes) {
      first -= this.#inBin[cell]
    }
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
export function decompose(perClass: readonly ClassMetrics[], mass: number, brier: number): BrierDecomposition {
  let reliability = 0
  let resolution = 0
  let uncertainty = 0
  for (const { count, bins = [] } of perClass) {
    const share = count / mass
    uncertainty += share * (1 - share)
    for (const bin of bins) {
      reliability += (bin.count / mass) * (bin.confidence - bin.accuracy) ** 2
      resolution += (bin.count / mass) * (bin.accuracy - share) ** 2
    }
  }
  return { reliability, resolution, uncertainty, withinBin: brier - (reliability - resolution + uncertainty) }
}
