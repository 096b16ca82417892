import { openCsvLogits } from './csv-read.ts'
import { createCsvWriter } from './csv-write.ts'
import { InputError, show } from './errors.ts'
import { JSON_NUMBERS, openJsonLogits } from './json-read.ts'
import { createJsonlWriter, createJsonWriter } from './json-write.ts'
import { openJsonlLogits } from './jsonl-read.ts'
import { FLAGS, tableMask } from './mask.ts'
import { openNpyLabels } from './npy-labels.ts'
import { openNpyMask } from './npy-mask.ts'
import { openNpyFeatures, openNpyLogits } from './npy-read.ts'
import { createNpyWriter } from './npy-write.ts'
import type { Sink } from './sink.ts'
import type { Source } from './source.ts'
import { openCsvLabels, openJsonLabels, openJsonlLabels } from './text-labels.ts'
import type {
  Format,
  LabelOptions,
  LabelsReader,
  LogitsReader,
  LogitsWriter,
  MaskOptions,
  MaskReader,
  ReadOptions,
  WriteOptions,
} from './types.ts'

/** What a format has to bring; a new one is a new entry in the table below. */
interface FormatEntry {
  extensions: readonly string[]
  openLogits(source: Source, options: ReadOptions): Promise<LogitsReader>
  openFeatures(source: Source, options: ReadOptions): Promise<LogitsReader>
  openLabels(source: Source, options: LabelOptions): Promise<LabelsReader>
  openMask(source: Source, options: MaskOptions): Promise<MaskReader>
  createWriter(sink: Sink, options: WriteOptions): Promise<LogitsWriter>
}

const FORMATS: Record<Format, FormatEntry> = {
  npy: {
    extensions: ['.npy'],
    openLogits: openNpyLogits,
    openFeatures: openNpyFeatures,
    openLabels: openNpyLabels,
    openMask: openNpyMask,
    createWriter: createNpyWriter,
  },
  csv: separatedBy(',', 'csv'),
  tsv: separatedBy('\t', 'tsv'),
  json: {
    extensions: ['.json'],
    openLogits: openJsonLogits,
    openFeatures: openJsonLogits,
    openLabels: openJsonLabels,
    openMask: async (source, options) => tableMask(await openJsonLogits(source, options, FLAGS)),
    createWriter: createJsonWriter,
  },
  jsonl: {
    extensions: ['.jsonl', '.ndjson'],
    openLogits: openJsonlLogits,
    openFeatures: (source, options) => openJsonlLogits(source, options, { ...JSON_NUMBERS, key: 'features' }),
    openLabels: openJsonlLabels,
    openMask: async (source, options) => tableMask(await openJsonlLogits(source, options, FLAGS)),
    createWriter: createJsonlWriter,
  },
}

function separatedBy(delimiter: ',' | '\t', format: 'csv' | 'tsv'): FormatEntry {
  return {
    extensions: [`.${format}`],
    openLogits: (source, options) => openCsvLogits(source, format, options),
    openFeatures: (source, options) => openCsvLogits(source, format, options),
    openLabels: (source, options) => openCsvLabels(source, format, options),
    openMask: async (source, options) => tableMask(await openCsvLogits(source, format, options, FLAGS)),
    createWriter: (sink, options) => createCsvWriter(sink, options, delimiter),
  }
}

/** The known formats, in the order they are listed to people. */
export const formats = Object.keys(FORMATS) as readonly Format[]

/**
 * The format of a file by its extension, in any case.
 *
 * @throws InputError listing the known extensions
 * @example
 * import { formatOf } from '@onesum/io'
 *
 * formatOf('digits.logits.npy') // → "npy"
 */
export function formatOf(name: string): Format {
  if (name === '') throw new InputError('the name of a file is empty')
  const lower = name.toLowerCase()
  const found = formats.find((format) => FORMATS[format].extensions.some((extension) => lower.endsWith(extension)))
  if (found) return found
  const extension = /\.[^./\\]+$/.exec(name)?.[0]
  const known = formats.flatMap((format) => FORMATS[format].extensions).join(', ')
  throw new InputError(
    `${name}: ${extension ? `the extension ${show(extension)} is unknown` : 'it has no extension'}; ` +
      `expected one of ${known}, or name the format`,
  )
}

