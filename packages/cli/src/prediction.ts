import { type Dtype, type Format, InputError, type Sink } from '@onesum/io'
import { argmax } from 'onesum'
import type { SoftmaxClassifier } from 'onesum/classifier'
import { UsageError } from './errors.ts'
import { type Features, openTable } from './features.ts'
import { openSink, outputFormat, refuseBytesOnTerminal, standardStream } from './files.ts'
import { readModel } from './model-file.ts'
import { count, toJson } from './numbers.ts'
import type { InputOptions } from './options.ts'
import { Progress } from './progress.ts'
import { quoted } from './table.ts'
import type { Terminal } from './terminal.ts'
import { writePieces, writeText } from './write.ts'

export interface PredictionOptions extends InputOptions {
  output: string
  outputFormat?: Format
  best?: boolean
  dtype?: Dtype
  force?: boolean
}

export interface Prediction {
  rows: number
  classes: number
  dtype: Dtype
}

interface Job {
  classifier: SoftmaxClassifier
  features: Features
  /** Rows predicted so far. */
  rows: number
  progress(position: number): void
}

/** Predicts a file, a few rows at a time; on any error nothing is written. */
export async function predictFile(
  terminal: Terminal,
  model: string,
  name: string,
  options: PredictionOptions,
): Promise<Prediction> {
  const { output, best = false, force = false } = options
  if (best && options.dtype !== undefined)
    throw new UsageError('--dtype belongs to the probabilities, and --best writes text')
  if (options.outputFormat === undefined && output !== standardStream) formatOf(output, options, 'npy')
  const classifier = await readModel(terminal, model)
  const { classes, classNames } = classifier
  const features = await openTable(terminal, name, options)
  const { reader, source } = features.input
  const bar = new Progress(terminal, 'predict', source.size, output === standardStream)
  try {
    checkFeatures(name, features, model, classifier)
    const format = formatOf(output, options, reader.format)
    refuseBytesOnTerminal(terminal, output, format)
    const dtype = options.dtype ?? reader.dtype
    const job: Job = { classifier, features, rows: 0, progress: (position) => bar.update(position) }
    const sink = (): Promise<Sink> => openSink(terminal, output, force)
    if (best) await writeText(bestText(job, format), sink)
    else {
      const file = { format, dtype, shape: [reader.rows, classes], names: classNames }
      await writePieces(probabilities(job), sink, file)
    }
    return { rows: job.rows, classes, dtype }
  } finally {
    bar.stop()
    await reader.close()
  }
}

function formatOf(output: string, options: PredictionOptions, input: Format): Format {
  const format = outputFormat(output, options.outputFormat, input)
  if (!options.best || format !== 'npy') return format
  if (output === standardStream && options.outputFormat === undefined) return 'csv'
  throw new InputError(
    `${output}: names of classes are text, and NPY holds numbers; write --best to .csv, .tsv, .json or .jsonl`,
  )
}

function checkFeatures(name: string, { columns, names }: Features, model: string, classifier: SoftmaxClassifier): void {
  const { features, featureNames } = classifier
  if (names !== undefined && featureNames !== undefined) {
    const missing = featureNames.find((each) => !names.includes(each))
    if (missing !== undefined)
      throw new InputError(`${name}: no column is named "${missing}", which ${model} was trained on`)
    const strange = names.filter((each) => !featureNames.includes(each))
    if (strange.length > 0) {
      const remedy = strange.length === 1 ? `leave it out with --label-column ${strange[0]}` : 'leave such columns out'
      throw new InputError(
        `${name}: the column "${strange[0]}" is none of the ${count(features, 'feature')} of ${model}; ${remedy}`,
      )
    }
    const at = names.findIndex((each, j) => each !== featureNames[j])
    if (at >= 0) {
      throw new InputError(
        `${name}: column ${at} is "${names[at]}", and feature ${at} of ${model} is "${featureNames[at]}"; bring the columns into its order`,
      )
    }
  }
  if (columns !== features) {
    throw new InputError(
      `${name}: it has ${count(columns, 'column')}, and ${model} was trained on ${count(features, 'feature')}`,
    )
  }
}

/** float64 whatever came in: the writer rounds once, to the same bits as the library would. */
async function* probabilities(job: Job): AsyncGenerator<Float64Array<ArrayBuffer>> {
  const { classifier, features } = job
  const { columns } = features
  for await (const { values, position } of features.pieces()) {
    const rows = values.length / columns
    job.rows += rows
    yield classifier.predictProbabilities(Float64Array.from(values), { shape: [rows, columns] })
    job.progress(position)
  }
}

/** Rows become text, which takes far more memory than their numbers. */
const rowsAtATime = 4096

async function* bestText(job: Job, format: Format): AsyncGenerator<string> {
  const { classes, classNames } = job.classifier
  const separator = format === 'tsv' ? '\t' : ','
  const record = (best: number, probability: number): string => {
    const name = classNames?.[best] ?? best
    if (format === 'json' || format === 'jsonl') return toJson({ class: name, probability }, 0)
    return `${quoted(name, separator)}${separator}${probability}`
  }
  let before = format === 'json' ? '[\n' : format === 'jsonl' ? '' : `class${separator}probability\n`
  for await (const values of probabilities(job)) {
    for (let from = 0; from < values.length; from += rowsAtATime * classes) {
      const part = values.subarray(from, from + rowsAtATime * classes)
      const best = argmax(part, { shape: [part.length / classes, classes] })
      const lines = Array.from(best, (index, row) => record(index, part[row * classes + index]))
      yield before + lines.join(format === 'json' ? ',\n' : '\n')
      before = format === 'json' ? ',\n' : '\n'
    }
  }
  if (format === 'json') yield job.rows === 0 ? '[]\n' : '\n]\n'
  else yield job.rows === 0 ? before : '\n'
}
