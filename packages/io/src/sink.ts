/** Where bytes go: nothing is visible until `commit`. */
export interface Sink {
  readonly name: string
  /** Appends; the bytes are free again when the promise resolves. */
  write(bytes: Uint8Array): Promise<void>
  /** Overwrites what was written before; absent on streams. */
  writeAt?(offset: number, bytes: Uint8Array): Promise<void>
  commit(): Promise<void>
  /** Discards everything; harmless after `commit` or a second time. */
  abort(): Promise<void>
}

/** A sink in memory, for browsers and tests: `bytes()` after `commit`. */
export function bytesSink(name: string): Sink & { bytes(): Uint8Array<ArrayBuffer> } {
  let parts: Uint8Array[] = []
  let length = 0
  let result: Uint8Array<ArrayBuffer> | undefined
  const joined = () => {
    const all = new Uint8Array(length)
    let offset = 0
    for (const part of parts) {
      all.set(part, offset)
      offset += part.length
    }
    return all
  }
  return {
    name,
    async write(bytes) {
      parts.push(bytes.slice())
      length += bytes.length
    },
    async writeAt(offset, bytes) {
      const all = joined()
      all.set(bytes, offset)
      parts = [all]
    },
    async commit() {
      result = joined()
    },
    async abort() {
      parts = []
      length = 0
    },
    bytes() {
      if (!result) throw new Error(`${name}: nothing was committed`)
      return result
    },
  }
}
