import { type Dtype, InputError } from '@onesum/io'
import { readClassNames } from './class-names.ts'
import { UsageError } from './errors.ts'
import { openInput, openLabelFile } from './files.ts'
import { checkLabels, columnLabels, type Labels, separateLabels } from './labels.ts'
import { NonFinite } from './nonfinite.ts'
import { count } from './numbers.ts'
import type { From, InputOptions } from './options.ts'
import { rowPieces } from './pieces.ts'
import { type Numbers, numbersOf } from './prepare.ts'
import { guardedPieces } from './probability-guard.ts'
import { Progress } from './progress.ts'
import type { Terminal } from './terminal.ts'

export interface LabelledOptions extends InputOptions {
  labels?: string
  from?: From
  /** Names, or the file that holds them. */
  classes?: string[] | string
  allowNonfinite?: boolean
}

/** What is known of a file of logits before its rows are read. */
export interface Table {
  classes: number
  names: string[] | undefined
  /** undefined while unknown. */
  rows: number | undefined
  dtype: Dtype
}

/** Takes in consecutive rows and their labels; both are valid until the next are read. */
export type Visit = (scores: Numbers, labels: Int32Array, rows: number) => void

/** Rows of logits with their labels, whole in memory. */
export interface LabelledRows {
  scores: Numbers
  labels: Int32Array
  shape: [rows: number, classes: number]
  from: From
  names: string[] | undefined
  /** Where the labels stand. */
  labelFile: string
  nonFinite: NonFinite
}

/** Streams rows and labels to a visitor; every error comes before any result. */
export async function visitLabelled(
  terminal: Terminal,
  verb: string,
  logits: string,
  options: LabelledOptions,
  open: (table: Table) => Visit,
): Promise<NonFinite> {
  const { labels: labelFile, labelColumn, allowNonfinite: allow = false } = options
  if (labelFile === undefined && labelColumn === undefined) {
    throw new UsageError('the labels are missing: give their file with --labels, or their column with --label-column')
  }
  const inLogits = labelFile === undefined ? labelColumn : undefined
  const { reader, source } = await openInput(terminal, logits, { ...options, labelColumn: inLogits })
  const bar = new Progress(terminal, verb, source.size)
  let labels: Labels | undefined
  try {
    const classes = reader.columns
    const names = (await readClassNames(terminal, options.classes, classes)) ?? reader.names
    labels =
      labelFile === undefined
        ? columnLabels(logits, names)
        : separateLabels(await openLabelFile(terminal, labelFile, { labelColumn, classNames: names }))
    const [first] = reader.shape
    const rows =
      first === undefined ? undefined : reader.shape.slice(0, -1).reduce<number>((n, size) => n * (size ?? 1), 1)
    const visit = open({ classes, names, rows, dtype: reader.dtype })
    const nonFinite = new NonFinite()
    const found = { rows: 0, labels: 0 }
    const guarded = guardedPieces(rowPieces(reader, logits), { length: classes, inner: 1 }, options.from, logits)
    for await (const piece of guarded) {
      const scores = numbersOf(piece.values)
      const taken = scores.length / classes
      nonFinite.add(scores, piece.offset, classes)
      const own = found.labels === found.rows ? await labels.next(taken, piece) : new Int32Array(0)
      const at = found.rows
      found.rows += taken
      found.labels += own.length
      bar.update(piece.position)
      // an input known to be wrong is only counted to its end
      if (own.length < taken || (nonFinite.values > 0 && !allow)) continue
      checkLabels(own, at, classes, labelFile ?? logits)
      visit(scores, own, taken)
    }
    if (nonFinite.values > 0 && !allow) {
      throw new InputError(
        `${logits}: ${nonFinite.describe()}; pass --allow-nonfinite to take -Infinity as ` +
          'probability 0 and to leave out the rows without a distribution',
      )
    }
    checkCounts(logits, labelFile ?? logits, found.rows, found.labels + (await labels.rest()))
    return nonFinite
  } finally {
    bar.stop()
    await labels?.close()
    await reader.close()
  }
}

function checkCounts(logits: string, labels: string, rows: number, many: number): void {
  if (many !== rows) {
    const problem = many < rows ? 'fewer' : 'more'
    throw new InputError(
      `${labels}: ${problem} labels than rows: ${count(many, 'label')} for ${count(rows, 'row')} of ${logits}`,
    )
  }
  if (rows === 0) throw new InputError(`${logits}: there are no rows to evaluate`)
}

/** Reads rows and labels whole: for fits, which go through them several times. */
export async function readLabelled(
  terminal: Terminal,
  verb: string,
  logits: string,
  options: LabelledOptions,
): Promise<LabelledRows> {
  let table: Table | undefined
  let scores: Numbers = new Float32Array(0)
  let labels = new Int32Array(0)
  let rows = 0
  const nonFinite = await visitLabelled(terminal, verb, logits, options, (opened) => {
    table = opened
    const { classes, dtype } = opened
    const make = (length: number): Numbers =>
      dtype === 'float64' ? new Float64Array(length * classes) : new Float32Array(length * classes)
    scores = make(opened.rows ?? 1024)
    labels = new Int32Array(opened.rows ?? 1024)
    return (more, own, taken) => {
      if (rows + taken > labels.length) {
        const length = Math.max(rows + taken, 2 * labels.length)
        const [wider, longer] = [make(length), new Int32Array(length)]
        wider.set(scores)
        longer.set(labels)
        scores = wider
        labels = longer
      }
      scores.set(more, rows * classes)
      labels.set(own, rows)
      rows += taken
    }
  })
  const classes = table?.classes ?? 0
  return {
    scores: scores.subarray(0, rows * classes),
    labels: labels.subarray(0, rows),
    shape: [rows, classes],
    // the guard has looked at the first rows, so nobody need ask again
    from: options.from ?? 'logits',
    names: table?.names,
    labelFile: options.labels ?? logits,
    nonFinite,
  }
}

/** The library's complaint about a row, with the file for its argument and the command's option for its own. */
export function inCommandsWords(file: string, { message }: RangeError): InputError {
  return new InputError(
    `${file}: ${message.replace(/^.*?: "(scores|labels)" /, '').replace("from: 'logits'", '--from logits')}`,
  )
}
