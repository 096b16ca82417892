/** What an evaluation counts: sums over rows, from which every metric follows. */
import { readFlag, readInteger, readNumber } from '../check.ts'
import { Total } from '../kernels/js/total.ts'
import { binEdges, binOf, reliabilityBin } from './bins.ts'
import { addAll } from './block-sums.ts'
import { Bootstrap } from './bootstrap.ts'
import { calibratedEce, calibrationErrors } from './calibration-errors.ts'
import { ClassTally, decompose } from './class-tally.ts'
import { confusionCounts, confusionMatrix } from './confusion.ts'
import { equalMass } from './equal-mass.ts'
import type { ClassMetrics, Metrics } from './metrics.ts'
import { Ranking } from './ranking.ts'
import { riskCoverage } from './risk-coverage.ts'
import { RocTally } from './roc-tally.ts'
import {
  checkSum,
  decodeCounts,
  decodeParts,
  decodeTotal,
  encodeNumbers,
  encodeTotal,
  type Fields,
  type Mass,
  readCount,
  readList,
} from './saved.ts'
import type { RowScore } from './score.ts'
import { Worst } from './worst.ts'

/** What is counted. */
export interface TallySettings {
  readonly bins: number
  readonly topK: readonly number[]
  readonly worst: number
  readonly bootstrap: number
  readonly seed: number
  readonly auc: 'always' | 'exact'
}

/** Sums over rows that merge: counts exactly, sums to the last places, in any order. A weighted row counts for its weight. */
export class Tally {
  rows = 0
  /** What the rows weigh; their number without weights. */
  weight = 0
  skipped = 0
  /** No row so far could be told from probabilities. */
  alike = true
  readonly #classes: number
  readonly #weighted: boolean
  readonly #topK: readonly number[]
  readonly #edges: Float64Array
  readonly #nll = new Total()
  readonly #brier = new Total()
  readonly #confidence = new Total()
  readonly #hits: number[]
  readonly #inBin: Float64Array
  readonly #rightInBin: Float64Array
  readonly #squaresInBin: Float64Array | undefined
  readonly #confidenceInBin: Total[]
  readonly #confusion: Float64Array
  readonly #perClass: ClassTally
  readonly #roc: RocTally
  readonly #ranking: Ranking
  readonly #worst: Worst
  readonly #bootstrap: Bootstrap | undefined

  constructor({ bins, topK, worst, bootstrap, seed, auc }: TallySettings, classes: number, weighted: boolean) {
    this.#classes = classes
    this.#weighted = weighted
    this.#topK = topK
    this.#edges = binEdges(bins)
    this.#hits = topK.map(() => 0)
    this.#inBin = new Float64Array(bins)
    this.#rightInBin = new Float64Array(bins)
    this.#squaresInBin = weighted ? new Float64Array(bins) : undefined
    this.#confidenceInBin = Array.from({ length: bins }, () => new Total())
    this.#confusion = confusionCounts(classes)
    this.#perClass = new ClassTally(classes, bins, weighted)
    this.#roc = new RocTally(classes, auc === 'exact', weighted)
    this.#ranking = new Ranking(weighted)
    this.#worst = new Worst(worst)
    this.#bootstrap = bootstrap === 0 ? undefined : new Bootstrap(bootstrap, seed, bins, weighted)
  }

