/**
 * The calling thread's side of a job: it posts it, does its part, and has the rest done.
 *
 * Method: the units of a job, rows or fixed blocks of one, are independent, so it is cut into chunks of them; no unit is
 * ever cut, and the bits of results do not depend on the number of threads. The caller claims chunks as the others do,
 * and works straight on the arrays; the others work in memory of their own, and commit piece by piece. When no chunk is
 * free the caller waits for those that are claimed; after a short time it claims them for itself, from the piece on that
 * was not committed yet, which makes the commit of a thread that was slow, or died, do nothing. What a thread has computed
 * does not touch the arrays before its commit, so that a piece can be done anew even where results take the place of their
 * input. Nobody ever sleeps but threads without work, so the caller may be a browser's main thread.
 */
import type { Engine } from '../kernels/wasm/engine.ts'
import type { Share } from '../kernels/wasm/pool.ts'
import { BOARD, CLAIMED, DONE, FREE, MAX_ARGS, MAX_RESULTS, WORDS } from './board.ts'
import type { Crew } from './crew.ts'
import type { Module } from './modules.ts'

/**
 * How long a claimed chunk may take once the caller has nothing else to do: in milliseconds, and in times of what a chunk
 * took the caller.
 */
const PATIENCE = 0.005
const PATIENCE_IN_CHUNKS = 1.5

/** Milliseconds for a commit, which takes microseconds on a core, and cannot be ended halfway. */
const COMMIT_PATIENCE = 10_000

/** How the units of a job are cut. */
export interface Cut {
  readonly units: number
  /** Units that are claimed together, and that are handed in together. */
  readonly chunk: number
  readonly piece: number
  /** What the kernel returns for each unit is wanted. */
  readonly sums: boolean
}

/** Jobs that all threads do, one at a time. */
export class Jobs {
  /** What the last job's kernel returned for each unit, where that was wanted. */
  readonly results: Float64Array
  readonly #engine: Engine
  readonly #crew: Crew
  readonly #args: number[] = Array.from({ length: MAX_ARGS }, () => 0)

  constructor(engine: Engine, crew: Crew) {
    this.#engine = engine
    this.#crew = crew
    const from = (crew.board + BOARD.results) / 8
    this.results = engine.doubles.subarray(from, from + MAX_RESULTS)
  }

  /** Does all units by all threads. */
  run(share: Share, module: Module, cut: Cut): void {
    const { chunk, units } = cut
    const chunks = Math.ceil(units / chunk)
    const epoch = this.#post(share, module, cut, chunks)
    const kernel = module.exports[share.name]
    const { ints } = this.#engine
    const [free, done] = [(epoch << 2) | FREE, (epoch << 2) | DONE]
    let own = 0
    const posted = performance.now()
    for (let number = 0; number < chunks; number++) {
      const state = this.#stateOf(number)
      if (ints[state] !== free || Atomics.compareExchange(ints, state, free, done) !== free) continue
      this.#here(share, kernel, cut, number, 0)
      own++
    }
    if (own === chunks) return
    const now = performance.now()
    const overdue = now + PATIENCE + (PATIENCE_IN_CHUNKS * (now - posted)) / Math.max(1, own)
    for (let number = 0; number < chunks; number++) {
      if (this.#finished(this.#stateOf(number), epoch, overdue)) continue
      this.#here(share, kernel, cut, number, this.progress(number))
    }
  }

  /** How many units of a chunk of the last job are done: fewer than it has where the next one is for the JS path. */
  progress(number: number): number {
    return this.#engine.ints[this.#stateOf(number) + 1]
  }

  /** Does the units of a chunk in the calling thread, from one of them on. */
  #here(share: Share, kernel: Module['exports'][string], cut: Cut, number: number, from: number): void {
    const { units, chunk, sums } = cut
    const first = number * chunk
    const end = Math.min(first + chunk, units)
    let done = end - first
    if (sums) {
      for (let unit = first + from; unit < end; unit++) this.results[unit] = this.#call(share, kernel, unit, unit + 1)
    } else {
      const result = this.#call(share, kernel, first + from, end)
      if (share.leaves) done = from + result
    }
    this.#engine.ints[this.#stateOf(number) + 1] = done
  }

  /** Calls the kernel for units [from, end). */
  #call({ args, steps, counted, each }: Share, kernel: Module['exports'][string], from: number, end: number): number {
    const own = this.#args
    for (let k = 0; k < args.length; k++) own[k] = args[k] + (k < steps.length ? from * steps[k] : 0)
    own[counted] = Math.min((end - from) * each, args[counted] - from * each)
    // what a kernel does not take it does not look at; spreading them would cost as much as a short chunk
    return kernel(own[0], own[1], own[2], own[3], own[4], own[5], own[6], own[7], own[8], own[9])
  }

  /** Waits for a chunk; false where it was not done in time, and is the caller's now. */
  #finished(state: number, epoch: number, overdue: number): boolean {
    const { ints } = this.#engine
    const free = epoch << 2
    for (let turns = 1; Atomics.load(ints, state) !== (free | DONE); turns++) {
      if (turns % 64 > 0) continue
      const now = performance.now()
      if (now < overdue) continue
      if (Atomics.compareExchange(ints, state, free | CLAIMED, free | DONE) === (free | CLAIMED)) return false
      if (now > overdue + COMMIT_PATIENCE) throw new Error('a thread of the pool stopped in a copy')
    }
    return true
  }

  /** Puts a job on the board, and gives its number. */
  #post(share: Share, { number, names }: Module, { units, chunk, piece, sums }: Cut, chunks: number): number {
    const { name, args, steps, counted, each, leaves, writes, indices = -1 } = share
    const { ints, doubles } = this.#engine
    const { board } = this.#crew
    const words = (board + BOARD.words) / 4
    ints[words + WORDS.module] = number
    ints[words + WORDS.func] = names.indexOf(name)
    ints[words + WORDS.chunks] = chunks
    ints[words + WORDS.chunk] = chunk
    ints[words + WORDS.piece] = piece
    ints[words + WORDS.units] = units
    ints[words + WORDS.width] = args.length
    ints[words + WORDS.counted] = counted
    ints[words + WORDS.leaves] = leaves ? 1 : 0
    ints[words + WORDS.sums] = sums ? 1 : 0
    ints[words + WORDS.first] = writes[0] ?? -1
    ints[words + WORDS.second] = writes[1] ?? -1
    ints[words + WORDS.indices] = indices
    const numbers = (board + BOARD.numbers) / 8
    doubles[numbers] = each
    for (let k = 0; k < args.length; k++) {
      doubles[numbers + 1 + k] = args[k]
      doubles[numbers + 1 + MAX_ARGS + k] = steps[k] ?? 0
    }
    const epoch = this.#crew.next
    for (let k = 0; k < chunks; k++) {
      const state = this.#stateOf(k)
      ints[state] = (epoch << 2) | FREE
      ints[state + 1] = 0
    }
    this.#crew.call()
    return epoch
  }

  #stateOf(number: number): number {
    return (this.#crew.board + BOARD.states + number * BOARD.line) / 4
  }
}
