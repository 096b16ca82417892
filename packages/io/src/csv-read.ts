import { resolveColumn } from './columns.ts'
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
    const label =
      labelColumn === undefined ? -1 : resolveColumn(source.name, labelColumn, first.length, first.map(trimmed))
    return hasText(first, label) || isNumbering(first, second, label)
  })
  return openTable(source, { format, ...file, unit: 'line', parts: 'fields', kind }, options)
}

const trimmed = (text: string) => text.trim()

function hasText(fields: readonly string[], label: number): boolean {
  return fields.some((field, column) => column !== label && parseNumber(field) === undefined)
}

/** A line 0, 1, 2, … above numbers that are not all whole: the names a data frame gives to unnamed columns. */
function isNumbering(first: readonly string[], second: readonly string[] | undefined, label: number): boolean {
  if (!second || first.length < 2) return false
  const counts = first.every((field, column) => column === label || field.trim() === String(column))
  return counts && second.some((field, column) => column !== label && !/^\s*[+-]?\d+\s*$/.test(field))
}
