import { type Dtype, type Format, formats } from '@onesum/io'
import { type Command, InvalidArgumentError, Option } from 'commander'

export const dtypes: readonly Dtype[] = ['float16', 'float32', 'float64']
export type From = 'logits' | 'probabilities'

/** How a file of logits is to be read; what is left out follows from its name and content. */
export interface InputOptions {
  format?: Format
  header?: boolean
  /** A column's name, or its number from 0. */
  labelColumn?: string
}

/** A parser for a whole number in [low, high]. */
export function integer(low: number, high = Number.MAX_SAFE_INTEGER): (text: string) => number {
  const range = high < Number.MAX_SAFE_INTEGER ? ` from ${low} to ${high}` : ` >= ${low}`
  const expected = `expected a whole number${low > Number.MIN_SAFE_INTEGER ? range : ''}`
  return (text) => {
    const value = Number(text)
    if (!/^[+-]?\d+$/.test(text.trim()) || !(value >= low && value <= high)) {
      throw new InvalidArgumentError(`${expected}.`)
    }
    return value
  }
}

/** 0 and Infinity are allowed: the two limits of the temperature. */
export function temperature(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (!(value >= 0)) throw new InvalidArgumentError('expected a number >= 0.')
  return value
}

export function integerList(text: string): number[] {
  const parse = integer(1)
  return [...new Set(text.split(',').map(parse))].sort((a, b) => a - b)
}

/** Names in order, `a,b,c`; what has no comma is the file that holds them. */
export function namesOrFile(text: string): string[] | string {
  if (!text.includes(',')) return text
  const names = text.split(',').map((name) => name.trim())
  if (names.some((name) => name === '')) throw new InvalidArgumentError('expected names separated by commas.')
  if (new Set(names).size < names.length) throw new InvalidArgumentError('a name stands there twice.')
  return names
}

/** The options that say which rows are labelled how. */
export function addLabelOptions(command: Command): Command {
  return command
    .option('--labels <file>', 'the true classes, one per row, as numbers from 0 or as names')
    .option(
      '--label-column <column>',
      'the column that holds the labels, in their file or else in the logits: name or number from 0',
    )
    .option(
      '--classes <names>',
      'class names in order: a,b,c, or a file with one on each line (default: the header of the logits)',
      namesOrFile,
    )
}

export function addInputOptions(command: Command): Command {
  return command
    .addOption(new Option('--format <format>', 'how the input is written (default: by its extension)').choices(formats))
    .option('--header', 'CSV and TSV: the first line names the columns (default: found out)')
    .option('--no-header', 'CSV and TSV: the first line is data')
}

export function fromOption(meaning: string): Option {
  return new Option('--from <kind>', meaning).choices(['logits', 'probabilities'])
}

/** Help text below the options: examples that run as they stand in a clone of the repository. */
export function examples(...lines: string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}\n`
}
