import { InputError } from '@onesum/io'
import { fitClassifierAsync, type SoftmaxClassifier, splitRows } from 'onesum/classifier'
import type { Metrics } from 'onesum/metrics'
import { UsageError } from './errors.ts'
import { figuresOf } from './figures.ts'
import { checkOutput } from './files.ts'
import { checkSettings, type FitSettings, keptAside, network, regression } from './fit-settings.ts'
import { modelFormat, writeModel } from './model-file.ts'
import { Progress } from './progress.ts'
import type { Terminal } from './terminal.ts'
import { absentClasses, readTable, rowsOf, type Table, type TableOptions } from './training-table.ts'

export interface TrainOptions extends TableOptions, FitSettings {
  output?: string[]
  standardize?: boolean
  classWeight?: 'balanced'
  holdout: number
  seed: number
  force?: boolean
}

export interface Training {
  outputs: string[]
  classifier: SoftmaxClassifier
  /** On the rows it has seen, those kept aside among them, and on those it never saw, if any. */
  train: Metrics
  /** How many of the rows it has seen were kept aside, and for what. */
  aside: { rows: number; what: string }
  heldOut: Metrics | undefined
  /** Classes of which no row exists. */
  absent: number[]
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
    aside: keptAside(options, train.labels.length),
    absent: absentClasses(table),
  }
  await writeModel(terminal, classifier, outputs, force)
  return training
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

/** The library's complaint about the data, with the file for its argument. */
function inCommandsWords(file: string, error: RangeError): Error {
  const [, about, problem] = /^fitClassifierAsync: "(features|heldOut)" (.*)$/s.exec(error.message) ?? []
  if (about === 'features') return new InputError(`${file}: ${problem}`)
  if (about === 'heldOut') return new InputError(`${file}: too few rows to calibrate on; leave out --calibrate`)
  return error
}
