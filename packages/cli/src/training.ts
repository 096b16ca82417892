import { InputError } from '@onesum/io'
import { fitClassifierAsync, type SoftmaxClassifier, splitRows } from 'onesum/classifier'
import type { Metrics } from 'onesum/metrics'
import { givenNames } from './class-names.ts'
import { UsageError } from './errors.ts'
import { gatherRows, openTable, readWhole } from './features.ts'
import { figuresOf } from './figures.ts'
import { checkOutput, openLabelFile } from './files.ts'
import { checkSettings, type FitSettings, network, regression } from './fit-settings.ts'
import { checkLabels, type Labels, learnedColumnLabels, separateLabels } from './labels.ts'
import { modelFormat, writeModel } from './model-file.ts'
import { count } from './numbers.ts'
import type { InputOptions } from './options.ts'
import type { Numbers } from './prepare.ts'
import { Progress } from './progress.ts'
import type { Terminal } from './terminal.ts'

/** A label beyond these is a mistake sooner than a class. */
const mostClasses = 2 ** 20

export interface TrainOptions extends InputOptions, FitSettings {
  output?: string[]
  labels?: string
  classes?: string[] | string
  standardize?: boolean
  classWeight?: 'balanced'
  holdout: number
  seed: number
  force?: boolean
}

export interface Training {
  outputs: string[]
  classifier: SoftmaxClassifier
  /** On the rows it learned from, and on those it never saw, if any. */
  train: Metrics
  heldOut: Metrics | undefined
  /** Classes of which no row exists. */
  absent: number[]
}

/** Rows with their classes. */
interface Table {
  features: Numbers
  columns: number
  labels: Int32Array
  classes: number
  classNames: string[] | undefined
  featureNames: string[] | undefined
}

/** Trains a classifier on a file and writes it; on any error nothing is written. */
export async function trainFile(terminal: Terminal, name: string, options: TrainOptions): Promise<Training> {
  const { output: outputs, labels: labelFile, holdout, seed, force = false } = options
  if (outputs === undefined) throw new UsageError('the output is missing: say where the model goes with -o model.json')
  if (labelFile === undefined && options.labelColumn === undefined) {
    throw new UsageError('the labels are missing: give their file with --labels, or their column with --label-column')
  }
  checkSettings(options)
  const twice = outputs.find((output, i) => outputs.indexOf(output) < i)
  if (twice !== undefined) throw new UsageError(`-o ${twice} is given twice`)
  const inputs = labelFile === undefined ? [name] : [name, labelFile]
  for (const output of outputs) {
    modelFormat(output)
    await checkOutput(terminal, output, inputs, force)
  }
  const table = await readTable(terminal, name, options)
  const parts = splitRows(table.labels, { heldOut: holdout, seed })
  const train = rowsOf(table, parts.training)
  const heldOut = rowsOf(table, parts.heldOut)
  const classifier = await fit(terminal, name, train, options)
  const training = {
    outputs,
    classifier,
    train: figuresOf(classifier, train.features, train.labels),
    heldOut: parts.heldOut.length === 0 ? undefined : figuresOf(classifier, heldOut.features, heldOut.labels),
    absent: absentClasses(table),
  }
  await writeModel(terminal, classifier, outputs, force)
  return training
}

async function readTable(terminal: Terminal, name: string, options: TrainOptions): Promise<Table> {
  const { labels: labelFile, labelColumn } = options
  const given = await givenNames(terminal, options.classes)
  const features = await openTable(terminal, name, {
    ...options,
    labelColumn: labelFile === undefined ? labelColumn : undefined,
  })
  let labels: Labels | undefined
  try {
    labels =
      labelFile === undefined
        ? learnedColumnLabels(name, given)
        : separateLabels(
            await openLabelFile(terminal, labelFile, {
              labelColumn,
              classNames: given,
              learnNames: given === undefined,
            }),
          )
    const found: Int32Array[] = []
    const reader = labels
    const values = await readWhole(terminal, name, features, async (piece) => {
      found.push(await reader.next(piece.values.length / features.columns, piece))
    })
    const file = labelFile ?? name
    const { columns } = features
    const classNumbers = joined(found)
    await checkCounts(name, file, values.length / columns, classNumbers.length, reader)
    return { features: values, columns, featureNames: features.names, ...numbered(file, classNumbers, given, reader) }
  } finally {
    await labels?.close()
    await features.input.reader.close()
  }
}

