import { listed } from './columns.ts'
import { InputError, show } from './errors.ts'
import { JSON_NUMBERS } from './json-read.ts'
import { jsonLines } from './jsonl-records.ts'
import { peekRecords } from './records.ts'
import type { Source } from './source.ts'
import { openTable } from './table-read.ts'
import type { LogitsReader, ReadOptions } from './types.ts'

/** Opens JSON Lines logits: each line an array of numbers, or an object with the kind's key. */
export async function openJsonlLogits(
  source: Source,
  options: ReadOptions,
  kind = JSON_NUMBERS,
): Promise<LogitsReader> {
  const { name } = source
  const { key } = kind
  const { labelColumn } = options
  const records = jsonLines(source, (value, line) => {
    if (Array.isArray(value)) return { fields: value }
    if (typeof value !== 'object' || value === null) {
      throw new InputError(`${name}: line ${line}: expected an array or an object with "${key}", got ${show(value)}`)
    }
    const fields = (value as Record<string, unknown>)[key]
    if (!Array.isArray(fields)) {
      const got = fields === undefined ? `no such key among ${listed(Object.keys(value))}` : show(fields)
      throw new InputError(`${name}: line ${line}: expected an array under the key "${key}", got ${got}`)
    }
    if (labelColumn === undefined) return { fields }
    const label = (value as Record<string, unknown>)[labelColumn]
    if (label === undefined) throw new InputError(`${name}: line ${line}: the key ${show(labelColumn)} is missing`)
    return { fields, label }
  })
  const { first, all } = await peekRecords(records, 1)
  if (first.length === 0) throw new InputError(`${name}: the file is empty; expected a JSON array on each line`)
  return openTable(source, { format: 'jsonl', records: all, kind, unit: 'line', parts: 'values' }, options)
}
