import { InputError, show } from './errors.ts'
import { parseNumber } from './numbers.ts'

type Fields = readonly string[]

const WHOLE = /^\s*\d+\s*$/

/**
 * Whether the first line of numbers names its columns: one of its fields is no number, or it counts above fractions. The
 * label column, which may hold anything, has no say.
 *
 * @throws InputError where a guess would cost a row or make an index a column
 */
export function namesColumns(
  file: string,
  format: 'csv' | 'tsv',
  first: Fields,
  second: Fields | undefined,
  label: number,
): boolean {
  const text = first.findIndex((field, column) => column !== label && parseNumber(field) === undefined)
  if (text < 0) return isNumbering(first, second, label)
  refuseOtherSeparator(file, format, second ?? first)
  refuseBrokenRow(file, first, text, label)
  refuseIndex(file, first, second, label)
  return true
}

/** A line 0, 1, 2, … above numbers that are not all whole: the names a data frame gives to unnamed columns. */
function isNumbering(first: Fields, second: Fields | undefined, label: number): boolean {
  if (!second || first.length < 2) return false
  const counts = first.every((field, column) => column === label || field.trim() === String(column))
  return counts && second.some((field, column) => column !== label && !/^\s*[+-]?\d+\s*$/.test(field))
}

/** A line that another separator would make numbers. */
function refuseOtherSeparator(file: string, format: 'csv' | 'tsv', fields: Fields): void {
  const line = fields.join(format === 'csv' ? ',' : '\t').trim()
  const separates = (separator: RegExp): boolean => {
    const parts = line.split(separator)
    return parts.length > 1 && parts.every((part) => parseNumber(part) !== undefined)
  }
  const refuse = (what: string, remedy: string): never => {
    throw new InputError(`${file}: its fields are separated by ${what}; ${remedy}`)
  }
  // where semicolons separate, a comma is the decimal point
  if (line.includes(';') && line.split(';').every((part) => parseNumber(part.replace(',', '.')) !== undefined)) {
    refuse('semicolons', 'save it with commas, and points in the numbers')
  }
  if (fields.length > 1) return
  if (format === 'csv' && separates(/\t/)) refuse('tabs', 'name the format tsv')
  if (format === 'tsv' && separates(/,/)) refuse('commas', 'name the format csv')
  if (separates(/\s+/)) refuse('spaces', "save it with commas (NumPy: np.savetxt(file, a, delimiter=','))")
}

/** Numbers as data have them, or a missing value: a row with a hole, which as a header would be lost. */
function refuseBrokenRow(file: string, first: Fields, text: number, label: number): void {
  const numbers = first.filter((field, column) => column !== label && parseNumber(field) !== undefined)
  const missing = /^(na|n\/a|null|none|\?|-)$/i.test((first[text] as string).trim())
  if (!(missing ? numbers.length > 0 : numbers.some((field) => !WHOLE.test(field)))) return
  throw new InputError(
    `${file}: line 1, column ${text}: expected a number, got ${show(first[text])}; if this line names the columns, say that it is a header`,
  )
}

/** The index that a data frame writes before its columns. */
function refuseIndex(file: string, first: Fields, second: Fields | undefined, label: number): void {
  const nameless = first.length > 1 && label !== 0 && (first[0] as string).trim() === ''
  if (!nameless || !WHOLE.test(second?.[0] ?? '')) return
  throw new InputError(
    `${file}: column 0 has no name and begins with ${second?.[0]}, as the index of a data frame; ` +
      'leave it out (pandas: to_csv(file, index=False)), or say that there is a header to read it as numbers',
  )
}
