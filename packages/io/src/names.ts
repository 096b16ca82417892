/** Files of class names. */
import { csvRecords } from './csv-records.ts'
import { InputError } from './errors.ts'
import type { Source } from './source.ts'
import { textParts } from './text.ts'

/**
 * Class names in order: one on each line, the first column of CSV and TSV, or JSON: a list, or an object by class number.
 *
 * @throws InputError saying what is wrong with the content
 * @example
 * import { bytesSource, readNames } from '@onesum/io'
 *
 * await readNames(bytesSource('names.txt', new TextEncoder().encode('cat\ndog\n'))) // → ["cat", "dog"]
 */
export async function readNames(source: Source): Promise<string[]> {
  try {
    return await namesIn(source)
  } finally {
    await source.close()
  }
}

async function namesIn(source: Source): Promise<string[]> {
  const extension = /\.[^./\\]+$/.exec(source.name.toLowerCase())?.[0]
  const names: string[] = []
  if (extension === '.csv' || extension === '.tsv') {
    for await (const { records } of csvRecords(source, extension === '.csv' ? ',' : '\t')) {
      for (const { fields } of records) names.push(String(fields[0]).trim())
    }
    return names
  }
  let text = ''
  for await (const part of textParts(source)) text += part.text
  if (extension === '.json') return jsonNames(source.name, text)
  const lines = text.split(/\r\n|\n|\r/).map((line) => line.trim())
  while (lines.at(-1) === '') lines.pop()
  return lines
}

function jsonNames(file: string, text: string): string[] {
  const expected = `${file}: expected a list of class names, or an object of names by class number`
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new InputError(`${file}: it is not valid JSON: ${(error as Error).message}`)
  }
  if (typeof value !== 'object' || value === null) throw new InputError(expected)
  // numbers as keys come in their order, whatever the file's
  const names = Object.values(value)
  const numbered = Object.keys(value).every((key, i) => key === String(i))
  if (!numbered || names.some((name) => typeof name !== 'string')) throw new InputError(expected)
  return names
}
