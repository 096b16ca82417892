/** Threads as Node and browsers have them. */
import type { Post } from './board.ts'
import { serve } from './serve.ts'

/** A thread of the pool. */
export interface Thread {
  /** Once it waits for jobs; rejected where it cannot start. */
  readonly ready: Promise<void>
  /** Once it has ended: in browsers, as far as it says so itself, as it does where it was told to. */
  readonly ended: Promise<void>
  /** Ends it, once it was told to; resolved once it has ended, as far as that can be known. */
  stop(): Promise<void>
}

/** Milliseconds that a browser's worker has to end by itself. */
const LONGEST_END = 1000

interface NodeWorker {
  on(event: 'message' | 'error' | 'exit', listener: (what: unknown) => void): void
  unref(): void
  terminate(): Promise<unknown>
}

interface WorkerThreads {
  Worker: new (code: string, options: { eval: true; workerData: Post; execArgv: string[] }) => NodeWorker
}

interface Os {
  availableParallelism(): number
}

/** A module of Node; undefined elsewhere. Nothing is imported, so that bundles for browsers never see it. */
function builtin(name: string): unknown {
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } }
  return process?.getBuiltinModule?.(name)
}

/** How many threads the machine runs at once. */
export function parallelism(): number {
  const os = builtin('node:os') as Os | undefined
  return os?.availableParallelism() ?? globalThis.navigator?.hardwareConcurrency ?? 1
}

/** Starts a thread. */
export function spawn(post: Post): Thread {
  const node = builtin('node:worker_threads') as WorkerThreads | undefined
  return node ? inNode(node, post) : inBrowser(post)
}

/** Node's workers get the text of what they run: it needs no file, whoever bundles this. */
function inNode({ Worker }: WorkerThreads, post: Post): Thread {
  const code = `const { parentPort, workerData } = process.getBuiltinModule('node:worker_threads')
;(${serve})(workerData, () => parentPort.postMessage('ready'))`
  const worker = new Worker(code, { eval: true, workerData: post, execArgv: [] })
  const ended = new Promise<void>((resolve) => worker.on('exit', () => resolve()))
  const ready = new Promise<void>((resolve, reject) => {
    worker.on('message', () => {
      // from here on it keeps no process alive
      worker.unref()
      resolve()
    })
    worker.on('error', reject)
    worker.on('exit', () => reject(new Error('a worker ended before it was ready')))
  })
  return {
    ready,
    ended,
    stop: async () => {
      await worker.terminate()
    },
  }
}

function inBrowser(post: Post): Thread {
  const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })
  let end = () => {}
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  const ready = new Promise<void>((resolve, reject) => {
    worker.onmessage = ({ data }) => (data === 'ended' ? end() : resolve())
    worker.onerror = ({ message }) => reject(new Error(`a worker could not start (${message})`))
  })
  worker.postMessage(post)
  const stop = async () => {
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, LONGEST_END))])
    worker.terminate()
  }
  return { ready, ended, stop }
}
