import { ElementCount, tableColumns } from './element-count.ts'
import type { Sink } from './sink.ts'
import { printAll, TextSink } from './text-sink.ts'
import type { LogitsWriter, WriteOptions } from './types.ts'

/** Writes CSV or TSV: a header line when there are names, and a line for each entry of the last axis. */
export async function createCsvWriter(sink: Sink, options: WriteOptions, delimiter: ',' | '\t'): Promise<LogitsWriter> {
  const { dtype, shape, names } = options
  const count = new ElementCount(sink.name, shape)
  const columns = tableColumns(sink.name, shape)
  if (names && columns !== undefined && names.length !== columns) {
    throw new RangeError(`createWriter: "names" expected ${columns} names, got ${names.length}`)
  }
  const text = new TextSink(sink)
  if (names) text.add(`${names.map((name) => quoted(name, delimiter)).join(delimiter)}\n`)
  let column = 0
  return {
    async write(values) {
      count.add(values.length)
      await printAll(values, dtype, text, (value) => {
        const last = ++column === columns
        text.add(value)
        text.add(last ? '\n' : delimiter)
        if (last) column = 0
      })
    },
    async finish() {
      count.finish()
      // a flat file of unknown length is one line, still open
      if (columns === undefined) text.add('\n')
      await text.drain(0)
      await sink.commit()
    },
    abort: () => sink.abort(),
  }
}

function quoted(name: string, delimiter: string): string {
  const plain = !name.includes(delimiter) && !/["\r\n]|^\s|\s$|^$/.test(name)
  return plain ? name : `"${name.replaceAll('"', '""')}"`
}
