import { ElementCount, tableColumns } from './element-count.ts'
import type { Sink } from './sink.ts'
import { jsonText, printAll, TextSink } from './text-sink.ts'
import type { LogitsWriter, WriteOptions } from './types.ts'

/** Writes JSON: arrays nested as the shape says, a line for each entry of the first axis. */
export async function createJsonWriter(sink: Sink, options: WriteOptions): Promise<LogitsWriter> {
  const { dtype, shape } = options
  const count = new ElementCount(sink.name, shape)
  const text = new TextSink(sink)
  // elements that one array at each depth holds, the deepest first; the outermost may be unknown
  const spans: number[] = []
  for (let axis = shape.length - 1; axis > 0; axis--) spans.push((spans.at(-1) ?? 1) * (shape[axis] as number))
  let written = 0
  if (shape.length > 0) text.add('[')
  return {
    async write(values) {
      count.add(values.length)
      await printAll(values, dtype, text, (value) => {
        let closed = 0
        while (closed < spans.length && written % (spans[closed] as number) === 0) closed++
        if (written > 0) text.add(`${']'.repeat(closed)},${closed > 0 && closed === spans.length ? '\n' : ''}`)
        text.add(`${'['.repeat(closed)}${jsonText(value)}`)
        written++
      })
    },
    async finish() {
      const final = count.finish()
      if (shape.length > 0 && written > 0) text.add(']'.repeat(shape.length))
      else if (shape.length > 0) text.add(`${emptyArrays(final)}]`)
      text.add('\n')
      await text.drain(0)
      await sink.commit()
    },
    abort: () => sink.abort(),
  }
}

// the arrays of a shape with a zero-length axis, without the outermost brackets
function emptyArrays(shape: readonly number[]): string {
  const [length = 0, ...inner] = shape
  if (inner.length === 0) return ''
  return Array.from({ length }, () => `[${emptyArrays(inner)}]`).join(',')
}

/** Writes JSON Lines: an array for each entry of the last axis. */
export async function createJsonlWriter(sink: Sink, options: WriteOptions): Promise<LogitsWriter> {
  const { dtype, shape } = options
  const count = new ElementCount(sink.name, shape)
  const columns = tableColumns(sink.name, shape)
  const text = new TextSink(sink)
  let column = 0
  return {
    async write(values) {
      count.add(values.length)
      await printAll(values, dtype, text, (value) => {
        text.add(`${column === 0 ? '[' : ','}${jsonText(value)}`)
        column++
        if (column === columns) {
          text.add(']\n')
          column = 0
        }
      })
    },
    async finish() {
      count.finish()
      if (columns === undefined) text.add(column === 0 ? '[]\n' : ']\n')
      await text.drain(0)
      await sink.commit()
    },
    abort: () => sink.abort(),
  }
}
