/** An evaluation that takes rows as they come, merges with others, and travels as JSON. */
import { readFlag, readInteger, readOptions, readVersion, show, wrongKind, wrongValue } from '../check.ts'
import { eachRow } from '../kernels/js/dense.ts'
import { readSampleWeight } from '../rows/factors.ts'
import { openTarget, readLabels } from '../rows/labels.ts'
import { openRows, type Signature } from '../rows/rows.ts'
import type { Labels, Logits } from '../rows/types.ts'
import type { Metrics } from './metrics.ts'
import { readFields } from './saved.ts'
import { type RowScore, scoreLogits, scoreProbabilities } from './score.ts'
import { screen } from './screen.ts'
import {
  type AddOptions,
  BATCH_OPTIONS,
  EVALUATION_OPTIONS,
  type EvaluationOptions,
  type From,
  readSettings,
} from './settings.ts'
import { Spans } from './spans.ts'
import { Tally, type TallySettings } from './tally.ts'

/** Is shown each row that counts: its probabilities, what they are worth, and its weight. */
export type Watch = (p: Float64Array, score: RowScore, weight: number) => void

/** Of the JSON. */
const VERSION = 2

/**
 * How good probabilities are, over rows that come in batches or from several workers; constant memory.
 *
 * Counts merge exactly, sums to the last places, in any order.
 *
 * @example
 * import { Evaluation } from 'onesum/metrics'
 *
 * const evaluation = new Evaluation({ bins: 10 }).add([2, 1, 0.1], [0]).add([0, 3, 1], [2])
 * evaluation.result().accuracy // → 0.500
 */
export class Evaluation {
  readonly #from: From
  readonly #explicit: boolean
  readonly #skip: boolean
  readonly #settings: TallySettings
  readonly #spans = new Spans()
  #tally: Tally | undefined
  #classes: number | undefined
  /** Whether rows have weights: all or none. */
  #weighted: boolean | undefined
  /** The number of the row to come. */
  #next = 0

  /** @throws RangeError or TypeError for an option that is wrong */
  constructor(options?: EvaluationOptions) {
    const { from, skipUndefined, ...settings } = readSettings('Evaluation', options)
    this.#from = from
    this.#explicit = options?.from !== undefined
    this.#skip = skipUndefined
    this.#settings = settings
  }

  /** How many rows were added, those left out included. */
  get rows(): number {
    return this.#tally ? this.#tally.rows + this.#tally.skipped : 0
  }

  /**
   * Adds a batch; where it throws, nothing of the batch was added.
   *
   * @param scores logits, or probabilities if `from` says so: an array or a tensor
   * @param labels the true class of each row
   * @param options `shape` (default one row), `axis` (default the last), `dtype`, `sampleWeight` (numbers >= 0, for every
   *   batch or for none), `firstRow`: the number of the first row, for parts of a whole that are evaluated apart
   * @throws RangeError that names the row, counted over all batches, for a label out of range, a row without a softmax,
   *   or one that is no distribution; and with a bootstrap, for a row number that is here already
   */
  add(scores: Logits, labels: Labels, options?: AddOptions): this {
    this.addAs('Evaluation.add', scores, labels, options)
    return this
  }

