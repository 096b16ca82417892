import { InputError } from '@onesum/io'
import { ClosedPipeError } from '@onesum/io/node'
import { CommanderError } from 'commander'

/** The call is wrong: exit code 2, with a pointer to the help. */
export class UsageError extends Error {
  override name = 'UsageError'
}

export interface Failure {
  code: number
  /** What to print on stderr, empty when it is already there or nobody is left to read it. */
  text: string
}

/** Exit codes: 0 done (also when the reader of a pipe has gone), 1 the input is wrong, 2 the call is wrong. */
export function failureOf(error: unknown, command: string): Failure {
  if (error instanceof CommanderError) return { code: error.exitCode === 0 ? 0 : 2, text: '' }
  if (error instanceof UsageError) {
    return { code: 2, text: `${command}: ${error.message}\nSee "${command} --help".\n` }
  }
  if (error instanceof InputError) return { code: 1, text: `${command}: ${error.message}\n` }
  if (error instanceof RangeError) return { code: 1, text: `${command}: ${error.message}\n` }
  const system = error as NodeJS.ErrnoException
  if (system?.code === 'EPIPE' || error instanceof ClosedPipeError) return { code: 0, text: '' }
  // files are opened and written by @onesum/io, which explains its errors: what is left is stdout
  if (system?.code === 'ENOSPC')
    return { code: 1, text: `${command}: stdout: cannot be written: no space left on the disk\n` }
  if (typeof system?.syscall === 'string') return { code: 1, text: `${command}: ${system.message}\n` }
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return { code: 1, text: `${command}: unexpected error, please report it\n${trace}\n` }
}
