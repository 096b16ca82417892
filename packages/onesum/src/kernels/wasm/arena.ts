/** Room in the kernels' memory for what is made of many parts, which are given back together. */
import type { Engine } from './engine.ts'

/** Thrown where the memory has no room. */
export const FULL = new RangeError('no room in the kernels’ memory')

export class Arena {
  readonly engine: Engine
  readonly #blocks: number[] = []

  constructor(engine: Engine) {
    this.engine = engine
  }

  /** The address of so many bytes, which hold anything. */
  reserve(bytes: number): number {
    const at = this.engine.heap.allocate(bytes)
    if (at === undefined) throw FULL
    this.#blocks.push(at)
    return at
  }

  /** So many zeros. */
  doubles(length: number): Float64Array {
    const at = this.reserve(8 * length) / 8
    return this.engine.doubles.subarray(at, at + length).fill(0)
  }

  floats(length: number): Float32Array {
    const at = this.reserve(4 * length) / 4
    return this.engine.floats.subarray(at, at + length).fill(0)
  }

  ints(length: number): Int32Array {
    const at = this.reserve(4 * length) / 4
    return this.engine.ints.subarray(at, at + length).fill(0)
  }

  release(): void {
    for (const block of this.#blocks.splice(0)) this.engine.heap.release(block)
  }
}

/** What `make` makes, if an arena has room for it. */
export function roomy<T>(make: () => T): T | undefined {
  try {
    return make()
  } catch (error) {
    if (error === FULL) return undefined
    throw error
  }
}
