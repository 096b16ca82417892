import { InputError, show } from './errors.ts'
import { jsonLines } from './jsonl-records.ts'
import { jsonNumber } from './numbers.ts'
import { peekRecords } from './records.ts'
import type { Source } from './source.ts'
import { openTable } from './table-read.ts'
import type { LogitsReader, ReadOptions } from './types.ts'

/** Opens JSON Lines logits: each line an array of numbers, or an object with the key logits. */
export async function openJsonlLogits(source: Source, options: ReadOptions): Promise<LogitsReader> {
  const { name } = source
  const { labelColumn } = options
  const records = jsonLines(source, (value, line) => {
    if (Array.isArray(value)) return { fields: value }
    if (typeof value !== 'object' || value === null) {
      throw new InputError(`${name}: line ${line}: expected an array or an object with "logits", got ${show(value)}`)
    }
    const { logits } = value as { logits?: unknown }
    if (!Array.isArray(logits)) {
      throw new InputError(`${name}: line ${line}: expected an array under the key "logits", got ${show(logits)}`)
    }
    if (labelColumn === undefined) return { fields: logits }
    const label = (value as Record<string, unknown>)[labelColumn]
    if (label === undefined) throw new InputError(`${name}: line ${line}: the key ${show(labelColumn)} is missing`)
    return { fields: logits, label }
  })
  const { first, all } = await peekRecords(records, 1)
  if (first.length === 0) throw new InputError(`${name}: the file is empty; expected a JSON array on each line`)
  return openTable(source, { format: 'jsonl', records: all, parse: jsonNumber, unit: 'line', parts: 'values' }, options)
}
