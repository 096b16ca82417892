import { InputError, show } from './errors.ts'

/** The index of a column given by name or by number (from 0, negative from the end) among `width` columns. */
export function resolveColumn(
  file: string,
  column: string | number,
  width: number,
  names: readonly string[] | undefined,
): number {
  if (typeof column === 'string' && names?.includes(column)) {
    const index = names.indexOf(column)
    if (names.indexOf(column, index + 1) >= 0) {
      throw new InputError(`${file}: two columns are named ${show(column)}; give the label column by number`)
    }
    return index
  }
  if (typeof column === 'string' && !/^-?\d+$/.test(column)) {
    const known = names
      ? `the columns are ${listed(names)}`
      : 'it has no header line; give the label column by number, from 0'
    throw new InputError(`${file}: no column is named ${show(column)}: ${known}`)
  }
  const number = Number(column)
  const index = number < 0 ? width + number : number
  if (!(Number.isInteger(index) && index >= 0 && index < width)) {
    throw new InputError(`${file}: there is no column ${column}; it has ${width}, numbered from 0`)
  }
  return index
}

/**
 * The same in a file whose first line may be names or numbers: a number counts columns while there are so many, for the
 * fields of a row are no names.
 */
export function guessedColumn(file: string, column: string | number, first: readonly string[]): number {
  const counts = Number(column) < first.length && Number(column) >= -first.length
  return resolveColumn(file, column, first.length, counts ? undefined : first.map((name) => name.trim()))
}

/** The first names of a list, for messages. */
export function listed(names: readonly string[]): string {
  const first = names.slice(0, 8).map(show).join(', ')
  return names.length > 8 ? `${first} and ${names.length - 8} more` : first
}