  /** Takes in row number `row`, whose probabilities are p; its weight is above 0, and 1 where rows have none. */
  add(row: number, p: Float64Array, score: RowScore, weight: number): void {
    const { label, predicted, nll, brier, confidence, rank } = score
    this.rows++
    this.weight += weight
    this.#nll.add(weight * nll)
    this.#brier.add(weight * brier)
    this.#confidence.add(weight * confidence)
    for (let i = 0; i < this.#hits.length; i++) if (rank < this.#topK[i]) this.#hits[i] += weight
    const bin = binOf(this.#edges, confidence)
    this.#inBin[bin] += weight
    if (this.#squaresInBin) this.#squaresInBin[bin] += weight * weight
    if (rank === 0) this.#rightInBin[bin] += weight
    else if (this.#worst.accepts(confidence)) {
      this.#worst.add({ row, confidence, label, predicted, probability: p[label] })
    }
    this.#confidenceInBin[bin].add(weight * confidence)
    if (this.#confusion.length > 0) this.#confusion[label * this.#classes + predicted] += weight
    this.#perClass.add(p, score, weight)
    this.#roc.add(p, label, weight)
    this.#ranking.add(confidence, rank === 0, weight)
    this.#bootstrap?.add(row, bin, score, weight)
  }

  merge(other: Tally): void {
    this.rows += other.rows
    this.weight += other.weight
    this.skipped += other.skipped
    this.alike &&= other.alike
    this.#nll.merge(other.#nll)
    this.#brier.merge(other.#brier)
    this.#confidence.merge(other.#confidence)
    for (let i = 0; i < this.#hits.length; i++) this.#hits[i] += other.#hits[i]
    addAll(this.#inBin, other.#inBin)
    addAll(this.#rightInBin, other.#rightInBin)
    if (this.#squaresInBin && other.#squaresInBin) addAll(this.#squaresInBin, other.#squaresInBin)
    for (let b = 0; b < this.#inBin.length; b++) this.#confidenceInBin[b].merge(other.#confidenceInBin[b])
    addAll(this.#confusion, other.#confusion)
    this.#perClass.merge(other.#perClass)
    this.#roc.merge(other.#roc)
    this.#ranking.merge(other.#ranking)
    this.#worst.merge(other.#worst)
    if (other.#bootstrap) this.#bootstrap?.merge(other.#bootstrap)
  }

  metrics(): Metrics {
    const { rows, skipped, weight } = this
    const edges = this.#edges
    const count = this.#inBin
    const correct = this.#rightInBin
    const confidence = this.#confidenceInBin.map(({ value }) => value)
    const binned = { count, correct, confidence, squares: this.#squaresInBin }
    const perClass = this.#perClass.metrics().map((one) => ({ ...one, ...given('auc', this.#roc.area(one.class)) }))
    const aucs = perClass.flatMap(({ auc }) => (auc ? [auc.value] : []))
    const brier = this.#brier.value / weight
    const groups = this.#ranking.groups()
    const { exact } = this.#ranking
    return {
      rows,
      ...(this.#weighted && { weight }),
      skipped,
      classes: this.#classes,
      // both over the bins, so that rounding of weights cannot lift it past 1
      accuracy: sumOf(correct) / sumOf(count),
      topKAccuracy: Object.fromEntries(this.#topK.map((k, i) => [k, this.#hits[i] / weight])),
      balancedAccuracy: mean(perClass.flatMap(({ recall }) => recall ?? [])),
      macroF1: mean(perClass.flatMap(({ f1 }) => f1 ?? [])),
      ...given('macroAuc', aucs.length > 0 ? mean(aucs) : undefined),
      nll: this.#nll.value / weight,
      brier,
      ...(this.#perClass.binned && { brierDecomposition: decompose(perClass, weight, brier) }),
      meanConfidence: this.#confidence.value / weight,
      ...calibrationErrors(binned),
      calibratedEce: calibratedEce(binned),
      bins: confidence.map((sum, b) => reliabilityBin(edges[b], edges[b + 1], count[b], correct[b], sum)),
      equalMass: equalMass(groups, count.length, exact),
      riskCoverage: riskCoverage(groups, exact),
      ...(this.#perClass.binned && { classwiseEce: mean(perClass.map(({ ece = 0 }) => ece)) }),
      perClass,
      ...given('confusion', confusionMatrix(this.#confusion, this.#classes)),
      worst: this.#worst.rows.map((wrong) => ({ ...wrong })),
      ...given('intervals', this.#bootstrap?.intervals()),
    }
  }

  toJSON(): Fields {
    const { rows, weight, skipped, alike } = this
    return {
      rows,
      ...(this.#weighted && { weight }),
      skipped,
      alike,
      hits: [...this.#hits],
      nll: encodeTotal(this.#nll),
      brier: encodeTotal(this.#brier),
      confidence: encodeTotal(this.#confidence),
      bins: this.#confidenceInBin.map((total, b) => [this.#inBin[b], this.#rightInBin[b], ...encodeTotal(total)]),
      ...(this.#squaresInBin && { squares: encodeNumbers(this.#squaresInBin) }),
      perClass: this.#perClass.toJSON(),
      confusion: encodeNumbers(this.#confusion),
      roc: this.#roc.toJSON(),
      ranking: this.#ranking.toJSON(),
      worstRows: this.#worst.rows.map((wrong) => ({ ...wrong })),
      ...(this.#bootstrap && { replicates: this.#bootstrap.toJSON() }),
    }
  }

  /** Takes on what `toJSON` said of a tally with the same settings. */
  restore(where: string, fields: Fields): void {
    const weighted = this.#weighted
    const whole = (name: string, value: unknown) => readInteger(where, name, value, undefined, 0, Infinity)
    const count = (name: string, value: unknown, most: number) => readCount(where, name, value, most, weighted)
    this.rows = whole('rows', fields.rows)
    this.weight = weighted ? readNumber(where, 'weight', fields.weight ?? null, 0, 0, Number.MAX_VALUE) : this.rows
    const mass: Mass = { rows: this.rows, total: this.weight, weighted }
    this.skipped = whole('skipped', fields.skipped)
    this.alike = readFlag(where, 'alike', fields.alike)
    const hits = readList(where, 'hits', fields.hits, this.#hits.length)
    for (const [i, value] of hits.entries()) this.#hits[i] = count('hits', value, mass.total)
    decodeTotal(where, 'nll', this.#nll, fields.nll)
    decodeTotal(where, 'brier', this.#brier, fields.brier)
    decodeTotal(where, 'confidence', this.#confidence, fields.confidence)
    for (const [b, saved] of readList(where, 'bins', fields.bins, this.#inBin.length).entries()) {
      const [rows, correct, ...confidence] = readList(where, 'bins', saved, 4)
      this.#inBin[b] = count('bins', rows, Infinity)
      this.#rightInBin[b] = count('bins', correct, this.#inBin[b])
      decodeTotal(where, 'bins', this.#confidenceInBin[b], confidence)
    }
    checkSum(where, 'bins', this.#inBin, mass)
    if (this.#squaresInBin) decodeCounts(where, 'squares', fields.squares, this.#squaresInBin, Infinity, true)
    this.#perClass.restore(where, fields.perClass, mass)
    const pairs = this.#confusion.length > 0 ? mass : { ...mass, total: 0 }
    decodeParts(where, 'confusion', fields.confusion, this.#confusion, pairs)
    this.#roc.restore(where, fields.roc, mass)
    this.#ranking.restore(where, fields.ranking, mass)
    this.#worst.restore(where, fields.worstRows, this.#classes)
    this.#bootstrap?.restore(where, fields.replicates)
  }
}

function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0)
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** A field that is left out where there is nothing to say. */
function given<K extends keyof Metrics | keyof ClassMetrics, T>(name: K, value: T | undefined): { [key in K]?: T } {
  return (value === undefined ? {} : { [name]: value }) as { [key in K]?: T }
}