function joined(parts: readonly Int32Array[]): Int32Array {
  const whole = new Int32Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

async function checkCounts(name: string, file: string, rows: number, labelled: number, labels: Labels): Promise<void> {
  const many = labelled + (await labels.rest())
  if (many !== rows) {
    const problem = many < rows ? 'fewer' : 'more'
    const header = many === rows + 1 && labels.learned() !== undefined
    throw new InputError(
      `${file}: ${problem} labels than rows: ${count(many, 'label')} for ${count(rows, 'row')} of ${name}` +
        (header ? '; if its first line is a header, pass the name there to --label-column' : ''),
    )
  }
  if (rows === 0) throw new InputError(`${name}: there are no rows to train on`)
}

/** Learned names in the order of the alphabet, so that the order of the rows does not matter. */
function numbered(
  file: string,
  labels: Int32Array,
  given: string[] | undefined,
  reader: Labels,
): Pick<Table, 'labels' | 'classes' | 'classNames'> {
  const learned = reader.learned()
  const names = given ?? learned?.slice().sort()
  const classes = names?.length ?? labels.reduce((most, label) => Math.max(most, label), 0) + 1
  checkLabels(labels, 0, classes, file)
  if (classes > mostClasses) {
    const row = labels.indexOf(classes - 1)
    throw new InputError(
      `${file}: row ${row}: the label ${classes - 1} asks for ${count(classes, 'class')}; number them from 0`,
    )
  }
  const first = labels[0]
  if (labels.every((label) => label === first)) {
    throw new InputError(
      `${file}: every row has the class ${learned?.[first] ?? first}; a classifier needs two or more`,
    )
  }
  if (learned === undefined) return { labels, classes, classNames: names }
  const places = learned.map((name) => names?.indexOf(name) ?? 0)
  return { labels: labels.map((label) => places[label]), classes, classNames: names }
}

function rowsOf(table: Table, rows: Int32Array): Table {
  return {
    ...table,
    features: gatherRows(table.features, table.columns, rows),
    labels: Int32Array.from(rows, (row) => table.labels[row]),
  }
}

function absentClasses({ labels, classes }: Table): number[] {
  const present = new Set(labels)
  return Array.from({ length: classes }, (_, c) => c).filter((c) => !present.has(c))
}

async function fit(
  terminal: Terminal,
  name: string,
  { features, columns, labels, classes, classNames, featureNames }: Table,
  options: TrainOptions,
): Promise<SoftmaxClassifier> {
  const rows = labels.length
  const { standardize, classWeight, seed } = options
  const shared = { shape: [rows, columns], classes, classNames, featureNames, standardize, classWeight, seed }
  const { options: settings, stage } = options.hidden === undefined ? regression(options, rows) : network(options, rows)
  let bar: Progress | undefined
  try {
    return await fitClassifierAsync(features, labels, {
      ...shared,
      ...settings,
      onProgress(progress) {
        const { total, done, note } = stage(progress)
        bar ??= new Progress(terminal, 'train', total)
        bar.update(done, note)
      },
    })
  } catch (error) {
    throw error instanceof RangeError ? inCommandsWords(name, error) : error
  } finally {
    bar?.stop()
  }
}

/** The library's complaint about the features, with the file for its argument. */
function inCommandsWords(file: string, error: RangeError): Error {
  const about = /^fitClassifierAsync: "features" (.*)$/s.exec(error.message)
  return about === null ? error : new InputError(`${file}: ${about[1]}`)
}
