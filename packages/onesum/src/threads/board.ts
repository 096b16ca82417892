/**
 * The board: the part of shared memory on which the calling thread posts a job, and threads claim its chunks.
 *
 * Words are int32 but for the arguments, their steps and the results, which are float64. Offsets are bytes from the
 * board's start.
 */

/** The largest number of chunks of a job, of results, of a kernel's arguments (calls list them), and of modules. */
export const MAX_CHUNKS = 128
export const MAX_RESULTS = 1024
export const MAX_ARGS = 10
export const MAX_MODULES = 32

/** The largest number of threads, the caller included. */
export const MAX_THREADS = 64

/** What a job says of itself, word by word; -1 stands for an argument that it has not. */
export const WORDS = {
  module: 0,
  /** The function's place among the module's exports. */
  func: 1,
  chunks: 2,
  /** Units in a chunk, in what is handed in at a time, and in all. */
  chunk: 3,
  piece: 4,
  units: 5,
  /** How many arguments there are, and which one counts. */
  width: 6,
  counted: 7,
  /** Whether the function returns how many units it has done. */
  leaves: 8,
  /** Whether it returns a number that is wanted; pieces are single units then. */
  sums: 9,
  /** Arguments that are written to, and one that leads to indices. */
  first: 10,
  second: 11,
  indices: 12,
} as const

/** Bytes from one chunk's state to the next, a line of a cache: who claims one does not slow those who hold others. */
const LINE = 64

const MODULES = 192
const QUITS = MODULES + 8 * MAX_MODULES
const RESTS = QUITS + 4 * MAX_THREADS
const NUMBERS = RESTS + 4 * MAX_THREADS
const STATES = LINE * Math.ceil((NUMBERS + 8 * (2 * MAX_ARGS + 2)) / LINE)

export const BOARD = {
  /** The number of the job that was posted last. */
  epoch: 0,
  /** How many threads there are, the caller included. */
  threads: 64,
  words: 128,
  /** Address and size of the modules. */
  modules: MODULES,
  /** Of each thread: whether it is to end. */
  quits: QUITS,
  /** Of each thread: whether it is awake. */
  rests: RESTS,
  /** What counts as one unit, then the arguments, then their steps. */
  numbers: NUMBERS,
  /** Of each chunk: the epoch times 4, plus how far it is; then how many of its units are done. */
  states: STATES,
  line: LINE,
  /** Of each unit: what its kernel returned. */
  results: STATES + LINE * MAX_CHUNKS,
} as const

export const BOARD_BYTES = BOARD.results + 8 * MAX_RESULTS

/** How far a chunk is. A commit goes from `CLAIMED` over the next, back to it or to `DONE`. */
export const FREE = 0
export const CLAIMED = 1
export const DONE = 3

/** A thread looks at the board, sleeps, or sleeps although it was called. */
export const AWAKE = 0
export const ASLEEP = 1
export const CALLED = 2

/** What a thread is told at its start. */
export interface Post {
  /** @internal */
  readonly memory: WebAssembly.Memory
  /** The module of `commit`, for shared memory. */
  readonly commit: Uint8Array
  /** The board's address, and what stands where on it. */
  readonly board: number
  readonly offsets: typeof BOARD
  readonly words: typeof WORDS
  readonly maxArgs: number
  /** The thread's number, from 1 on: the caller is 0. */
  readonly index: number
  /** Where its own part of memory begins: scratch, then room for indices and results. */
  readonly home: number
  readonly scratchBytes: number
  /** Milliseconds without work after which it sleeps, and from its start on those in which it does not. */
  readonly patience: number
  readonly settling: number
}
