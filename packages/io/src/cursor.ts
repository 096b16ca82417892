import type { Source } from './source.ts'

/** Reads a source from front to back, straight into the caller's memory, seekable or not. */
export class ByteCursor {
  /** Bytes consumed so far. */
  position: number
  readonly #source: Source
  #iterator: AsyncIterator<Uint8Array> | undefined
  #rest: Uint8Array = new Uint8Array(0)

  /** `position` other than 0 needs a seekable source. */
  constructor(source: Source, position = 0) {
    this.#source = source
    this.position = position
  }

  /** Fills `target` and returns the bytes written, fewer than its length only at the end. */
  async fill(target: Uint8Array<ArrayBuffer>): Promise<number> {
    const filled = this.#source.read ? await this.#seekable(target) : await this.#streamed(target)
    this.position += filled
    return filled
  }

  async close(): Promise<void> {
    await this.#iterator?.return?.()
    await this.#source.close()
  }

  async #seekable(target: Uint8Array<ArrayBuffer>): Promise<number> {
    if (target.length === 0) return 0
    const found = await this.#source.read?.(this.position, target.length, target)
    return found?.length ?? 0
  }

  async #streamed(target: Uint8Array): Promise<number> {
    this.#iterator ??= this.#source.stream()[Symbol.asyncIterator]()
    let filled = 0
    while (filled < target.length) {
      if (this.#rest.length === 0) {
        const next = await this.#iterator.next()
        if (next.done) break
        this.#rest = next.value
      }
      const taken = this.#rest.subarray(0, target.length - filled)
      target.set(taken, filled)
      filled += taken.length
      this.#rest = this.#rest.subarray(taken.length)
    }
    return filled
  }
}
