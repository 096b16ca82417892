import { CsvError, parse } from '#csv-parse'
import { InputError } from './errors.ts'
import type { Records, TextRecord } from './records.ts'
import type { Source } from './source.ts'
import { textParts } from './text.ts'

// an unclosed quote would otherwise gather the rest of the file
const LONGEST_RECORD = 64 * 2 ** 20

/** The records of a CSV or TSV file with their lines; blank lines are allowed only at the end. */
export async function* csvRecords(source: Source, delimiter: ',' | '\t'): Records {
  let records: TextRecord[] = []
  let blank = 0
  let last = 0
  const parser = parse({
    delimiter,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    max_record_size: LONGEST_RECORD,
    // called while a piece is parsed; null keeps the record out of the parser's own queue
    on_record: (fields: string[], { lines }) => {
      if (fields.length === 1 && fields[0] === '') blank ||= lines
      else if (blank) throw new InputError(`${source.name}: line ${blank} is blank, and rows follow it`)
      else records.push({ fields, line: lines })
      last = lines
      return null
    },
  })
  parser.resume()
  const step = (action: (done: (error?: Error | null) => void) => void) =>
    new Promise<void>((resolve, reject) => {
      const fail = (error: Error) => reject(explained(source.name, error, last))
      parser.on('error', fail)
      action((error) => {
        if (error) return fail(error)
        parser.removeListener('error', fail)
        resolve()
      })
    })
  let reached = 0
  for await (const { text, position } of textParts(source)) {
    await step((done) => parser.write(text, done))
    reached = position
    if (records.length > 0) yield { records, position }
    records = []
  }
  await step((done) => parser.end(done))
  if (records.length > 0) yield { records, position: reached }
}

function explained(name: string, error: Error, last: number): Error {
  if (!(error instanceof CsvError)) return error
  if (error.code === 'CSV_QUOTE_NOT_CLOSED') {
    return new InputError(`${name}: a quoted field is opened after line ${last} and never closed`)
  }
  if (error.code === 'CSV_MAX_RECORD_SIZE') {
    return new InputError(`${name}: one row is longer than ${LONGEST_RECORD} characters; is a quote left open?`)
  }
  return new InputError(`${name}: ${error.message}`)
}
