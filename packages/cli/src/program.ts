import type { Command } from 'commander'
import { shown } from './class-names.ts'
import { failureOf } from './errors.ts'
import { print, type Terminal } from './terminal.ts'

/** Puts a program on a terminal's streams: it throws where it would end the process, and `name` begins its errors. */
export function onTerminal(program: Command, terminal: Terminal, name: string): Command {
  program.exitOverride().configureOutput({
    writeOut: (text) => terminal.stdout.write(text),
    writeErr: (text) => terminal.stderr.write(text),
  })
  return explaining(program, name, program.name())
}

/** Errors in the arguments of a command begin with its name, read as all others do, and end with the way to its help. */
export function explaining(command: Command, name: string, called = name): Command {
  return command
    .configureOutput({ outputError: (text, write) => write(`${name}: ${worded(text)}`) })
    .showHelpAfterError(`See "${called} --help".`)
}

function worded(text: string): string {
  return text
    .replace(/^error: /, '')
    .replace(/ is invalid\. Allowed choices are /, ' is invalid: choose from ')
    .replace(/ is invalid\. /, ' is invalid: ')
    .replace(/\.\n$/, '\n')
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
