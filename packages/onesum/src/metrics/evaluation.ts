/** An evaluation that takes rows as they come, merges with others, and travels as JSON. */
import { readChoice, readFlag, readInteger, readOptions, readVersion, show, wrongKind, wrongValue } from '../check.ts'
import { eachRow } from '../kernels/js/dense.ts'
import { peak } from '../kernels/js/exponentials.ts'
import { openTarget, readLabels } from '../rows/labels.ts'
import { openRows, type Rows, type Signature } from '../rows/rows.ts'
import type { Dtype, Labels, Logits } from '../rows/types.ts'
import type { Metrics } from './metrics.ts'
import { isDistribution, SUM_TOLERANCE } from './probabilities.ts'
import { readFields } from './saved.ts'
import { scoreLogits, scoreProbabilities } from './score.ts'
import { Spans } from './spans.ts'
import { Tally, type TallySettings } from './tally.ts'

/** What the scores are. */
export type From = 'logits' | 'probabilities'

/** Options of an evaluation. */
export interface EvaluationOptions {
  /** What the scores are; given explicitly, it is not questioned. */
  from?: From
  /** How many equal-width confidence bins; by default 15. */
  bins?: number
  /** For which k the top-k accuracy is wanted; by default 1, 3 and 5. */
  topK?: readonly number[]
  /** How many of the most confidently wrong rows are listed; by default 10. */
  worst?: number
  /** How many bootstrap replicates give intervals; by default 0, none. */
  bootstrap?: number
  /** Where the bootstrap's random numbers start; by default 0. */
  seed?: number
  /** Leaves out, and counts, rows that have no softmax (NaN, +Infinity, nothing but -Infinity) instead of refusing. */
  skipUndefined?: boolean
}

/** Options of one batch. */
export interface BatchOptions {
  shape?: readonly number[]
  axis?: number
  dtype?: Dtype
}

/** Options of one batch of several. */
export interface AddOptions extends BatchOptions {
  /** The number of the batch's first row in the whole; by default the batch follows on what was added before. */
  firstRow?: number
}

export const EVALUATION_OPTIONS = ['from', 'bins', 'topK', 'worst', 'bootstrap', 'seed', 'skipUndefined']
export const BATCH_OPTIONS = ['shape', 'axis', 'dtype']

/** Of the JSON. */
const VERSION = 2

/** Replicates × bins that are held. */
const MOST_REPLICATES = 2 ** 20

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
   * @param options `shape` (default one row), `axis` (default the last), `dtype`, `firstRow`: the number of the first
   *   row, for parts of a whole that are evaluated apart
   * @throws RangeError that names the row, counted over all batches, for a label out of range, a row without a softmax,
   *   or one that is no distribution; and with a bootstrap, for a row number that is here already
   */
  add(scores: Logits, labels: Labels, options?: AddOptions): this {
    this.addAs('Evaluation.add', scores, labels, options)
    return this
  }

  /** @internal `add` under the name of the function that was called. */
  addAs(where: string, scores: Logits, labels: Labels, options: AddOptions | undefined): void {
    const { firstRow, ...batch } = readOptions(where, options, [...BATCH_OPTIONS, 'firstRow'])
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
    const { tops, alike } = this.#look(where, rows, first)
    this.#number(where, [[first, first + rows.count]])
    const tally = this.#open(rows.length)
    tally.alike &&= alike
    const score = this.#from === 'logits' ? scoreLogits : scoreProbabilities
    eachRow(rows, ({ row, size, values: [x] }) => {
      if (tops[row] < 0) tally.skipped++
      else tally.add(first + row, x, score(x, size, tops[row], truth[row]))
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
    this.#number(where, other.#spans.toJSON())
    if (classes !== undefined && other.#tally) this.#open(classes).merge(other.#tally)
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
      ...(this.#tally && { classes: this.#classes, tally: this.#tally.toJSON() }),
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
      const classes = readInteger(where, 'classes', fields.classes, undefined, 0, Infinity)
      evaluation.#open(classes).restore(where, readFields(where, 'tally', fields.tally))
    }
    evaluation.#next = readInteger(where, 'next', fields.next, undefined, evaluation.rows, Number.MAX_SAFE_INTEGER)
    return evaluation
  }

  /** The most probable class of each row, −1 for a row that is left out; and whether all look like probabilities. */
  #look(where: string, rows: Rows, first: number): { tops: Int32Array; alike: boolean } {
    const tops = new Int32Array(rows.count)
    const logits = this.#from === 'logits'
    let alike = true
    eachRow(rows, ({ row, size, values: [x] }) => {
      const top = peak(x, size)
      // rounding to float32 may push a probability past 1
      const fits = top >= 0 && (logits || isDistribution(x, size, SUM_TOLERANCE))
      if (!fits && !(this.#skip && top < 0)) throw this.#refusal(where, x, size, first + row)
      if (fits) alike &&= isDistribution(x, size)
      tops[row] = top
    })
    return { tops, alike }
  }

  /** Takes note of row numbers, which a bootstrap needs to be of one row each. */
  #number(where: string, spans: Parameters<Spans['add']>[0]): void {
    if (this.#settings.bootstrap === 0) return
    const twice = this.#spans.add(spans)
    if (twice === undefined) return
    const remedy = 'pass firstRow to add, so that the bootstrap draws weights for each row of the whole'
    throw wrongValue(where, 'firstRow', 'every row number once', `row ${twice} twice`, remedy)
  }

  #open(classes: number): Tally {
    this.#classes = classes
    this.#tally ??= new Tally(this.#settings, classes)
    return this.#tally
  }

  #refusal(where: string, x: Float64Array, size: number, row: number): RangeError {
    return this.#from === 'logits' ? noSoftmax(where, x, size, row) : notDistribution(where, x, size, row)
  }

  #described(): string {
    const { bins, topK, worst, bootstrap, seed } = this.#settings
    const intervals = bootstrap === 0 ? '' : `, bootstrap ${bootstrap} with seed ${seed}`
    const from = this.#explicit ? this.#from : 'unsaid'
    return `from: ${from}, ${bins} bins, top ${topK.join(', ')}, worst ${worst}${intervals}`
  }
}

