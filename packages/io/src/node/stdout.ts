import type { Writable } from 'node:stream'
import type { Sink } from '../sink.ts'
import { codeOf, explained } from './errors.ts'

/** The reader of the standard output has gone, as `head` does when it has seen enough: end quietly. */
export class ClosedPipeError extends Error {
  override name = 'ClosedPipeError'
}

/**
 * The standard output, or a stream in its place, named `stdout`: what has been written cannot be taken back. `write`
 * throws ClosedPipeError when nobody reads it any more.
 */
export function stdoutSink(stream: Writable = process.stdout): Sink {
  // an error is also emitted, and would end the process if nobody listened
  stream.on('error', () => {})
  return {
    name: 'stdout',
    write(bytes) {
      return new Promise((resolve, reject) => {
        stream.write(bytes, (error) => {
          if (!error) resolve()
          else if (codeOf(error) === 'EPIPE')
            reject(new ClosedPipeError('stdout: the pipe was closed', { cause: error }))
          else reject(explained(error, 'stdout', 'cannot be written'))
        })
      })
    },
    async commit() {},
    async abort() {},
  }
}
