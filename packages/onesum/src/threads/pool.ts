/**
 * The calling thread's side of the pool: memory that all threads share, the board, and the jobs posted on it.
 *
 * Method: the units of a job, rows or fixed blocks of one, are independent, so it is cut into chunks of them; no unit is
 * ever cut, and the bits of results do not depend on the number of threads. The caller claims chunks as the others do,
 * and works straight on the arrays; the others work in memory of their own, and commit. When no chunk is free the caller
 * waits for those that are claimed; after a short time it claims them for itself, which makes the commit of a thread that
 * was slow, or died, do nothing. What a thread has computed does not touch the arrays before its commit, so that a chunk
 * can be done anew even where results take the place of their input. Nobody ever sleeps but threads without work, so the
 * caller may be a browser's main thread.
 */
import { wrongKind, wrongValue } from '../check.ts'
import * as commit from '../kernels/wasm/code/commit.ts'
import {
  createMemory,
  decode,
  Engine,
  type Exports,
  type Family,
  instance,
  type Variant,
} from '../kernels/wasm/engine.ts'
import type { Job, Pool, Share } from '../kernels/wasm/pool.ts'
import {
  BOARD,
  BOARD_BYTES,
  CLAIMED,
  DONE,
  FREE,
  MAX_ARGS,
  MAX_CHUNKS,
  MAX_MODULES,
  type Post,
  WORDS,
} from './board.ts'
import { withSharedMemory } from './shared-import.ts'
import { spawn, type Thread } from './spawn.ts'
import { BLOCKS, type Split, type Sweep, shareOf, splits } from './split.ts'

/** A thread's own part of memory: scratch, then room for the results of a chunk, which is at least one unit. */
const SCRATCH_BYTES = 1 << 14
const ROOM_BYTES = 1 << 22

/** Entries from which a call is shared, and of a chunk: smaller ones cost more than they even out. */
const LEAST_ENTRIES = 1 << 14
const SMALL_CHUNK = 1 << 13
const LARGE_CHUNK = 1 << 15

/** Fewer units than this per thread are shared by their blocks, if they have so many entries. */
const FEW_UNITS = 4
const LONG_UNIT = 1 << 17

/** Up to so many blocks the caller does a light pass by itself. */
const MOST_LIGHT = 32

/** Chunks per thread, as far as their size allows. */
const CHUNKS_PER_THREAD = 8

/**
 * How long a claimed chunk may take once the caller has nothing else to do: in milliseconds, and in times of what a chunk
 * took the caller.
 */
const PATIENCE = 0.01
const PATIENCE_IN_CHUNKS = 2

/** Milliseconds after which threads without work sleep. */
const AWAKE = 0.2

/**
 * After so many milliseconds of jobs of which others did less than a fourth of their part, as on a busy machine, the caller
 * works alone for some more: twice as many each time, until others do their part. Waking up takes them less.
 */
const VAIN = 5
const SHORTEST_PAUSE = 1
const LONGEST_PAUSE = 16

/** Milliseconds for a commit, which takes microseconds on a core, and cannot be ended halfway. */
const COMMIT_PATIENCE = 10_000

/** A module on the board: its number, its functions here, and their names in their order. */
interface Module {
  readonly number: number
  readonly exports: Exports
  readonly names: readonly string[]
}

/** A claim holds the job's number times 4: numbers begin anew after so many. */
const MOST_EPOCHS = 0x1fffffff

/** Threads that take a share of large calls, and the engine over their memory. */
export class ThreadPool implements Pool {
  readonly module: Pool['module'] = withSharedMemory
  readonly engine: Engine
  readonly #board: number
  readonly #states: number
  readonly #results: Float64Array
  readonly #modules = { strict: new Map<Family, Module>(), relaxed: new Map<Family, Module>() }
  readonly #threads = new Map<number, { thread: Thread; home: number }>()
  readonly #args: number[] = []
  #epoch = 0
  #vainSince = Infinity
  #pause = SHORTEST_PAUSE
  #pausedUntil = 0

