/** What a thread of a browser finds of `onesum/threads`: the page's main thread, or a worker of the page. */
import type { Library } from './calls.ts'

export interface ThreadsReport {
  /** How many threads there are, by `runtime`. */
  readonly threads: number
  /** How many of the calls were shared. */
  readonly shared: number
  /** How many results had other bits than those of one thread, before and after the other threads were ended. */
  readonly different: number
  readonly differentAfter: number
  /** Milliseconds of the longest call after they were ended. */
  readonly longest: number
  /** How often this thread went to sleep. */
  readonly waits: number
}

interface Threads {
  startThreads(count: number): Promise<void>
  stopThreads(): Promise<void>
}

/** What is not public: whether a call was shared. */
interface Internals {
  sharedEngine(): { readonly pool: { run: (job: object) => boolean } }
}

/** Calls large enough to wake a thread that sleeps. */
const shapes = [
  [300, 1000],
  [1, 300_000],
]

/** A call for each shape, on arrays in the kernels' memory. */
function work({ allocate, softmax }: Library): (() => string)[] {
  return shapes.map((shape) => {
    const size = shape[0] * shape[1]
    const [x, out] = [allocate('float32', size), allocate('float32', size)]
    for (let i = 0; i < size; i++) x[i] = ((i * 37) % 101) / 10
    return () => {
      softmax(x, { shape, out })
      return String(new Int32Array(Float32Array.from(out).buffer))
    }
  })
}

export async function threadsReport(): Promise<ThreadsReport> {
  const load = (name: string): Promise<unknown> => import(`/onesum/${name}.js`)
  const onesum = (await load('index')) as Library
  const { startThreads, stopThreads } = (await load('threads/index')) as Threads
  const { sharedEngine } = (await load('kernels/wasm/engines')) as Internals

  const workers: Worker[] = []
  const Real = Worker
  globalThis.Worker = class extends Real {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options)
      workers.push(this)
    }
  }
  let waits = 0
  const { wait } = Atomics
  const counted = (...args: Parameters<typeof wait>) => {
    waits++
    return wait(...args)
  }
  Object.assign(Atomics, { wait: counted })

  const expected = work(onesum).map((call) => call())
  await startThreads(2)
  const calls = work(onesum)
  const { pool } = sharedEngine()
  const run = pool.run.bind(pool)
  let shared = 0
  pool.run = (job) => {
    const done = run(job)
    if (done) shared++
    return done
  }
  const wrong = () => calls.filter((call, k) => call() !== expected[k]).length
  let different = 0
  for (let k = 0; k < 20; k++) {
    different += wrong()
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  const { threads } = onesum.runtime()

  for (const worker of workers) worker.terminate()
  let [differentAfter, longest] = [0, 0]
  for (let k = 0; k < 20; k++) {
    const start = performance.now()
    differentAfter += wrong()
    longest = Math.max(longest, performance.now() - start)
  }
  await stopThreads()
  return { threads, shared, different, differentAfter, longest, waits }
}
