import { InputError } from '@onesum/io'
import { Evaluation, type Metrics } from 'onesum/metrics'
import { UsageError } from './errors.ts'
import { openInput, openLabelFile } from './files.ts'
import { checkLabels, columnLabels, type Labels, separateLabels } from './labels.ts'
import { NonFinite } from './nonfinite.ts'
import { count } from './numbers.ts'
import type { From, InputOptions } from './options.ts'
import { type Piece, rowPieces } from './pieces.ts'
import { numbersOf } from './prepare.ts'
import { guardedPieces } from './probability-guard.ts'
import { Progress } from './progress.ts'
import type { Terminal } from './terminal.ts'

export interface EvaluateOptions extends InputOptions {
  labels?: string
  from?: From
  bins?: number
  topK?: number[]
  classes?: string[]
  allowNonfinite?: boolean
}

export interface EvaluationResult {
  metrics: Metrics
  /** What was not finite, when that was allowed. */
  nonFinite: NonFinite
}

/** Streams logits and labels through one Evaluation; every error comes before any result. */
export async function evaluateFile(
  terminal: Terminal,
  logits: string,
  options: EvaluateOptions,
): Promise<EvaluationResult> {
  const { labels: labelFile, labelColumn } = options
  if (labelFile === undefined && labelColumn === undefined) {
    throw new UsageError('the labels are missing: give their file with --labels, or their column with --label-column')
  }
  const inLogits = labelFile === undefined ? labelColumn : undefined
  const { reader, source } = await openInput(terminal, logits, { ...options, labelColumn: inLogits })
  const bar = new Progress(terminal, 'evaluate', source.size)
  let labels: Labels | undefined
  try {
    const classes = reader.columns
    const names = classNames(options.classes, reader.names, classes)
    labels =
      labelFile === undefined
        ? columnLabels(logits, names)
        : separateLabels(await openLabelFile(terminal, labelFile, { labelColumn, classNames: names }))
    const run = new Run(logits, labelFile ?? logits, classes, options)
    const guarded = guardedPieces(rowPieces(reader, logits), { length: classes, inner: 1 }, options.from, logits)
    for await (const piece of guarded) {
      await run.add(piece, labels)
      bar.update(piece.position)
    }
    return { metrics: await run.result(labels), nonFinite: run.nonFinite }
  } finally {
    bar.stop()
    await labels?.close()
    await reader.close()
  }
}

function classNames(given: string[] | undefined, header: string[] | undefined, classes: number): string[] | undefined {
  if (given !== undefined && given.length !== classes) {
    throw new UsageError(`--classes has ${count(given.length, 'name')}, and a row has ${count(classes, 'class')}`)
  }
  return given ?? header
}

class Run {
  readonly nonFinite = new NonFinite()
  readonly #logits: string
  readonly #labels: string
  readonly #classes: number
  readonly #allow: boolean
  readonly #evaluation: Evaluation
  #rows = 0
  #labelled = 0

  constructor(logits: string, labels: string, classes: number, options: EvaluateOptions) {
    const { from, bins, topK = [1, 5].filter((k) => k <= classes) } = options
    const tooMany = topK.find((k) => k > classes)
    if (tooMany !== undefined) throw new UsageError(`--top-k ${tooMany} is more than the ${count(classes, 'class')}`)
    this.#logits = logits
    this.#labels = labels
    this.#classes = classes
    this.#allow = options.allowNonfinite ?? false
    // the guard has looked at the first rows already, so the evaluation need not
    this.#evaluation = new Evaluation({ from: from ?? 'logits', bins, topK, skipUndefined: this.#allow })
  }

  async add(piece: Piece, labels: Labels): Promise<void> {
    const scores = numbersOf(piece.values)
    const rows = scores.length / this.#classes
    const first = this.#rows
    this.#rows += rows
    this.nonFinite.add(scores, piece.offset, this.#classes)
    const found = this.#labelled === first ? await labels.next(rows, piece) : new Int32Array(0)
    this.#labelled += found.length
    // an input known to be wrong is only counted to its end
    if (found.length < rows || (this.nonFinite.values > 0 && !this.#allow)) return
    checkLabels(found, first, this.#classes, this.#labels)
    try {
      this.#evaluation.add(scores, found, { shape: [rows, this.#classes] })
    } catch (error) {
      throw error instanceof RangeError ? inCommandsWords(this.#logits, error) : error
    }
  }

  async result(labels: Labels): Promise<Metrics> {
    if (this.nonFinite.values > 0 && !this.#allow) {
      throw new InputError(
        `${this.#logits}: ${this.nonFinite.describe()}; pass --allow-nonfinite to take -Infinity as ` +
          'probability 0 and to leave out the rows without a distribution',
      )
    }
    const many = this.#labelled + (await labels.rest())
    if (many !== this.#rows) {
      const problem = many < this.#rows ? 'fewer' : 'more'
      throw new InputError(
        `${this.#labels}: ${problem} labels than rows: ${count(many, 'label')} for ${count(this.#rows, 'row')} of ${this.#logits}`,
      )
    }
    if (this.#rows === 0) throw new InputError(`${this.#logits}: there are no rows to evaluate`)
    return this.#evaluation.result()
  }
}

/** The library's complaint about a row, with the file for its argument and the command's option for its own. */
function inCommandsWords(file: string, { message }: RangeError): InputError {
  return new InputError(`${file}: ${message.replace(/^.*?: "scores" /, '').replace("from: 'logits'", '--from logits')}`)
}
