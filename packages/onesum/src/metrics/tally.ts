/** What an evaluation counts: sums over rows, from which every metric follows. */
import { readFlag, readInteger } from '../check.ts'
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
import { checkSum, decodeParts, decodeTotal, encodeNumbers, encodeTotal, type Fields, readList } from './saved.ts'
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

/** Sums over rows that merge: counts exactly, sums to the last places, in any order. */
export class Tally {
  rows = 0
  skipped = 0
  /** No row so far could be told from probabilities. */
  alike = true
  readonly #classes: number
  readonly #topK: readonly number[]
  readonly #edges: Float64Array
  readonly #nll = new Total()
  readonly #brier = new Total()
  readonly #confidence = new Total()
  readonly #hits: number[]
  readonly #inBin: Float64Array
  readonly #rightInBin: Float64Array
  readonly #confidenceInBin: Total[]
  readonly #confusion: Float64Array
  readonly #perClass: ClassTally
  readonly #roc: RocTally
  readonly #ranking = new Ranking()
  readonly #worst: Worst
  readonly #bootstrap: Bootstrap | undefined

  constructor({ bins, topK, worst, bootstrap, seed, auc }: TallySettings, classes: number) {
    this.#classes = classes
    this.#topK = topK
    this.#edges = binEdges(bins)
    this.#hits = topK.map(() => 0)
    this.#inBin = new Float64Array(bins)
    this.#rightInBin = new Float64Array(bins)
    this.#confidenceInBin = Array.from({ length: bins }, () => new Total())
    this.#confusion = confusionCounts(classes)
    this.#perClass = new ClassTally(classes, bins)
    this.#roc = new RocTally(classes, auc === 'exact')
    this.#worst = new Worst(worst)
    this.#bootstrap = bootstrap === 0 ? undefined : new Bootstrap(bootstrap, seed, bins)
  }

