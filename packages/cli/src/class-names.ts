import { InputError, readNames } from '@onesum/io'
import { UsageError } from './errors.ts'
import { openSource, standardStream } from './files.ts'
import { count } from './numbers.ts'
import type { Terminal } from './terminal.ts'

/** The names of so many classes, as they were given or from the file that holds them. */
export async function readClassNames(
  terminal: Terminal,
  given: string[] | string | undefined,
  classes: number,
): Promise<string[] | undefined> {
  const names = await givenNames(terminal, given)
  if (names === undefined || names.length === classes) return names
  const found = `${count(names.length, 'name')}, and a row has ${count(classes, 'class')}`
  if (typeof given === 'string') throw new InputError(`${given}: it has ${found}`)
  throw new UsageError(`--classes has ${found}`)
}

/** The names in `--classes`, or in the file that it names. */
export async function givenNames(
  terminal: Terminal,
  given: string[] | string | undefined,
): Promise<string[] | undefined> {
  if (typeof given !== 'string') return given
  if (given === standardStream) throw new UsageError('--classes needs a file: stdin is for the rows')
  return readNames(await openSource(terminal, given))
}

/** A class as text names it: its number, and its name where it has one. */
export function classLabel(index: number, names: readonly string[] | undefined): string {
  const name = names?.[index]
  return name === undefined || name === '' ? String(index) : `${index} (${shown(name)})`
}

/** A name on a terminal, where escape sequences and marks of direction would act; what joins letters may stay. */
export function shown(name: string): string {
  return name.replace(/(?!\u200c|\u200d)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\u{fffd}')
}
