import { abortAll } from '@onesum/io/node'
import type { Terminal } from './terminal.ts'

const signals = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 }

/** Runs a program on this process's streams: unfinished files go when a signal comes, and it ends with its code. */
export async function runProcess(program: (terminal: Terminal) => Promise<number>): Promise<never> {
  for (const [signal, code] of Object.entries(signals)) {
    process.on(signal, () => {
      abortAll()
      process.exit(code)
    })
  }
  // a failed write rejects where it was made; without a listener its event would end the process
  process.stdout.on('error', () => {})
  process.stderr.on('error', () => {})
  const { stdin, stdout, stderr } = process
  const code = await program({ stdin, stdout, stderr, cwd: process.cwd() })
  abortAll()
  process.exit(code)
}
