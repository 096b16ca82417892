import { guessedColumn, listed, resolveColumn } from './columns.ts'
import { openCsv } from './csv-read.ts'
import { InputError } from './errors.ts'
import { jsonArrays } from './json-arrays.ts'
import { jsonLines } from './jsonl-records.ts'
import { LabelDecoder } from './labels.ts'
import { parseNumber } from './numbers.ts'
import { peekRecords, type Records } from './records.ts'
import type { Source } from './source.ts'
import type { LabelOptions, LabelsReader } from './types.ts'

/** Opens CSV or TSV labels: the only column, the chosen one, or the one named label. */
export async function openCsvLabels(
  source: Source,
  format: 'csv' | 'tsv',
  options: LabelOptions,
): Promise<LabelsReader> {
  const { labelColumn, classNames } = options
  const file = await openCsv(source, format, options.header, (first, second) => {
    const column = labelColumn ?? (first.length === 1 ? 0 : 'label')
    if (typeof column === 'string' && !/^-?\d+$/.test(column)) return first.map((name) => name.trim()).includes(column)
    const at = guessedColumn(source.name, column, first)
    const [top = '', below] = [first[at]?.trim(), second?.[at]]
    if (parseNumber(top) !== undefined || classNames?.includes(top)) return false
    // a name that is no class heads the column; without class names the name label does, and any when a number follows
    return classNames !== undefined || below === undefined || parseNumber(below) !== undefined || top === 'label'
  })
  return reader(source, 'line', file.records, options, (width) => {
    if (labelColumn !== undefined) return resolveColumn(source.name, labelColumn, width, file.names)
    const named = file.names?.indexOf('label') ?? -1
    if (width === 1 || named >= 0) return Math.max(named, 0)
    const known = file.names ? `: ${listed(file.names)}` : ', numbered from 0'
    throw new InputError(`${source.name}: it has ${width} columns${known}; say which holds the labels`)
  })
}

/** Opens a JSON array of labels. */
export async function openJsonLabels(source: Source, options: LabelOptions): Promise<LabelsReader> {
  return reader(source, 'row', jsonArrays(source).records, options, onlyField(source, options))
}

/** Opens JSON Lines labels: a value on each line, or an object with the key label or the chosen one. */
export async function openJsonlLabels(source: Source, options: LabelOptions): Promise<LabelsReader> {
  const key = options.labelColumn ?? 'label'
  const records = jsonLines(source, (value, line) => {
    if (Array.isArray(value)) return { fields: value }
    if (typeof value !== 'object' || value === null) return { fields: [value] }
    const label = (value as Record<string, unknown>)[key]
    if (label === undefined) throw new InputError(`${source.name}: line ${line}: the key "${key}" is missing`)
    return { fields: [label] }
  })
  return reader(source, 'line', records, { ...options, labelColumn: undefined }, onlyField(source, options))
}

function onlyField(source: Source, { labelColumn }: LabelOptions): (width: number) => number {
  return (width) => {
    if (width === 1) return 0
    if (labelColumn !== undefined) return resolveColumn(source.name, labelColumn, width, undefined)
    throw new InputError(`${source.name}: expected one label per row, got rows of ${width} values`)
  }
}

async function reader(
  source: Source,
  unit: 'row' | 'line',
  records: Records,
  { classNames, learnNames }: LabelOptions,
  columnOf: (width: number) => number,
): Promise<LabelsReader> {
  const { name } = source
  const { first, all } = await peekRecords(records, 1)
  const width = first[0]?.fields.length
  if (width === undefined) throw new InputError(`${name}: it holds no labels`)
  const column = columnOf(width)
  const decoder = new LabelDecoder(name, unit, classNames, learnNames)
  let waiting: number[] = []
  return {
    rows: undefined,
    learned: () => decoder.learned,
    async next(count) {
      while (waiting.length < count) {
        const part = await all.next()
        if (part.done) break
        for (const { fields, line } of part.value.records) {
          if (fields.length !== width) {
            throw new InputError(`${name}: ${unit} ${line}: expected ${width} fields, got ${fields.length}`)
          }
          waiting.push(decoder.decode(fields[column], line))
        }
      }
      const labels = Int32Array.from(waiting.slice(0, count))
      waiting = waiting.slice(count)
      return labels
    },
    async close() {
      await all.return(undefined)
      await source.close()
    },
  }
}
