/** An evaluation that takes rows as they come, merges with others, and travels as JSON. */
import { readChoice, readFlag, readInteger, readOptions, readVersion, show, wrongKind, wrongValue } from '../check.ts'
import { eachRow } from '../kernels/js/dense.ts'
import { peak } from '../kernels/js/exponentials.ts'
import { openTarget, readLabels } from '../rows/labels.ts'
import { openRows, type Signature } from '../rows/rows.ts'
import type { Dtype, Labels, Logits } from '../rows/types.ts'
import type { Metrics } from './evaluate.ts'
import { isDistribution, SUM_TOLERANCE } from './probabilities.ts'
import { scoreLogits, scoreProbabilities } from './score.ts'
import { type RowScore, Tally } from './tally.ts'

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
  /** Leaves out, and counts, rows that have no softmax (NaN, +Infinity, nothing but -Infinity) instead of refusing. */
  skipUndefined?: boolean
}

/** Options of one batch. */
export interface BatchOptions {
  shape?: readonly number[]
  axis?: number
  dtype?: Dtype
}

export const EVALUATION_OPTIONS = ['from', 'bins', 'topK', 'skipUndefined']
export const BATCH_OPTIONS = ['shape', 'axis', 'dtype']

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
  #tally: Tally
  #classes: number | undefined

  /** @throws RangeError or TypeError for an option that is wrong */
  constructor(options?: EvaluationOptions) {
    const { from, bins, topK, skipUndefined } = readSettings('Evaluation', options)
    this.#from = from
    this.#explicit = options?.from !== undefined
    this.#skip = skipUndefined
    this.#tally = new Tally(bins, topK)
  }

  /** How many rows were added, those left out included. */
  get rows(): number {
    return this.#tally.rows + this.#tally.skipped
  }

  /**
   * Adds a batch; where it throws, nothing of the batch was added.
   *
   * @param scores logits, or probabilities if `from` says so: an array or a tensor
   * @param labels the true class of each row
   * @param options `shape` (default one row), `axis` (default the last), `dtype`
   * @throws RangeError that names the row, counted over all batches, for a label out of range, a row without a softmax,
   *   or one that is no distribution
   */
  add(scores: Logits, labels: Labels, options?: BatchOptions): this {
    this.addAs('Evaluation.add', scores, labels, options)
    return this
  }

  /** @internal `add` under the name of the function that was called. */
  addAs(where: string, scores: Logits, labels: Labels, options: BatchOptions | undefined): void {
    const signature: Signature = { name: where, operands: ['scores'], options: BATCH_OPTIONS }
    const { rows } = openRows(signature, [scores], options)
    const { array } = openTarget(where, 'labels', labels)
    if (array.length !== rows.count) {
      const remedy = rows.count === 1 ? 'pass shape: [rows, classes]' : undefined
      throw wrongValue(where, 'labels', `${rows.count} class indices, one per row`, String(array.length), remedy)
    }
    if (this.#classes !== undefined && this.#classes !== rows.length) {
      throw wrongValue(where, 'scores', `${this.#classes} classes, as in earlier batches`, String(rows.length))
    }
    const first = this.rows
    const truth = readLabels(where, 'labels', array, rows.length, undefined, first)
    const batch = new Tally(this.#tally.bins.length, this.#tally.topK)
    eachRow(rows, ({ row, size, values: [x] }) => {
      const alike = isDistribution(x, size)
      const score = this.#score(x, size, truth[row])
      if (score) {
        batch.alike &&= alike
        batch.add(score)
      } else if (this.#skip && peak(x, size) < 0) batch.skipped++
      else throw this.#refusal(where, x, size, first + row)
    })
    this.#tally.merge(batch)
    this.#classes = rows.length
  }

  /** Adds what another evaluation holds, which stays as it is; both must agree on `from`, `bins`, `topK` and classes. */
  merge(other: Evaluation): this {
    const where = 'Evaluation.merge'
    if (!(other instanceof Evaluation)) throw wrongKind(where, 'other', 'an Evaluation', show(other))
    const mine = this.#settings()
    const theirs = other.#settings()
    const classes = other.#classes ?? this.#classes
    if (mine !== theirs || (this.#classes !== undefined && classes !== this.#classes)) {
      const named = (settings: string, count: number | undefined) => `${settings}, ${count ?? 'any number of'} classes`
      throw wrongValue(where, 'other', named(mine, this.#classes), named(theirs, other.#classes))
    }
    this.#tally.merge(other.#tally)
    this.#classes = classes
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
    if (this.#tally.rows === 0) {
      const got = this.#tally.skipped === 0 ? 'none' : `none but ${this.#tally.skipped} left out`
      throw wrongValue(where, 'scores', 'at least one row', got)
    }
    if (!this.#explicit && this.#tally.alike) {
      const remedy = "these look like probabilities; pass from: 'probabilities' (or from: 'logits', if they are logits)"
      throw wrongValue(where, 'scores', 'logits', 'rows that all lie in [0, 1] and sum to 1', remedy)
    }
    return this.#tally.metrics(this.#classes ?? 0)
  }

  /** The evaluation as plain data, for `Evaluation.fromJSON`; non-finite numbers are strings. */
  toJSON(): Record<string, unknown> {
    const from = this.#explicit ? { from: this.#from } : {}
    const classes = this.#classes === undefined ? {} : { classes: this.#classes }
    return { version: 1, ...from, skipUndefined: this.#skip, ...classes, ...this.#tally.toJSON() }
  }

  /** The evaluation that `toJSON` described. */
  static fromJSON(json: unknown): Evaluation {
    const where = 'Evaluation.fromJSON'
    const fields = readVersion(where, json, 1)
    const options = { from: fields.from as From | undefined, skipUndefined: fields.skipUndefined as boolean }
    readSettings(where, options)
    const evaluation = new Evaluation(options)
    evaluation.#tally = Tally.fromJSON(where, fields)
    if (fields.classes !== undefined) {
      evaluation.#classes = readInteger(where, 'classes', fields.classes, undefined, 0, Infinity)
    }
    return evaluation
  }

  /** What a row adds; undefined where it is not what `from` says. */
  #score(x: Float64Array, size: number, label: number): RowScore | undefined {
    if (this.#from === 'logits') return scoreLogits(x, size, label)
    // rounding to float32 may push a probability past 1
    return isDistribution(x, size, SUM_TOLERANCE) ? scoreProbabilities(x, size, label) : undefined
  }

  #refusal(where: string, x: Float64Array, size: number, row: number): RangeError {
    return this.#from === 'logits' ? noSoftmax(where, x, size, row) : notDistribution(where, x, size, row)
  }

  #settings(): string {
    const { bins, topK } = this.#tally
    return `from: ${this.#explicit ? this.#from : 'unsaid'}, ${bins.length} bins, top ${topK.join(', ')}`
  }
}

/** Checks the options and fills in what is left out, under the name of the function that was called. */
export function readSettings(where: string, options: EvaluationOptions | undefined): Required<EvaluationOptions> {
  const { from, bins, topK, skipUndefined } = readOptions(where, options, EVALUATION_OPTIONS)
  return {
    from: readChoice(where, 'from', from, ['logits', 'probabilities'] as const),
    bins: readInteger(where, 'bins', bins, 15, 1, 1e6),
    topK: readTopK(where, topK),
    skipUndefined: readFlag(where, 'skipUndefined', skipUndefined),
  }
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