  /** Takes in row number `row`, whose probabilities are p. */
  add(row: number, p: Float64Array, score: RowScore): void {
    const { label, predicted, nll, brier, confidence, rank } = score
    this.rows++
    this.#nll.add(nll)
    this.#brier.add(brier)
    this.#confidence.add(confidence)
    for (let i = 0; i < this.#hits.length; i++) if (rank < this.#topK[i]) this.#hits[i]++
    const bin = binOf(this.#edges, confidence)
    this.#inBin[bin]++
    if (rank === 0) this.#rightInBin[bin]++
    else if (this.#worst.accepts(confidence)) {
      this.#worst.add({ row, confidence, label, predicted, probability: p[label] })
    }
    this.#confidenceInBin[bin].add(confidence)
    if (this.#confusion.length > 0) this.#confusion[label * this.#classes + predicted]++
    this.#perClass.add(p, score)
    this.#roc.add(p, label)
    this.#ranking.add(confidence, rank === 0)
    this.#bootstrap?.add(row, bin, score)
  }

  merge(other: Tally): void {
    this.rows += other.rows
    this.skipped += other.skipped
    this.alike &&= other.alike
    this.#nll.merge(other.#nll)
    this.#brier.merge(other.#brier)
    this.#confidence.merge(other.#confidence)
    for (let i = 0; i < this.#hits.length; i++) this.#hits[i] += other.#hits[i]
    addAll(this.#inBin, other.#inBin)
    addAll(this.#rightInBin, other.#rightInBin)
    for (let b = 0; b < this.#inBin.length; b++) this.#confidenceInBin[b].merge(other.#confidenceInBin[b])
    addAll(this.#confusion, other.#confusion)
    this.#perClass.merge(other.#perClass)
    this.#roc.merge(other.#roc)
    this.#ranking.merge(other.#ranking)
    this.#worst.merge(other.#worst)
    if (other.#bootstrap) this.#bootstrap?.merge(other.#bootstrap)
  }

  metrics(): Metrics {
    const { rows, skipped } = this
    const edges = this.#edges
    const count = this.#inBin
    const correct = this.#rightInBin
    const confidence = this.#confidenceInBin.map(({ value }) => value)
    const binned = { count, correct, confidence }
    const perClass = this.#perClass.metrics().map((one) => ({ ...one, ...given('auc', this.#roc.area(one.class)) }))
    const aucs = perClass.flatMap(({ auc }) => (auc ? [auc.value] : []))
    const brier = this.#brier.value / rows
    const groups = this.#ranking.groups()
    const { exact } = this.#ranking
    return {
      rows,
      skipped,
      classes: this.#classes,
      accuracy: correct.reduce((sum, right) => sum + right, 0) / rows,
      topKAccuracy: Object.fromEntries(this.#topK.map((k, i) => [k, this.#hits[i] / rows])),
      balancedAccuracy: mean(perClass.flatMap(({ recall }) => recall ?? [])),
      macroF1: mean(perClass.flatMap(({ f1 }) => f1 ?? [])),
      ...given('macroAuc', aucs.length > 0 ? mean(aucs) : undefined),
      nll: this.#nll.value / rows,
      brier,
      ...(this.#perClass.binned && { brierDecomposition: decompose(perClass, rows, brier) }),
      meanConfidence: this.#confidence.value / rows,
      ...calibrationErrors(binned),
      calibratedEce: calibratedEce(binned),
      bins: confidence.map((sum, b) => reliabilityBin(edges[b], edges[b + 1], count[b], correct[b], sum)),
      equalMass: equalMass(groups, rows, count.length, exact),
      riskCoverage: riskCoverage(groups, rows, exact),
      ...(this.#perClass.binned && { classwiseEce: mean(perClass.map(({ ece = 0 }) => ece)) }),
      perClass,
      ...given('confusion', confusionMatrix(this.#confusion, this.#classes)),
      worst: this.#worst.rows.map((wrong) => ({ ...wrong })),
      ...given('intervals', this.#bootstrap?.intervals()),
    }
  }

  toJSON(): Fields {
    const { rows, skipped, alike } = this
    return {
      rows,
      skipped,
      alike,
      hits: [...this.#hits],
      nll: encodeTotal(this.#nll),
      brier: encodeTotal(this.#brier),
      confidence: encodeTotal(this.#confidence),
      bins: this.#confidenceInBin.map((total, b) => [this.#inBin[b], this.#rightInBin[b], ...encodeTotal(total)]),
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
    const count = (name: string, value: unknown, most = Infinity) => readInteger(where, name, value, undefined, 0, most)
    this.rows = count('rows', fields.rows)
    this.skipped = count('skipped', fields.skipped)
    this.alike = readFlag(where, 'alike', fields.alike)
    const hits = readList(where, 'hits', fields.hits, this.#hits.length)
    for (const [i, value] of hits.entries()) this.#hits[i] = count('hits', value, this.rows)
    decodeTotal(where, 'nll', this.#nll, fields.nll)
    decodeTotal(where, 'brier', this.#brier, fields.brier)
    decodeTotal(where, 'confidence', this.#confidence, fields.confidence)
    for (const [b, saved] of readList(where, 'bins', fields.bins, this.#inBin.length).entries()) {
      const [rows, correct, ...confidence] = readList(where, 'bins', saved, 4)
      this.#inBin[b] = count('bins', rows)
      this.#rightInBin[b] = count('bins', correct, this.#inBin[b])
      decodeTotal(where, 'bins', this.#confidenceInBin[b], confidence)
    }
    checkSum(where, 'bins', this.#inBin, this.rows)
    this.#perClass.restore(where, fields.perClass, this.rows)
    decodeParts(where, 'confusion', fields.confusion, this.#confusion, this.#confusion.length > 0 ? this.rows : 0)
    this.#roc.restore(where, fields.roc, this.rows)
    this.#ranking.restore(where, fields.ranking, this.rows)
    this.#worst.restore(where, fields.worstRows, this.#classes)
    this.#bootstrap?.restore(where, fields.replicates)
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** A field that is left out where there is nothing to say. */
function given<K extends keyof Metrics | keyof ClassMetrics, T>(name: K, value: T | undefined): { [key in K]?: T } {
  return (value === undefined ? {} : { [name]: value }) as { [key in K]?: T }
}