/** Checks the options and fills in what is left out, under the name of the function that was called. */
export function readSettings(where: string, options: EvaluationOptions | undefined): Required<EvaluationOptions> {
  const { from, bins, topK, worst, bootstrap, seed, skipUndefined } = readOptions(where, options, EVALUATION_OPTIONS)
  const settings = {
    from: readChoice(where, 'from', from, ['logits', 'probabilities'] as const),
    bins: readInteger(where, 'bins', bins, 15, 1, 1e6),
    topK: readTopK(where, topK),
    worst: readInteger(where, 'worst', worst, 10, 0, 1e4),
    bootstrap: readInteger(where, 'bootstrap', bootstrap, 0, 0, 1e5),
    seed: readInteger(where, 'seed', seed, 0, 0, Number.MAX_SAFE_INTEGER),
    skipUndefined: readFlag(where, 'skipUndefined', skipUndefined),
  }
  if (settings.bootstrap * settings.bins > MOST_REPLICATES) {
    const got = `${settings.bootstrap} of ${settings.bins}`
    throw wrongValue(where, 'bootstrap', `at most ${MOST_REPLICATES} replicates × bins`, got)
  }
  return settings
}

function readTopK(where: string, value: readonly number[] | undefined): readonly number[] {
  if (value === undefined) return [1, 3, 5]
  if (!Array.isArray(value)) throw wrongKind(where, 'topK', 'an array of whole numbers >= 1', show(value))
  return value.map((k) => readInteger(where, 'topK', k, undefined, 1, Infinity))
}

function notDistribution(where: string, p: Float64Array, size: number, row: number): RangeError {
  const outside = p.subarray(0, size).findIndex((value) => !(value >= 0 && value <= 1))
  const total = p.subarray(0, size).reduce((sum, value) => sum + value, 0)
  const got = outside >= 0 ? `${p[outside]} for class ${outside} in row ${row}` : `the sum ${total} in row ${row}`
  const remedy = "pass from: 'logits' if these are logits"
  return wrongValue(where, 'scores', 'probabilities in [0, 1] that sum to 1 in each row', got, remedy)
}

function noSoftmax(where: string, x: Float64Array, size: number, row: number): RangeError {
  const bad = x.subarray(0, size).findIndex((value) => !(value < Infinity))
  const got = bad >= 0 ? `${x[bad]} for class ${bad} in row ${row}` : `nothing but -Infinity in row ${row}`
  return wrongValue(
    where,
    'scores',
    'logits that have a softmax',
    got,
    'pass skipUndefined: true to leave such rows out',
  )
}
