import { guessedColumn } from './columns.ts'
import { namesColumns } from './csv-first-line.ts'
import { csvRecords } from './csv-records.ts'
import { InputError } from './errors.ts'
import { parseNumber } from './numbers.ts'
import { peekRecords, type Records, skipRecords } from './records.ts'
import type { Source } from './source.ts'
import { type FieldKind, openTable } from './table-read.ts'
import type { LogitsReader, ReadOptions } from './types.ts'

/** The records of a CSV or TSV file without its header line, and the names from there. */
export interface CsvFile {
  names?: string[]
  records: Records
}

/** Opens CSV or TSV; `isHeader` looks at the first records when the caller does not know. */
export async function openCsv(
  source: Source,
  format: 'csv' | 'tsv',
  header: boolean | undefined,
  isHeader: (first: readonly string[], second: readonly string[] | undefined) => boolean,
): Promise<CsvFile> {
  const { first, all } = await peekRecords(csvRecords(source, format === 'csv' ? ',' : '\t'), 2)
  const [one, two] = first.map((record) => record.fields as readonly string[])
  if (!one) throw new InputError(`${source.name}: the file is empty; expected rows of ${format.toUpperCase()}`)
  if (!(header ?? isHeader(one, two))) return { records: all }
  return { names: one.map((name) => name.trim()), records: skipRecords(all, 1) }
}

const NUMBERS: FieldKind = { key: 'logits', expected: 'a number', parse: (field) => parseNumber(field as string) }

/** Opens CSV or TSV logits. */
export async function openCsvLogits(
  source: Source,
  format: 'csv' | 'tsv',
  options: ReadOptions,
  kind = NUMBERS,
): Promise<LogitsReader> {
  const { labelColumn } = options
  const named = typeof labelColumn === 'string' && !/^-?\d+$/.test(labelColumn)
  const file = await openCsv(source, format, options.header, (first, second) => {
    if (named) return true
    const label = labelColumn === undefined ? -1 : guessedColumn(source.name, labelColumn, first)
    return namesColumns(source.name, format, first, second, label)
  })
  return openTable(source, { format, ...file, unit: 'line', parts: 'fields', kind }, options)
}
