/** The life of the pool's threads: their start, their part of memory, their sleep and their end. */
import { wrongValue } from '../check.ts'
import * as commit from '../kernels/wasm/code/commit.ts'
import type { Engine } from '../kernels/wasm/engine.ts'
import { decode } from '../kernels/wasm/family.ts'
import { ASLEEP, AWAKE, BOARD, BOARD_BYTES, CALLED, MAX_ARGS, type Post, WORDS } from './board.ts'
import { withSharedMemory } from './shared-import.ts'
import { spawn, type Thread } from './spawn.ts'

/** A thread's own part of memory: scratch, then room for the results of a piece, which is at least one unit. */
const SCRATCH_BYTES = 1 << 14
export const ROOM_BYTES = 1 << 22

/** Milliseconds after which threads without work sleep. */
export const PATIENCE = 0.2

/**
 * Milliseconds after its start in which a thread does not sleep: beside a caller that works the system moves it to another
 * core, where it stays. One that is woken is run where it slept, be it on the caller's core.
 */
const SETTLING = 50

/** A job's number comes with two more bits: numbers begin anew after so many. */
const MOST_EPOCHS = 0x1fffffff

/** Threads that look at the board, besides the caller. */
export class Crew {
  readonly board: number
  readonly #engine: Engine
  readonly #threads = new Map<number, { thread: Thread; home: number }>()
  #epoch = 0

  constructor(engine: Engine) {
    this.#engine = engine
    this.board = this.#allocate(BOARD_BYTES)
  }

  /** How many there are. */
  get size(): number {
    return this.#threads.size
  }

  /** The number of the next job. */
  get next(): number {
    return (this.#epoch + 1) & MOST_EPOCHS
  }

  /** Whether any of them looks at the board. */
  get awake(): boolean {
    const rests = this.#word(BOARD.rests)
    for (const index of this.#threads.keys()) if (this.#engine.ints[rests + index] === AWAKE) return true
    return false
  }

  /** Makes all threads look at the board, under the next number. */
  call(): void {
    const { ints } = this.#engine
    this.#epoch = this.next
    const epoch = this.#word(BOARD.epoch)
    Atomics.store(ints, epoch, this.#epoch)
    let asleep = false
    // called once: who is slow to get up is not called again
    for (const index of this.#threads.keys()) {
      const rest = this.#word(BOARD.rests) + index
      if (ints[rest] !== ASLEEP) continue
      asleep ||= Atomics.compareExchange(ints, rest, ASLEEP, CALLED) === ASLEEP
    }
    if (asleep) Atomics.notify(ints, epoch)
  }

  /** Wakes them, with a job of nothing. */
  wake(): void {
    this.#engine.ints[this.#word(BOARD.words) + WORDS.chunks] = 0
    this.call()
  }

  /** Starts or stops threads until there are so many. */
  async resize(size: number): Promise<void> {
    const surplus = [...this.#threads].slice(size)
    const started: Thread[] = []
    try {
      for (let index = 1; this.#threads.size < size; index++) {
        if (!this.#threads.has(index)) started.push(this.#start(index))
      }
      await Promise.all(started.map(({ ready }) => ready))
    } catch (error) {
      await this.resize(0)
      throw error
    } finally {
      for (const [index] of surplus) this.#engine.ints[this.#word(BOARD.quits) + index] = 1
      if (surplus.length > 0) this.wake()
      for (const [index] of surplus) this.#threads.delete(index)
      this.#count()
    }
    await Promise.all(surplus.map(([, { thread }]) => thread.stop()))
  }

  #start(index: number): Thread {
    const { ints, heap, memory } = this.#engine
    const home = this.#allocate(SCRATCH_BYTES + ROOM_BYTES)
    ints[this.#word(BOARD.quits) + index] = 0
    ints[this.#word(BOARD.rests) + index] = AWAKE
    const post: Post = {
      memory: memory as WebAssembly.Memory,
      commit: withSharedMemory(decode(commit.strict)),
      board: this.board,
      offsets: BOARD,
      words: WORDS,
      maxArgs: MAX_ARGS,
      index,
      home,
      scratchBytes: SCRATCH_BYTES,
      patience: PATIENCE,
      settling: SETTLING,
    }
    const thread = spawn(post)
    this.#threads.set(index, { thread, home })
    // the part of a thread that may still run is nobody else's
    thread.ended.then(() => {
      heap.release(home)
      if (this.#threads.get(index)?.thread === thread) this.#threads.delete(index)
      this.#count()
    })
    return thread
  }

  #count(): void {
    this.#engine.ints[this.#word(BOARD.threads)] = this.size + 1
  }

  #allocate(bytes: number): number {
    const at = this.#engine.heap.allocate(bytes)
    if (at === undefined) {
      throw wrongValue('startThreads', 'threads', 'room in shared memory', 'none', 'release arrays no longer needed')
    }
    return at
  }

  #word(offset: number): number {
    return (this.board + offset) / 4
  }
}
