import { InputError, show } from './errors.ts'
import type { RecordPart, Records, TextRecord } from './records.ts'
import type { Source } from './source.ts'
import { textParts } from './text.ts'

/** The values of a JSON Lines file, each turned into a record by `understand`; blank lines are allowed only at the end. */
export async function* jsonLines(
  source: Source,
  understand: (value: unknown, line: number) => Omit<TextRecord, 'line'>,
): Records {
  let line = 0
  let blank = 0
  let open: string[] = []
  const add = (records: TextRecord[], text: string): void => {
    line++
    if (text.trim() === '') {
      blank ||= line
      return
    }
    if (blank) throw new InputError(`${source.name}: line ${blank} is blank, and rows follow it`)
    records.push({ ...understand(parse(source.name, line, text), line), line })
  }
  let reached = 0
  for await (const { text, position } of textParts(source)) {
    const part: RecordPart = { records: [], position }
    reached = position
    const lines = text.split('\n')
    const last = lines.pop() as string
    for (const end of lines) {
      add(part.records, open.length > 0 ? open.join('') + end : end)
      open = []
    }
    open.push(last)
    if (part.records.length > 0) yield part
  }
  const part: RecordPart = { records: [], position: reached }
  add(part.records, open.join(''))
  if (part.records.length > 0) yield part
}

function parse(name: string, line: number, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new InputError(
      `${name}: line ${line} is not valid JSON: ${(error as Error).message}; write NaN and infinities as strings: "NaN", "-Infinity" (line begins ${show(text)})`,
    )
  }
}
