import { abortAll, watchUnfinished } from '@onesum/io/node'
import type { Terminal } from './terminal.ts'

const signals = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 }

/** Runs a program on this process's streams: unfinished files go when a signal comes, and it ends with its code. */
export async function runProcess(program: (terminal: Terminal) => Promise<number>): Promise<never> {
  const handlers = Object.entries(signals).map(([signal, code]) => {
    const end = (): never => {
      abortAll()
      process.exit(code)
    }
    return [signal, end] as const
  })
  // else the system ends the process, which it does in the middle of a fit, too
  watchUnfinished((unfinished) => {
    for (const [signal, end] of handlers) unfinished ? process.on(signal, end) : process.off(signal, end)
  })
  // a failed write rejects where it was made; without a listener its event would end the process
  process.stdout.on('error', () => {})
  process.stderr.on('error', () => {})
  const { stdin, stdout, stderr } = process
  const code = await program({ stdin, stdout, stderr, cwd: process.cwd() })
  abortAll()
  process.exit(code)
}