/**
 * Opens logits, reading no more than it takes to know their type and shape.
 *
 * @throws InputError saying what is wrong with the content, where, and the remedy
 * @example
 * import { bytesSource, openLogits } from '@onesum/io'
 *
 * const reader = await openLogits(bytesSource('a.csv', new TextEncoder().encode('2,1\n0.5,3\n')))
 * const rows: number[] = []
 * for await (const { values } of reader.batches()) rows.push(...values)
 * rows // → [2, 1, 0.5, 3]
 */
export async function openLogits(source: Source, options: ReadOptions = {}): Promise<LogitsReader> {
  return closingOnFailure(source, () => entry(options.format ?? formatOf(source.name)).openLogits(source, options))
}

/**
 * Opens features: what logits are read from, and whole numbers and booleans in NPY too, which become float32 (up to 16 bits)
 * or float64. In JSON Lines the key is `features`.
 *
 * @throws InputError saying what is wrong with the content, where, and the remedy
 * @example
 * import { bytesSource, openFeatures } from '@onesum/io'
 *
 * const csv = new TextEncoder().encode('length,width,kind\n5.1,3.5,a\n')
 * const reader = await openFeatures(bytesSource('flowers.csv', csv), { labelColumn: 'kind' })
 * reader.names // → ["length", "width"]
 */
export async function openFeatures(source: Source, options: ReadOptions = {}): Promise<LogitsReader> {
  return closingOnFailure(source, () => entry(options.format ?? formatOf(source.name)).openFeatures(source, options))
}

/**
 * Opens labels, as class numbers or as names of `classNames`.
 *
 * @throws InputError saying what is wrong with the content, where, and the remedy
 * @example
 * import { bytesSource, openLabels } from '@onesum/io'
 *
 * const source = bytesSource('labels.csv', new TextEncoder().encode('dog\ncat\n'))
 * const reader = await openLabels(source, { classNames: ['cat', 'dog'] })
 * await reader.next(100) // → [1, 0]
 */
export async function openLabels(source: Source, options: LabelOptions = {}): Promise<LabelsReader> {
  return closingOnFailure(source, () => entry(options.format ?? formatOf(source.name)).openLabels(source, options))
}

/**
 * Opens a mask, booleans or whole numbers: 1 keeps an entry, 0 leaves it out.
 *
 * @throws InputError saying what is wrong with the content, where, and the remedy
 * @example
 * import { bytesSource, openMask } from '@onesum/io'
 *
 * const mask = await openMask(bytesSource('mask.csv', new TextEncoder().encode('1,0,1\n')))
 * await mask.next(100) // → [1, 0, 1]
 */
export async function openMask(source: Source, options: MaskOptions = {}): Promise<MaskReader> {
  return closingOnFailure(source, () => entry(options.format ?? formatOf(source.name)).openMask(source, options))
}

/**
 * Begins a file of `shape`; values are rounded to `dtype` and written in C order.
 *
 * @throws InputError where the format cannot hold the shape or the sink cannot take the format
 * @example
 * import { bytesSink, createWriter } from '@onesum/io'
 *
 * const writer = await createWriter(bytesSink('a.npy'), { format: 'npy', dtype: 'float32', shape: [1, 3] })
 * await writer.write(Float32Array.of(0.1, 0.2, 0.7))
 * await writer.finish()
 */
export async function createWriter(sink: Sink, options: WriteOptions): Promise<LogitsWriter> {
  try {
    const writer = await entry(options.format).createWriter(sink, options)
    return abortingOnFailure(writer)
  } catch (error) {
    await sink.abort()
    throw error
  }
}

function entry(format: Format): FormatEntry {
  const found = FORMATS[format]
  if (!found) throw new TypeError(`"format" expected one of ${formats.join(', ')}, got ${show(format)}`)
  return found
}

async function closingOnFailure<T>(source: Source, open: () => Promise<T>): Promise<T> {
  try {
    return await open()
  } catch (error) {
    await source.close()
    throw error
  }
}

function abortingOnFailure(writer: LogitsWriter): LogitsWriter {
  const guarded = async (action: () => Promise<void>) => {
    try {
      await action()
    } catch (error) {
      await writer.abort()
      throw error
    }
  }
  return {
    write: (values) => guarded(() => writer.write(values)),
    finish: () => guarded(() => writer.finish()),
    abort: () => writer.abort(),
  }
}