  constructor(variant: Variant) {
    const memory = typeof SharedArrayBuffer === 'undefined' ? undefined : createMemory(true)
    if (!memory) {
      const remedy =
        'in a browser serve the page with the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp'
      throw wrongKind('startThreads', 'SharedArrayBuffer', 'memory that threads can share', 'none', remedy)
    }
    this.engine = new Engine(variant, memory, this)
    // the first block is where the memory grows to its size
    this.#board = this.#allocate(BOARD_BYTES)
    this.#states = this.#word(BOARD.states)
    const { doubles } = this.engine
    this.#results = doubles.subarray((this.#board + BOARD.results) / 8, (this.#board + BOARD_BYTES) / 8)
  }

  /** How many threads wait for jobs besides the caller. */
  get size(): number {
    return this.#threads.size
  }

  /** Starts or stops threads until there are so many besides the caller. */
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
      for (const [index] of surplus) this.#threads.delete(index)
      this.#count()
    }
    for (const [index] of surplus) this.engine.ints[this.#word(BOARD.quits) + index] = 1
    if (surplus.length > 0) this.#call()
    await Promise.all(surplus.map(([, { thread }]) => thread.stop()))
  }

  run(job: Job): boolean {
    const { units, entries, share, variant, here } = job
    if (this.size === 0 || units * entries < LEAST_ENTRIES || performance.now() < this.#pausedUntil) return false
    const whole = units - (units % (share.group ?? 1))
    const chunk = this.#chunkOf(share, whole, entries)
    const few = units < FEW_UNITS * (this.size + 1) || chunk >= whole
    const split = few && entries >= LONG_UNIT ? splits[share.name] : undefined
    if (split) return this.#split(job, split)
    const module = chunk < whole && this.#moduleOf(share.family, variant)
    if (!module) return false
    this.#share(share, module, whole, chunk)
    for (let first = 0; share.leaves && first < whole; first += chunk) {
      const [end, done] = [Math.min(first + chunk, whole), this.#results[first / chunk]]
      if (first + done < end) here(first, end, done)
    }
    if (whole < units) here(whole, units)
    return true
  }

  /** Does each unit, a long row, pass by pass. */
  #split({ share, variant, units, here }: Job, split: Split): boolean {
    const { args, steps } = share
    const blocks = this.#moduleOf(BLOCKS, variant)
    if (!blocks) return false
    const { floats, doubles, ints } = this.engine
    const sweep: Sweep = {
      over: (pass) => this.#over(shareOf(pass), blocks, pass.light),
      call: (name, ...values) => blocks.exports[name](...values),
      floats,
      doubles,
      ints,
    }
    for (let unit = 0; unit < units; unit++) {
      const row = args.map((value, k) => value + unit * (steps[k] ?? 0))
      if (!split(row, sweep)) here(unit, unit + 1, 0)
    }
    return true
  }

  /** Does a pass over all blocks of a row, as many at a time as the board has room for. */
  #over(share: Share, module: Module, light = false): number[] {
    const { args, steps, counted, each } = share
    const blocks = Math.ceil(args[counted] / each)
    // one call for the whole row adds its blocks in the same order
    if (light && blocks <= MOST_LIGHT) return [module.exports[share.name](...args)]
    const results: number[] = []
    for (let first = 0; first < blocks; first += MAX_CHUNKS) {
      const taken = Math.min(MAX_CHUNKS, blocks - first)
      const part = args.map((value, k) => value + first * (steps[k] ?? 0))
      part[counted] = args[counted] - first * each
      this.#share({ ...share, args: part }, module, taken, 1)
      for (let k = 0; k < taken; k++) results.push(this.#results[k])
    }
    return results
  }

  /** Does all units by all threads. */
  #share(share: Share, module: Module, units: number, chunk: number): void {
    const chunks = Math.ceil(units / chunk)
    this.#post(share, module, units, chunk, chunks)
    const kernel = module.exports[share.name]
    const { ints } = this.engine
    const free = (this.#epoch << 2) | FREE
    const done = free | DONE
    const begun = performance.now()
    let own = 0
    for (let number = 0; number < chunks; number++) {
      if (Atomics.compareExchange(ints, this.#states + number, free, done) !== free) continue
      this.#here(share, kernel, units, chunk, number)
      own++
    }
    const now = performance.now()
    if (own < chunks) {
      const overdue = now + PATIENCE + (PATIENCE_IN_CHUNKS * (now - begun)) / Math.max(1, own)
      for (let number = 0; number < chunks; number++) {
        if (this.#finished(this.#states + number, overdue)) continue
        this.#here(share, kernel, units, chunk, number)
        own++
      }
    }
    this.#judge((chunks - own) * (this.size + 1) * 4 >= chunks * this.size, now)
  }

  /** Whether to go on with jobs for others, after one in which they did their part, or not. */
  #judge(helped: boolean, now: number): void {
    if (helped) {
      this.#vainSince = Infinity
      this.#pause = SHORTEST_PAUSE
    } else if (this.#vainSince === Infinity) {
      this.#vainSince = now
    } else if (now - this.#vainSince > VAIN) {
      this.#vainSince = Infinity
      this.#pausedUntil = now + this.#pause
      this.#pause = Math.min(2 * this.#pause, LONGEST_PAUSE)
    }
  }

  /** Does a chunk in the calling thread. */
  #here(
    { args, steps, counted, each }: Share,
    kernel: Exports[string],
    units: number,
    chunk: number,
    number: number,
  ): void {
    const first = number * chunk
    const taken = Math.min(chunk, units - first)
    const own = this.#args
    own.length = args.length
    for (let k = 0; k < args.length; k++) own[k] = args[k] + (k < steps.length ? first * steps[k] : 0)
    own[counted] = Math.min(taken * each, args[counted] - first * each)
    const result = kernel(...own)
    if (result !== undefined) this.#results[number] = result
  }

  /** Waits for a chunk; false where it was not done in time, and is the caller's now. */
  #finished(state: number, overdue: number): boolean {
    const { ints } = this.engine
    const free = this.#epoch << 2
    for (let turns = 1; Atomics.load(ints, state) !== (free | DONE); turns++) {
      if (turns % 64 > 0) continue
      const now = performance.now()
      if (now < overdue) continue
      if (Atomics.compareExchange(ints, state, free | CLAIMED, free | DONE) === (free | CLAIMED)) return false
      if (now > overdue + COMMIT_PATIENCE) throw new Error('a thread of the pool stopped in a copy')
    }
    return true
  }

  /** How many units make a chunk: all, where there is no room for the results of fewer. */
  #chunkOf({ writes, steps, indices, group = 1 }: Share, units: number, entries: number): number {
    const threads = this.size + 1
    const even = (units * entries) / (threads * CHUNKS_PER_THREAD)
    const size = Math.min(LARGE_CHUNK, Math.max(SMALL_CHUNK, even))
    // as many for each thread: where one more is left over all but one wait for it
    const chunks = threads * Math.ceil(Math.min(units / (size / entries), MAX_CHUNKS - threads) / threads)
    const wanted = group * Math.ceil(units / chunks / group)
    // each piece of room begins at a multiple of 64, and ends with 64 bytes more
    const bytes = [...writes, ...(indices === undefined ? [] : [indices])].reduce((sum, k) => sum + steps[k], 0)
    return wanted * bytes <= ROOM_BYTES - 3 * 128 ? wanted : units
  }

  #post(share: Share, { number, names }: Module, units: number, chunk: number, chunks: number): void {
    const { name, args, steps, counted, each, leaves, writes, indices = -1 } = share
    const { ints, doubles } = this.engine
    const words = this.#word(BOARD.words)
    ints[words + WORDS.module] = number
    ints[words + WORDS.func] = names.indexOf(name)
    ints[words + WORDS.chunks] = chunks
    ints[words + WORDS.chunk] = chunk
    ints[words + WORDS.units] = units
    ints[words + WORDS.width] = args.length
    ints[words + WORDS.counted] = counted
    ints[words + WORDS.leaves] = leaves ? 1 : 0
    ints[words + WORDS.first] = writes[0] ?? -1
    ints[words + WORDS.second] = writes[1] ?? -1
    ints[words + WORDS.indices] = indices
    const numbers = (this.#board + BOARD.numbers) / 8
    doubles[numbers] = each
    for (let k = 0; k < args.length; k++) {
      doubles[numbers + 1 + k] = args[k]
      doubles[numbers + 1 + MAX_ARGS + k] = steps[k] ?? 0
    }
    const next = (this.#epoch + 1) & MOST_EPOCHS
    ints.fill((next << 2) | FREE, this.#states, this.#states + chunks)
    this.#call()
  }

  /** Makes all threads look at the board. */
  #call(): void {
    const { ints } = this.engine
    this.#epoch = (this.#epoch + 1) & MOST_EPOCHS
    const epoch = this.#word(BOARD.epoch)
    Atomics.store(ints, epoch, this.#epoch)
    // woken once: what is slow to get up is not called again
    const sleepers = this.#word(BOARD.sleepers)
    if (ints[sleepers] && Atomics.exchange(ints, sleepers, 0)) Atomics.notify(ints, epoch)
  }

  /** A family's module, whose bytes are put in memory at first use; undefined where there is no room. */
  #moduleOf(family: Family, variant: Variant): Module | undefined {
    const known = this.#modules[variant].get(family)
    if (known) return known
    const exports = instance(family, this.engine, variant)
    const number = this.#modules.strict.size + this.#modules.relaxed.size
    const bytes = withSharedMemory(decode(family.code[variant]))
    const at = exports && number < MAX_MODULES ? this.engine.heap.allocate(bytes.length) : undefined
    if (!exports || at === undefined) return undefined
    new Uint8Array(this.engine.buffer).set(bytes, at)
    const { ints } = this.engine
    const place = this.#word(BOARD.modules) + 2 * number
    ints[place] = at
    ints[place + 1] = bytes.length
    const module = { number, exports, names: Object.keys(exports) }
    this.#modules[variant].set(family, module)
    return module
  }

  #start(index: number): Thread {
    const home = this.#allocate(SCRATCH_BYTES + ROOM_BYTES)
    this.engine.ints[this.#word(BOARD.quits) + index] = 0
    const post: Post = {
      memory: this.engine.memory as WebAssembly.Memory,
      commit: withSharedMemory(decode(commit.strict)),
      board: this.#board,
      offsets: BOARD,
      words: WORDS,
      maxArgs: MAX_ARGS,
      index,
      home,
      scratchBytes: SCRATCH_BYTES,
      patience: AWAKE,
    }
    const thread = spawn(post)
    this.#threads.set(index, { thread, home })
    // the part of a thread that may still run is nobody else's
    thread.ended.then(() => {
      this.engine.heap.release(home)
      if (this.#threads.get(index)?.thread === thread) this.#threads.delete(index)
      this.#count()
    })
    return thread
  }

  #count(): void {
    this.engine.ints[this.#word(BOARD.threads)] = this.size + 1
  }

  #allocate(bytes: number): number {
    const at = this.engine.heap.allocate(bytes)
    if (at === undefined) {
      throw wrongValue('startThreads', 'threads', 'room in shared memory', 'none', 'release arrays no longer needed')
    }
    return at
  }

  #word(offset: number): number {
    return (this.#board + offset) / 4
  }
}
