import { InputError } from './errors.ts'
import { jsonArrays } from './json-arrays.ts'
import { jsonNumber } from './numbers.ts'
import { peekRecords, type Records } from './records.ts'
import type { Source } from './source.ts'
import { type FieldKind, openTable } from './table-read.ts'
import type { LogitsReader, ReadOptions } from './types.ts'

/** JSON numbers, and the words for non-finite ones. */
export const JSON_NUMBERS: FieldKind = { key: 'logits', expected: 'a number', parse: jsonNumber }

/** Opens JSON logits: an array of rows, deeper nested arrays, or one flat row. */
export async function openJsonLogits(source: Source, options: ReadOptions, kind = JSON_NUMBERS): Promise<LogitsReader> {
  const arrays = jsonArrays(source)
  const { first, all } = await peekRecords(arrays.records, 1)
  const inner = arrays.inner()
  const table = { format: 'json', kind, unit: 'row', parts: 'values' } as const
  if (options.labelColumn !== undefined && inner.length !== 1) {
    throw new InputError(`${source.name}: a label column needs an array of rows`)
  }
  if (first.length > 0 && inner.length === 1) return openTable(source, { ...table, records: all }, options)
  if (first.length > 0 && inner.length > 1) return openTable(source, { ...table, records: all, inner }, options)

  // a flat array is one row, and an empty one no values
  const row = await flat(all)
  const reader = await openTable(source, { ...table, records: one(row) }, options)
  return { ...reader, columns: row.length, rows: 1, shape: arrays.scalar() ? [] : [row.length] }
}

async function flat(records: Records): Promise<unknown[]> {
  const row: unknown[] = []
  for await (const part of records) for (const { fields } of part.records) row.push(fields[0])
  return row
}

async function* one(fields: unknown[]): Records {
  yield { records: [{ fields, line: 0 }], position: 0 }
}