  /** @internal `add` under the name of the function that was called, which may watch. */
  addAs(where: string, scores: Logits, labels: Labels, options: AddOptions | undefined, watch?: Watch): void {
    const { firstRow, sampleWeight, ...batch } = readOptions(where, options, [...BATCH_OPTIONS, 'firstRow'])
    const signature: Signature = { name: where, operands: ['scores'], options: BATCH_OPTIONS }
    const { rows } = openRows(signature, [scores], batch)
    const { array } = openTarget(where, 'labels', labels)
    if (array.length !== rows.count) {
      const remedy = rows.count === 1 ? 'pass shape: [rows, classes]' : undefined
      throw wrongValue(where, 'labels', `${rows.count} class indices, one per row`, String(array.length), remedy)
    }
    if (this.#classes !== undefined && this.#classes !== rows.length) {
      throw wrongValue(where, 'scores', `${this.#classes} classes, as in earlier batches`, String(rows.length))
    }
    const first = readInteger(where, 'firstRow', firstRow, this.#next, 0, Number.MAX_SAFE_INTEGER)
    const truth = readLabels(where, 'labels', array, rows.length, undefined, first)
    const weights = readSampleWeight(where, sampleWeight, rows.count, first)
    this.#checkWeighted(where, weights !== undefined, rows.count)
    const before = this.#tally?.alike ?? true
    const { tops, alike } = screen(where, rows, first, this.#from, this.#skip, before)
    this.#number(where, [[first, first + rows.count]])
    const tally = this.#open(rows.length, weights !== undefined)
    tally.alike &&= alike
    const score = this.#from === 'logits' ? scoreLogits : scoreProbabilities
    eachRow(rows, ({ row, size, values: [x] }) => {
      const weight = weights ? weights[row] : 1
      if (tops[row] < 0 || weight === 0) {
        tally.skipped++
        return
      }
      const scored = score(x, size, tops[row], truth[row])
      tally.add(first + row, x, scored, weight)
      watch?.(x, scored, weight)
    })
    this.#next = first + rows.count
  }

  /** Adds what another evaluation holds, which stays as it is; both must agree on all options and classes. */
  merge(other: Evaluation): this {
    const where = 'Evaluation.merge'
    if (!(other instanceof Evaluation)) throw wrongKind(where, 'other', 'an Evaluation', show(other))
    const mine = this.#described()
    const theirs = other.#described()
    const classes = other.#classes ?? this.#classes
    if (mine !== theirs || (this.#classes !== undefined && classes !== this.#classes)) {
      const named = (settings: string, count: number | undefined) => `${settings}, ${count ?? 'any number of'} classes`
      throw wrongValue(where, 'other', named(mine, this.#classes), named(theirs, other.#classes))
    }
    if (other.#weighted !== undefined) this.#checkWeighted(where, other.#weighted, other.rows)
    this.#number(where, other.#spans.toJSON())
    if (classes !== undefined && other.#tally) this.#open(classes, other.#weighted === true).merge(other.#tally)
    this.#next = Math.max(this.#next, other.#next, this.rows)
    return this
  }

  /**
   * All metrics of the rows so far.
   *
   * @throws RangeError where no row was added, or where `from` was left out and every row looks like probabilities
   */
  result(): Metrics {
    return this.resultAs('Evaluation.result')
  }

  /** @internal `result` under the name of the function that was called. */
  resultAs(where: string): Metrics {
    const tally = this.#tally
    if (tally === undefined || tally.rows === 0) {
      const got = this.rows === 0 ? 'none' : `none but ${this.rows} left out`
      throw wrongValue(where, 'scores', 'at least one row', got)
    }
    if (!this.#explicit && tally.alike) {
      const remedy = "these look like probabilities; pass from: 'probabilities' (or from: 'logits', if they are logits)"
      throw wrongValue(where, 'scores', 'logits', 'rows that all lie in [0, 1] and sum to 1', remedy)
    }
    return tally.metrics()
  }

  /** The evaluation as plain data, for `Evaluation.fromJSON`; non-finite numbers are strings. */
  toJSON(): Record<string, unknown> {
    return {
      version: VERSION,
      ...(this.#explicit && { from: this.#from }),
      skipUndefined: this.#skip,
      ...this.#settings,
      next: this.#next,
      spans: this.#spans.toJSON(),
      ...(this.#tally && { classes: this.#classes, weighted: this.#weighted, tally: this.#tally.toJSON() }),
    }
  }

  /** The evaluation that `toJSON` described. */
  static fromJSON(json: unknown): Evaluation {
    const where = 'Evaluation.fromJSON'
    const fields = readVersion(where, json, VERSION)
    // what was saved has every option but `from`, which may be unsaid
    const saved = EVALUATION_OPTIONS.map((name) => [name, name === 'from' ? fields[name] : (fields[name] ?? null)])
    const options = Object.fromEntries(saved) as EvaluationOptions
    readSettings(where, options)
    const evaluation = new Evaluation(options)
    evaluation.#spans.restore(where, fields.spans)
    if (fields.tally !== undefined) {
      const classes = readInteger(where, 'classes', fields.classes, undefined, 0, 2 ** 31)
      const weighted = readFlag(where, 'weighted', fields.weighted)
      evaluation.#open(classes, weighted).restore(where, readFields(where, 'tally', fields.tally))
    }
    evaluation.#next = readInteger(where, 'next', fields.next, undefined, evaluation.rows, Number.MAX_SAFE_INTEGER)
    return evaluation
  }

  /** Takes note of row numbers, which a bootstrap needs to be of one row each. */
  #number(where: string, spans: Parameters<Spans['add']>[0]): void {
    if (this.#settings.bootstrap === 0) return
    const twice = this.#spans.add(spans)
    if (twice === undefined) return
    const remedy = 'pass firstRow to add, so that the bootstrap draws weights for each row of the whole'
    throw wrongValue(where, 'firstRow', 'every row number once', `row ${twice} twice`, remedy)
  }

  #open(classes: number, weighted: boolean): Tally {
    this.#classes = classes
    this.#weighted ??= weighted
    this.#tally ??= new Tally(this.#settings, classes, weighted)
    return this.#tally
  }

  /** Rows with weights and rows without are no whole. */
  #checkWeighted(where: string, weighted: boolean, rows: number): void {
    if (this.#weighted === undefined || this.#weighted === weighted) return
    const [before, now] = weighted ? ['no weights', 'some'] : [`weights`, 'none']
    const remedy = 'pass sampleWeight with every batch, 1 for a row that counts once, or with none'
    throw wrongKind(where, 'sampleWeight', `${before}, as in earlier batches`, `${now} for ${rows} rows`, remedy)
  }

  #described(): string {
    const { bins, topK, worst, bootstrap, seed, auc } = this.#settings
    const intervals = bootstrap === 0 ? '' : `, bootstrap ${bootstrap} with seed ${seed}`
    const from = this.#explicit ? this.#from : 'unsaid'
    return `from: ${from}, ${bins} bins, top ${topK.join(', ')}, worst ${worst}${intervals}${auc === 'exact' ? ', exact auc' : ''}`
  }
}
