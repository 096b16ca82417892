import { type FileHandle, open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { InputError } from '../errors.ts'
import type { Source } from '../source.ts'
import { explained } from './errors.ts'

const PIECE = 256 * 2 ** 10

/** Opens a file; what is not a regular file, such as a named pipe, becomes a stream. */
export async function openFile(path: string): Promise<Source> {
  let handle: FileHandle | undefined
  try {
    handle = await open(path, 'r')
    const stats = await handle.stat()
    if (stats.isDirectory()) throw new InputError(`${path}: cannot be read: it is a folder`)
    return stats.isFile() ? fileSource(path, handle, stats.size) : streamSource(path, handle)
  } catch (error) {
    await handle?.close()
    throw explained(error, path, 'cannot be read')
  }
}

/** The bytes of the standard input, or of a stream in its place, named `stdin`. */
export function stdinSource(stream: Readable = process.stdin): Source {
  return {
    name: 'stdin',
    size: undefined,
    async *stream() {
      try {
        yield* stream
      } catch (error) {
        throw explained(error, 'stdin', 'cannot be read')
      }
    },
    async close() {
      stream.destroy()
    },
  }
}

function fileSource(name: string, handle: FileHandle, size: number): Source {
  const closing = closer(handle)
  const read = async (offset: number, length: number, into = new Uint8Array(length)) => {
    let filled = 0
    try {
      while (filled < length) {
        const { bytesRead } = await handle.read(into, filled, length - filled, offset + filled)
        if (bytesRead === 0) break
        filled += bytesRead
      }
    } catch (error) {
      throw explained(error, name, 'cannot be read')
    }
    return into.subarray(0, filled)
  }
  return {
    name,
    size,
    read,
    async *stream() {
      let offset = 0
      for (let bytes = await read(0, PIECE); bytes.length > 0; bytes = await read(offset, PIECE)) {
        offset += bytes.length
        yield bytes
      }
    },
    close: closing,
  }
}

function streamSource(name: string, handle: FileHandle): Source {
  return {
    name,
    size: undefined,
    async *stream() {
      try {
        while (true) {
          const { bytesRead, buffer } = await handle.read(new Uint8Array(PIECE), 0, PIECE, null)
          if (bytesRead === 0) return
          yield buffer.subarray(0, bytesRead)
        }
      } catch (error) {
        throw explained(error, name, 'cannot be read')
      }
    },
    close: closer(handle),
  }
}

// closing twice is harmless
function closer(handle: FileHandle): () => Promise<void> {
  let closed: Promise<void> | undefined
  return () => {
    closed ??= handle.close()
    return closed
  }
}
