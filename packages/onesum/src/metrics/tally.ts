/** What an evaluation counts: sums over rows, from which every metric follows. */
import { decodeNumber, encodeNumber, readFlag, readInteger, show, wrongKind, wrongValue } from '../check.ts'
import { Total } from '../kernels/js/total.ts'
import { BinTally, binEdges, binOf } from './bins.ts'
import type { Metrics } from './evaluate.ts'

/** One row's part. */
export interface RowScore {
  /** −log of the true class's probability. */
  nll: number
  /** Σ_k (p_k − y_k)². */
  brier: number
  /** The largest probability. */
  confidence: number
  /** How many classes come before the true one. */
  rank: number
}

/** A saved tally. */
export type TallyJson = Record<string, unknown>

/** Sums over rows that merge: counts exactly, sums to the last places, in any order. */
export class Tally {
  rows = 0
  skipped = 0
  /** No row so far could be told from probabilities. */
  alike = true
  readonly nll = new Total()
  readonly brier = new Total()
  readonly confidence = new Total()
  readonly hits: number[]
  readonly bins: BinTally[]
  readonly edges: Float64Array
  readonly topK: readonly number[]

  constructor(bins: number, topK: readonly number[]) {
    this.topK = topK
    this.hits = topK.map(() => 0)
    this.edges = binEdges(bins)
    this.bins = Array.from({ length: bins }, () => new BinTally())
  }

  add({ nll, brier, confidence, rank }: RowScore): void {
    this.rows++
    this.nll.add(nll)
    this.brier.add(brier)
    this.confidence.add(confidence)
    for (let i = 0; i < this.hits.length; i++) if (rank < this.topK[i]) this.hits[i]++
    this.bins[binOf(this.edges, confidence)].add(confidence, rank === 0)
  }

  merge(other: Tally): void {
    this.rows += other.rows
    this.skipped += other.skipped
    this.alike &&= other.alike
    this.nll.merge(other.nll)
    this.brier.merge(other.brier)
    this.confidence.merge(other.confidence)
    for (let i = 0; i < this.hits.length; i++) this.hits[i] += other.hits[i]
    for (let b = 0; b < this.bins.length; b++) this.bins[b].merge(other.bins[b])
  }

  metrics(classes: number): Metrics {
    const { rows, skipped, edges } = this
    const bins = this.bins.map((bin, b) => bin.summary(edges[b], edges[b + 1]))
    const gaps = bins.map(({ accuracy, confidence }) => Math.abs(accuracy - confidence))
    const correct = this.bins.reduce((total, bin) => total + bin.correct, 0)
    return {
      rows,
      skipped,
      classes,
      accuracy: correct / rows,
      topKAccuracy: Object.fromEntries(this.topK.map((k, i) => [k, this.hits[i] / rows])),
      nll: this.nll.value / rows,
      brier: this.brier.value / rows,
      meanConfidence: this.confidence.value / rows,
      ece: bins.reduce((total, { count }, b) => total + (count / rows) * gaps[b], 0),
      mce: gaps.reduce((largest, gap) => Math.max(largest, gap), 0),
      bins,
    }
  }

  toJSON(): TallyJson {
    const { rows, skipped, alike, hits, topK } = this
    const total = ({ sum, low }: Total) => [encodeNumber(sum), encodeNumber(low)]
    return {
      rows,
      skipped,
      alike,
      topK,
      hits,
      nll: total(this.nll),
      brier: total(this.brier),
      confidence: total(this.confidence),
      bins: this.bins.map(({ count, correct, confidence }) => [count, correct, ...total(confidence)]),
    }
  }

  static fromJSON(where: string, fields: Record<string, unknown>): Tally {
    const count = (name: string, value: unknown, most = Infinity) => readInteger(where, name, value, undefined, 0, most)
    const bins = list(where, 'bins', fields.bins)
    if (bins.length === 0) throw wrongValue(where, 'bins', 'at least one bin', 'none')
    const topK = list(where, 'topK', fields.topK).map((k) => readInteger(where, 'topK', k, undefined, 1, Infinity))
    const tally = new Tally(bins.length, topK)
    tally.rows = count('rows', fields.rows)
    tally.skipped = count('skipped', fields.skipped)
    tally.alike = readFlag(where, 'alike', fields.alike)
    const hits = list(where, 'hits', fields.hits, topK.length)
    for (let i = 0; i < topK.length; i++) tally.hits[i] = count('hits', hits[i], tally.rows)
    restore(where, 'nll', tally.nll, fields.nll)
    restore(where, 'brier', tally.brier, fields.brier)
    restore(where, 'confidence', tally.confidence, fields.confidence)
    for (const [b, saved] of bins.entries()) {
      const [rows, correct, ...confidence] = list(where, 'bins', saved, 4)
      tally.bins[b].count = count('bins', rows)
      tally.bins[b].correct = count('bins', correct, tally.bins[b].count)
      restore(where, 'bins', tally.bins[b].confidence, confidence)
    }
    const binned = tally.bins.reduce((total, bin) => total + bin.count, 0)
    if (binned !== tally.rows) throw wrongValue(where, 'bins', `${tally.rows} rows in all, as "rows" says`, `${binned}`)
    return tally
  }
}

function restore(where: string, name: string, total: Total, saved: unknown): void {
  const [sum, low] = list(where, name, saved, 2)
  total.sum = decodeNumber(where, name, sum)
  if (Number.isNaN(total.sum)) throw wrongValue(where, name, 'a sum', 'NaN')
  total.low = decodeNumber(where, name, low)
}

function list(where: string, name: string, value: unknown, length?: number): unknown[] {
  if (Array.isArray(value) && (length === undefined || value.length === length)) return value
  throw wrongKind(where, name, length === undefined ? 'an array' : `an array of ${length}`, show(value))
}
