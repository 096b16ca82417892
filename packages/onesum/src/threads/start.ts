/** Starting and stopping the threads of this thread's calls. */
import { readInteger, wrongKind } from '../check.ts'
import type { Engine } from '../kernels/wasm/engine.ts'
import { currentRuntime, engine, shareEngine } from '../kernels/wasm/engines.ts'
import { MAX_THREADS } from './board.ts'
import { ThreadPool } from './pool.ts'
import { parallelism } from './spawn.ts'

/** The pool stays when its threads stop: its memory and the arrays in it serve again at the next start. */
let current: { pool: ThreadPool; own: Engine } | undefined

/** One start or stop at a time. */
let turn: Promise<void> = Promise.resolve()

/**
 * Starts threads that take a share of large float32 calls of this thread; the bits of results do not depend on them.
 * Calls stay synchronous, and nothing ever blocks: not a browser's main thread either.
 *
 * Shared are calls of 24,576 entries and more, along the last axis, on arrays that `allocate` gave while threads ran, where
 * timings show that it pays: many rows by rows, few long ones by blocks. Those arrays lie in shared memory (their buffer is a SharedArrayBuffer). Arrays
 * from before remain what they were, valid, used in place, by one thread; so do those from meanwhile after `stopThreads`.
 * `threads` counts all, the calling one included; with threads running it changes their number, and replaces those that
 * ended. Threads keep no process alive.
 *
 * @param threads how many, up to 64; default: as many as the machine runs at once, at most 4
 * @throws TypeError where there are no kernels for threads, or no shared memory (a page needs the headers
 *   `Cross-Origin-Opener-Policy: same-origin` and `Cross-Origin-Embedder-Policy: require-corp`)
 * @example
 * import { startThreads, stopThreads } from 'onesum/threads'
 *
 * await startThreads(2)
 * await stopThreads() // → undefined
 */
export async function startThreads(threads?: number): Promise<void> {
  const count = readInteger('startThreads', 'threads', threads, Math.min(4, Math.max(1, parallelism())), 1, MAX_THREADS)
  await inTurn(async () => {
    const pool = await poolOf(engine())
    await pool.resize(count - 1)
    shareEngine(pool.engine, count > 1)
  })
}

/**
 * Stops the threads; new arrays lie in memory of this thread's own again. All arrays remain valid, and used in place.
 *
 * @example
 * import { stopThreads } from 'onesum/threads'
 *
 * await stopThreads() // → undefined
 */
export async function stopThreads(): Promise<void> {
  await inTurn(async () => {
    if (!current) return
    shareEngine(current.pool.engine, false)
    await current.pool.resize(0)
  })
}

async function poolOf(own: Engine | undefined): Promise<ThreadPool> {
  if (!own) {
    throw wrongKind('startThreads', 'kernels', 'WebAssembly SIMD', `none (${currentRuntime().reason})`)
  }
  if (current?.own !== own) {
    await current?.pool.resize(0)
    current = { pool: new ThreadPool(own.variant), own }
  }
  return current.pool
}

function inTurn(step: () => Promise<void>): Promise<void> {
  const done = turn.then(step)
  turn = done.catch(() => {})
  return done
}
