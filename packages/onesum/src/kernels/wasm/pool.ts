/** What a pool of threads is to the kernels, which know nothing else of it: `onesum/threads` provides it. */
import type { Family, Variant } from './family.ts'

/** How a kernel is called for units of work that any thread may do: rows, or blocks of one row. */
export interface Share {
  readonly family: Family
  /** The exported function. */
  readonly name: string
  /** Its arguments for all units from the first on. */
  readonly args: readonly number[]
  /** What the first arguments grow by from one unit to the next: bytes, as they are addresses. */
  readonly steps: readonly number[]
  /** Which argument says how much there is to do, and what of it makes one unit. */
  readonly counted: number
  readonly each: number
  /** How many units it takes at a time. */
  readonly group?: number
  /** Which arguments are addresses that it writes to: at most two. */
  readonly writes: readonly number[]
  /** Which one is the address of numbers that it takes for indices. */
  readonly indices?: number
  /** It returns how many units it has done: fewer than asked where the next one is for the JS path. */
  readonly leaves?: boolean
}

/** What is to be shared among threads. */
export interface Job {
  readonly share: Share
  readonly variant: Variant
  readonly units: number
  /** Numbers in a unit. */
  readonly entries: number
  /**
   * Does units [first, end) in the calling thread: those that do not fill a group, and, with how many of them were done
   * before, those from the one on that a kernel left for the JS path.
   */
  readonly here: (first: number, end: number, before?: number) => void
}

/** Threads that take a share of large calls. */
export interface Pool {
  /** How many threads there are besides the caller. */
  readonly size: number
  /** A module's bytes, changed to import memory that is shared. */
  readonly module: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>
  /** Does all units, or none where sharing is not worth its cost. */
  readonly run: (job: Job) => boolean
  /** Is told that a call is done which it left to the caller. */
  readonly done: () => void
}
