/** Where bytes come from: a file, a Blob, memory, or a stream. */
export interface Source {
  readonly name: string
  /** Bytes in total; undefined on streams. */
  readonly size: number | undefined
  /**
   * Random access, absent on streams. Fewer bytes than `length` come back only at the end.
   * `into`, at least `length` bytes, is filled instead of fresh memory and returned as a view.
   */
  read?(offset: number, length: number, into?: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>>
  /** All bytes from the start, in chunks that stay valid. */
  stream(): AsyncIterable<Uint8Array>
  close(): Promise<void>
}

const PIECE = 256 * 2 ** 10

/** Bytes in memory as a source. */
export function bytesSource(name: string, bytes: Uint8Array): Source {
  return {
    name,
    size: bytes.length,
    async read(offset, length, into) {
      const found = bytes.subarray(offset, offset + length)
      if (!into) return found.slice()
      into.set(found)
      return into.subarray(0, found.length)
    },
    // in pieces, so that text is understood bit by bit
    async *stream() {
      for (let offset = 0; offset < bytes.length; offset += PIECE) yield bytes.subarray(offset, offset + PIECE)
    },
    async close() {},
  }
}

/** A Blob (a browser's File is one) as a source. */
export function blobSource(name: string, blob: Blob): Source {
  return {
    name,
    size: blob.size,
    async read(offset, length, into) {
      const found = new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer())
      if (!into) return found
      into.set(found)
      return into.subarray(0, found.length)
    },
    // a reader, as not every browser iterates over streams
    async *stream() {
      const reader = blob.stream().getReader()
      try {
        for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value
      } finally {
        await reader.cancel()
      }
    },
    async close() {},
  }
}
