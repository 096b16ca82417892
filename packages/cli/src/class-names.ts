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
  if (given === undefined) return undefined
  if (typeof given !== 'string') {
    if (given.length === classes) return given
    throw new UsageError(`--classes has ${count(given.length, 'name')}, and a row has ${count(classes, 'class')}`)
  }
  if (given === standardStream) throw new UsageError('--classes needs a file: only the logits can come from stdin')
  const names = await readNames(await openSource(terminal, given))
  if (names.length === classes) return names
  throw new InputError(`${given}: it has ${count(names.length, 'name')}, and a row has ${count(classes, 'class')}`)
}

/** A class as text names it: its number, and its name where it has one. */
export function classLabel(index: number, names: readonly string[] | undefined): string {
  const name = names?.[index]
  return name === undefined || name === '' ? String(index) : `${index} (${shown(name)})`
}

/** A name on a terminal, where escape sequences and marks of direction would act. */
export function shown(name: string): string {
  return name.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\u{fffd}')
}
