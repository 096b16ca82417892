import type { Readable, Writable } from 'node:stream'

/** The command's surroundings, so that a test can stand in for a shell. */
export interface Terminal {
  stdin: Readable
  stdout: Writable
  stderr: Writable
  /** Relative paths are resolved against this folder. */
  cwd: string
  /** Elements of logits that softmax may hold in memory at once, by default 2^22. */
  held?: number
}

export function isTerminal(stream: Readable | Writable): boolean {
  return (stream as { isTTY?: boolean }).isTTY === true
}

/** Resolves when the stream has taken the text or bytes, rejects with its error (EPIPE when the reader has gone). */
export function print(stream: Writable, data: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(data, (error) => (error ? reject(error) : resolve()))
  })
}

/** A remark beside the result: on stderr, where it cannot get into a pipe's data. */
export function remark(terminal: Terminal, text: string): Promise<void> {
  return print(terminal.stderr, `onesum: ${text}\n`)
}
