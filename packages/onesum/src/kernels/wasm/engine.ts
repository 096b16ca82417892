/** An engine: the memory that kernels share, what lies where in it, and the instances in it. */
import { constants } from './code/constants.ts'
import { decode, type Family, type Loaded, type Variant } from './family.ts'
import { Heap } from './heap.ts'
import type { Pool } from './pool.ts'

/** The kernels' scratch: constants lie below, the staging slots above. */
export const SCRATCH = 1 << 12

/** Small tables that go with a call lie here, up to the staging slots. */
export const TABLES = 1 << 14

/** Staging slots begin here. */
export const STAGE = 1 << 16

/** Four staging slots, and floats in each. */
const SLOTS = 4
export const SLOT_FLOATS = 1 << 17

/** Pages of 64 KiB: what constants, scratch and staging need, and the most that the heap may make of it. */
const FIRST = Math.ceil((STAGE + 4 * SLOTS * (SLOT_FLOATS + 16)) / (1 << 16)) + 1
const LARGEST = 1 << 14

/**
 * The memory that all kernels share.
 *
 * It begins with what staging needs, and grows once, to all it may ever have, when the heap is first asked for: before
 * that nobody but the engine holds a view, which growing would detach. (Reserving it all at the first call would bring
 * on a garbage collection.)
 */
export class Engine {
  readonly variant: Variant
  /** A WebAssembly.Memory, by a type that every library knows. */
  readonly memory: { readonly buffer: ArrayBufferLike; grow(pages: number): number }
  /** Threads that share the memory. */
  readonly pool: Pool | undefined
  readonly loaded = new Map<Family, Loaded>()
  /** All of the memory, and its views by kinds of numbers; others after the heap was first asked for. */
  buffer!: ArrayBufferLike
  floats!: Float32Array
  ints!: Int32Array
  doubles!: Float64Array
  #heap: Heap | undefined

  constructor(variant: Variant, memory: Engine['memory'], pool?: Pool) {
    this.variant = variant
    this.memory = memory
    this.pool = pool
    new Uint8Array(memory.buffer).set(decode(constants))
    this.#view()
  }

  /** The memory that is not taken by staging. */
  get heap(): Heap {
    if (!this.#heap) {
      const start = this.buffer.byteLength
      this.#grow()
      this.#heap = new Heap(start, this.buffer.byteLength)
    }
    return this.#heap
  }

  /** To the largest size that the engine gives, halving from 1 GiB. */
  #grow(): void {
    for (let pages = LARGEST; pages > FIRST; pages /= 2) {
      try {
        this.memory.grow(pages - FIRST)
        break
      } catch {}
    }
    this.#view()
  }

  #view(): void {
    this.buffer = this.memory.buffer
    this.floats = new Float32Array(this.buffer)
    this.ints = new Int32Array(this.buffer)
    this.doubles = new Float64Array(this.buffer)
  }
}

/**
 * What staging needs, with leave to grow: as much of it as the engine gives.
 *
 * @internal
 */
export function createMemory(shared: boolean): WebAssembly.Memory | undefined {
  for (let maximum = LARGEST; maximum >= FIRST; maximum /= 2) {
    try {
      return new WebAssembly.Memory({ initial: FIRST, maximum, shared })
    } catch {}
  }
  return undefined
}
