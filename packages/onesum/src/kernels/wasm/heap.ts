/** Which parts of the kernels' memory are in use. */

/** Addresses are multiples of this; between two blocks lie at least 16 unused bytes, as kernels may read past an end. */
const UNIT = 64

/** First fit over a list of free blocks in ascending order; adjoining free blocks are one. */
export class Heap {
  readonly #free: { at: number; size: number }[]
  readonly #used = new Map<number, number>()

  constructor(start: number, end: number) {
    this.#free = [{ at: start, size: end - start }]
  }

  /** The address of a fresh block; undefined where none is free. */
  allocate(bytes: number): number | undefined {
    const size = Math.ceil((bytes + 16) / UNIT) * UNIT
    const index = this.#free.findIndex((block) => block.size >= size)
    if (index < 0) return undefined
    const block = this.#free[index]
    const { at } = block
    if (block.size === size) this.#free.splice(index, 1)
    else {
      block.at += size
      block.size -= size
    }
    this.#used.set(at, size)
    return at
  }

  /** Gives a block back; false where none begins at the address. */
  release(at: number): boolean {
    const size = this.#used.get(at)
    if (size === undefined) return false
    this.#used.delete(at)
    const free = this.#free
    let index = free.findIndex((block) => block.at > at)
    if (index < 0) index = free.length
    free.splice(index, 0, { at, size })
    for (const left of [index, index - 1]) {
      const [block, next] = [free[left], free[left + 1]]
      if (block && next && block.at + block.size === next.at) {
        block.size += next.size
        free.splice(left + 1, 1)
      }
    }
    return true
  }
}
