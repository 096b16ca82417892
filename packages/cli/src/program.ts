import type { Command } from 'commander'
import { shown } from './class-names.ts'
import { failureOf } from './errors.ts'
import { print, type Terminal } from './terminal.ts'

/** Puts a program on a terminal's streams: it throws where it would end the process, and `name` begins its errors. */
export function onTerminal(program: Command, terminal: Terminal, name: string): Command {
  return program
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, `${name}: `)),
    })
    .showHelpAfterError(`See "${program.name()} --help".`)
}

/** The exit code that the work comes to; what went wrong is told on stderr after `name`. */
export async function exitCode(work: () => Promise<number>, terminal: Terminal, name: string): Promise<number> {
  try {
    return await work()
  } catch (error) {
    const { code, text } = failureOf(error, name)
    // nobody may be left to read this either
    if (text !== '') await print(terminal.stderr, text.split('\n').map(shown).join('\n')).catch(() => {})
    return code
  }
}
