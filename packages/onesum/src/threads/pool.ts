/** The pool: which calls are shared among threads, and how they are cut. `jobs.ts` says how a job is done. */
import { wrongKind } from '../check.ts'
import { createMemory, Engine } from '../kernels/wasm/engine.ts'
import type { Variant } from '../kernels/wasm/family.ts'
import type { Job, Pool, Share } from '../kernels/wasm/pool.ts'
import { MAX_CHUNKS, MAX_RESULTS } from './board.ts'
import { Crew, ROOM_BYTES } from './crew.ts'
import { type Cut, Jobs } from './jobs.ts'
import { type Module, Modules } from './modules.ts'
import { withSharedMemory } from './shared-import.ts'
import { BLOCKS, type Pass, type Split, type Sweep, shareOf, splits } from './split.ts'
import { Worth } from './worth.ts'

/** Entries from which a call is shared: smaller ones cost more than they even out. */
const LEAST_ENTRIES = 3 << 13

/** Entries of a chunk, and of a piece of it that a first-level cache holds. */
const SMALL_CHUNK = 1 << 13
const LARGE_CHUNK = 1 << 15
const PIECE = 1 << 12

/** Fewer units than this per thread are shared by their blocks, if they have so many entries. */
const FEW_UNITS = 4
const LONG_UNIT = 1 << 16

/** Up to so many blocks the caller does a light pass by itself. */
const MOST_LIGHT = 32

/** Chunks per thread, as far as their size allows; of a light pass fewer. */
const CHUNKS_PER_THREAD = 8
const LIGHT_CHUNKS_PER_THREAD = 4

/** Threads that take a share of large calls, and the engine over their memory. */
export class ThreadPool implements Pool {
  readonly module: Pool['module'] = withSharedMemory
  readonly engine: Engine
  readonly #crew: Crew
  readonly #modules: Modules
  readonly #jobs: Jobs
  readonly #worth: Worth

  constructor(variant: Variant) {
    const memory = typeof SharedArrayBuffer === 'undefined' ? undefined : createMemory(true)
    if (!memory) {
      const remedy =
        'in a browser serve the page with the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp'
      throw wrongKind('startThreads', 'SharedArrayBuffer', 'memory that threads can share', 'none', remedy)
    }
    this.engine = new Engine(variant, memory, this)
    // the first block is where the memory grows to its size: views come after it
    this.#crew = new Crew(this.engine)
    this.#modules = new Modules(this.engine, this.#crew.board)
    this.#jobs = new Jobs(this.engine, this.#crew)
    this.#worth = new Worth(this.#crew)
  }

  /** How many threads wait for jobs besides the caller. */
  get size(): number {
    return this.#crew.size
  }

  /** Starts or stops threads until there are so many besides the caller. */
  resize(size: number): Promise<void> {
    this.#worth.clear()
    return this.#crew.resize(size)
  }

  run(job: Job): boolean {
    const { units, entries, share, variant } = job
    if (this.size === 0 || units * entries < LEAST_ENTRIES || !this.#worth.begin(job)) return false
    const cut = this.#cut(share, units - (units % (share.group ?? 1)), entries)
    const few = units < FEW_UNITS * (this.size + 1) || !cut
    const split = few && entries >= LONG_UNIT ? splits[share.name] : undefined
    const module = (split || cut) && this.#modules.of(split ? BLOCKS : share.family, variant)
    if (!module) return false
    if (split) this.#split(job, split, module)
    else if (cut) this.#rows(job, module, cut)
    this.#worth.end()
    return true
  }

  done(): void {
    this.#worth.end()
  }

  /** Does whole rows. */
  #rows({ share, units, here }: Job, module: Module, cut: Cut): void {
    this.#jobs.run(share, module, cut)
    const { units: whole, chunk } = cut
    for (let first = 0; share.leaves && first < whole; first += chunk) {
      const [end, done] = [Math.min(first + chunk, whole), this.#jobs.progress(first / chunk)]
      if (first + done < end) here(first, end, done)
    }
    if (whole < units) here(whole, units)
  }

  /** Does each unit, a long row, pass by pass. */
  #split({ share, units, here }: Job, split: Split, blocks: Module): void {
    const { args, steps } = share
    const { floats, doubles, ints } = this.engine
    const sweep: Sweep = {
      over: (pass) => this.#over(pass, blocks),
      call: (name, ...values) => blocks.exports[name](...values),
      floats,
      doubles,
      ints,
    }
    for (let unit = 0; unit < units; unit++) {
      const row = args.map((value, k) => value + unit * (steps[k] ?? 0))
      if (!split(row, sweep)) here(unit, unit + 1, 0)
    }
  }

  /** Does a pass over all blocks of a row, as many at a time as the board has room for. */
  #over(pass: Pass, module: Module): number[] {
    const share = shareOf(pass)
    const { args, steps, counted, each } = share
    const { light, sums = false } = pass
    const blocks = Math.ceil(args[counted] / each)
    // one call for the whole row adds its blocks in the same order
    if (light && blocks <= MOST_LIGHT) return [module.exports[share.name](...args)]
    const perThread = sums && !light ? 2 * CHUNKS_PER_THREAD : LIGHT_CHUNKS_PER_THREAD
    const results: number[] = []
    for (let first = 0; first < blocks; first += MAX_RESULTS) {
      const units = Math.min(MAX_RESULTS, blocks - first)
      const part = args.map((value, k) => value + first * (steps[k] ?? 0))
      part[counted] = args[counted] - first * each
      const chunks = Math.min(MAX_CHUNKS, perThread * (this.size + 1))
      this.#jobs.run({ ...share, args: part }, module, { units, chunk: Math.ceil(units / chunks), piece: 1, sums })
      if (sums) for (let k = 0; k < units; k++) results.push(this.#jobs.results[k])
    }
    return results
  }

  /** How units are cut; undefined where one is too many for a thread's own memory, or all are one chunk. */
  #cut({ writes, steps, indices, group = 1 }: Share, units: number, entries: number): Cut | undefined {
    const threads = this.size + 1
    const even = (units * entries) / (threads * CHUNKS_PER_THREAD)
    const size = Math.min(LARGE_CHUNK, Math.max(SMALL_CHUNK, even))
    // as many for each thread: where one more is left over all but one wait for it
    const chunks = threads * Math.ceil(Math.min(units / (size / entries), MAX_CHUNKS - threads) / threads)
    const chunk = group * Math.ceil(units / chunks / group)
    const piece = group * Math.max(1, Math.floor(PIECE / (entries * group)))
    // each piece of room begins at a multiple of 64, and ends with 64 bytes more
    const bytes = [...writes, ...(indices === undefined ? [] : [indices])].reduce((sum, k) => sum + steps[k], 0)
    if (chunk >= units || piece * bytes > ROOM_BYTES - 3 * 128) return undefined
    return { units, chunk, piece, sums: false }
  }
}
