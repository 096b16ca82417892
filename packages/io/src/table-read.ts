import { resolveColumn } from './columns.ts'
import { InputError, show } from './errors.ts'
import { parseNumber } from './numbers.ts'
import { peekRecords, type Records, type TextRecord } from './records.ts'
import type { Source } from './source.ts'
import { type Batch, DEFAULT_BATCH_BYTES, type Format, type LogitsReader, type ReadOptions } from './types.ts'

/** What the fields of a table are, such as numbers. */
export interface FieldKind {
  /** Their key in an object of JSON Lines. */
  key: string
  /** One of them, for messages. */
  expected: string
  remedy?: string
  /** undefined for what is none. */
  parse(field: unknown): number | undefined
}

/** How a text format's records become rows of numbers. */
export interface Table {
  format: Format
  records: Records
  /** Names of all columns, from a header. */
  names?: readonly string[]
  /** What `line` of a record counts. */
  unit: 'line' | 'row'
  /** What a record consists of, in the plural, for messages. */
  parts: 'fields' | 'values'
  kind: FieldKind
  /** The axes of one record, when there is more than one. */
  inner?: readonly number[]
}

// a number in a text file takes at least a digit and a separator
const LEAST_BYTES = 2

/** Opens a table of text: every record has the same length and, labels aside, holds numbers. */
export async function openTable(source: Source, table: Table, options: ReadOptions): Promise<LogitsReader> {
  const { name } = source
  const { unit, parts, kind, format } = table
  const { first, all } = await peekRecords(table.records, 1)
  const width = table.names?.length ?? first[0]?.fields.length ?? 0
  const firstLine = table.names ? 1 : (first[0]?.line ?? 0)
  const besides = first[0]?.label !== undefined
  const labelled = options.labelColumn !== undefined
  const taken =
    labelled && !besides ? resolveColumn(name, options.labelColumn as string | number, width, table.names) : -1
  const columns = width - (taken < 0 ? 0 : 1)
  if (columns === 0 && width > 0) throw new InputError(`${name}: it has no column but the labels; expected logits too`)
  const inner = table.inner ?? [columns]
  const batchBytes = options.batchBytes ?? DEFAULT_BATCH_BYTES

  const wrong = (record: TextRecord, column: number): InputError => {
    const called = table.names ? ` (${show(table.names[column])})` : ''
    return new InputError(
      `${name}: ${unit} ${record.line}, column ${column}${called}: expected ${kind.expected}, got ${show(record.fields[column])}` +
        (kind.remedy === undefined ? '' : `; ${kind.remedy}`),
    )
  }
  const fill = (record: TextRecord, values: Float64Array, offset: number): void => {
    const { fields } = record
    if (fields.length !== width) {
      throw new InputError(
        `${name}: ${unit} ${record.line}: expected ${width} ${parts} as in ${unit} ${firstLine}, got ${fields.length}`,
      )
    }
    let at = offset
    for (let column = 0; column < width; column++) {
      if (column === taken) continue
      const value = kind.parse(fields[column])
      if (value === undefined) throw wrong(record, column)
      values[at++] = value
    }
  }
  const labelOf = (record: TextRecord): number | string => {
    const label = besides || taken < 0 ? record.label : record.fields[taken]
    if (typeof label === 'number') return label
    if (typeof label === 'string' && label.trim() !== '') return parseNumber(label) ?? label
    throw new InputError(`${name}: ${unit} ${record.line}: expected a label, got ${show(label)}`)
  }

  let used = false
  async function* batches(): AsyncGenerator<Batch> {
    if (used) throw new Error(`${name}: a text file can be gone through only once; open it again`)
    used = true
    const most =
      source.size === undefined ? Number.POSITIVE_INFINITY : Math.ceil(source.size / LEAST_BYTES / (columns || 1))
    const perBatch = Math.max(1, Math.min(most, Math.floor(batchBytes / 8 / (columns || 1))))
    const values = new Float64Array(perBatch * columns)
    let labels: (number | string)[] = []
    let start = 0
    let rows = 0
    const batch = (position: number): Batch => {
      const result = { values: values.subarray(0, rows * columns), start, rows, position, ...(labelled && { labels }) }
      start += rows
      rows = 0
      labels = []
      return result
    }
    let reached = 0
    for await (const { records, position } of all) {
      for (const record of records) {
        if (rows === perBatch) yield batch(position)
        fill(record, values, rows * columns)
        if (labelled) labels.push(labelOf(record))
        rows++
      }
      reached = position
    }
    if (rows > 0) yield batch(reached)
  }

  return {
    format,
    dtype: 'float64',
    columns: inner.at(-1) ?? columns,
    rows: undefined,
    shape: [undefined, ...inner],
    ...(table.names && { names: table.names.filter((_, column) => column !== taken) }),
    batches,
    async close() {
      await all.return(undefined)
      await source.close()
    },
  }
}
