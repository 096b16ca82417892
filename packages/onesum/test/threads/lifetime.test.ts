import { Worker } from 'node:worker_threads'
import { afterAll, afterEach, beforeAll, describe, expect, it, type MockInstance, vi } from 'vitest'
import { allocate, release, softmax } from '../../src/index.ts'
import { engine, lendingEngine, limitKernels, sharedEngine } from '../../src/kernels/wasm/engines.ts'
import type { Heap } from '../../src/kernels/wasm/heap.ts'
import { startThreads, stopThreads } from '../../src/threads/index.ts'
import { arraysOf, bitsOf, calls, shareAlways, watchWorkers } from './support.ts'

let sharing: MockInstance
beforeAll(() => {
  sharing = shareAlways()
})
afterAll(() => sharing.mockRestore())
afterEach(() => stopThreads())

const large = arraysOf([500, 1000], 7)
const names = ['softmax', 'softmaxBackward', 'crossEntropyWithGrad, the gradient']

/** The largest block that a heap gives, within 64 bytes. */
function largest(heap: Heap | undefined): number {
  let [low, high] = [0, 2 ** 31]
  while (high - low > 64) {
    const size = Math.floor((low + high) / 2)
    const at = heap?.allocate(size)
    if (at === undefined) high = size
    else {
      heap?.release(at)
      low = size
    }
  }
  return low
}

describe('a thread that is terminated in the middle of calls', () => {
  it('loses nothing and delays nobody, and a new start replaces it', async () => {
    const expected = names.map((name) => bitsOf(calls[name], large))
    const workers = watchWorkers()
    try {
      for (let round = 0; round < 8; round++) {
        await startThreads(3)
        expect(workers.made).toHaveLength(2 + round)
        // ends at some point of the calls that follow, since this thread does not wait for it
        const ended = workers.made.at(-1)?.terminate()
        for (let k = 0; k < 12; k++) {
          const start = performance.now()
          // both with an output of its own and in the place of the logits
          const bits = bitsOf(calls[names[k % 3]], large, k % 2 === 1)
          // a call takes a few milliseconds, the rest is the machine's
          expect(performance.now() - start).toBeLessThan(5000)
          expect(bits).toBe(expected[k % 3])
        }
        await ended
      }
    } finally {
      workers.restore()
    }
  })

  it('leaves a pool without threads at work', async () => {
    const expected = bitsOf(calls.softmax, large)
    const workers = watchWorkers()
    await startThreads(2)
    await workers.made[0]?.terminate()
    workers.restore()
    expect(bitsOf(calls.softmax, large)).toBe(expected)
  })
})

describe('a busy machine', () => {
  it('changes no result', async () => {
    const expected = names.map((name) => bitsOf(calls[name], large))
    const busy = [0, 1, 2].map(() => new Worker('for (;;);', { eval: true }))
    await startThreads(3)
    for (let k = 0; k < 60; k++) expect(bitsOf(calls[names[k % 3]], large)).toBe(expected[k % 3])
    await Promise.all(busy.map((worker) => worker.terminate()))
  })
})

describe('starting and stopping', () => {
  it('changes the memory that kernels use, and keeps all arrays valid', async () => {
    const before = allocate('float32', 4)
    before.set([1, 2, 3, 4])
    const expected = softmax([...before]).map(Math.fround)
    await startThreads(2)
    const during = allocate('float32', 4)
    expect(before.buffer).toBe(engine()?.buffer)
    expect(during.buffer).toBe(sharedEngine()?.buffer)
    expect(during.buffer).toBeInstanceOf(SharedArrayBuffer)
    softmax(before, { out: during })
    await stopThreads()
    expect(lendingEngine()).toBe(engine())
    const after = softmax(before)
    for (let i = 0; i < 4; i++) {
      // float32 softmax within 4 ulp
      expect(Math.abs(during[i] - expected[i])).toBeLessThan(4 * 2 ** -24)
      expect(Math.abs(after[i] - expected[i])).toBeLessThan(4 * 2 ** -24)
    }
    release(before)
    release(during)
    expect(() => release(during)).toThrow(RangeError)
  })

  it('again gives the same shared memory, where arrays still lie', async () => {
    await startThreads(2)
    const array = allocate('float32', 4)
    await stopThreads()
    await startThreads(4)
    expect(array.buffer).toBe(lendingEngine()?.buffer)
    release(array)
  })

  it('in any order ends as the last call says', async () => {
    const steps = [startThreads(2), stopThreads(), startThreads(3), startThreads(2)]
    await Promise.all(steps)
    expect(lendingEngine()).not.toBe(engine())
    await Promise.all([startThreads(2), stopThreads()])
    expect(lendingEngine()).toBe(engine())
  })

  it('leaks nothing in 10,000 calls', async () => {
    await startThreads(2)
    const call = () => {
      const x = allocate('float32', 40000)
      softmax(x, { shape: [40, 1000], out: x })
      release(x)
    }
    for (let k = 0; k < 500; k++) call()
    const [block, memory] = [largest(sharedEngine()?.heap), process.memoryUsage()]
    for (let k = 0; k < 10_000; k++) call()
    expect(largest(sharedEngine()?.heap)).toBe(block)
    // a leak of one chunk a call would be 160 MB
    expect(process.memoryUsage().rss - memory.rss).toBeLessThan(64e6)
  })

  it('gives the parts of threads back', async () => {
    await startThreads(2)
    await stopThreads()
    await startThreads(1)
    await startThreads(2)
    const block = largest(sharedEngine()?.heap)
    for (let k = 0; k < 5; k++) {
      await startThreads(4)
      await startThreads(2)
    }
    expect(largest(sharedEngine()?.heap)).toBe(block)
  })
})

describe('startThreads refuses', () => {
  afterEach(() => {
    vi.unstubAllGlobals()
    limitKernels(undefined)
  })

  it.each([0, 1.5, 65, Number.NaN])('%d threads', async (threads) => {
    await expect(startThreads(threads)).rejects.toThrow(/^startThreads: "threads" expected a whole number from 1 to 64/)
  })

  it('a page without shared memory, and names the headers', async () => {
    limitKernels(undefined)
    vi.stubGlobal('SharedArrayBuffer', undefined)
    await expect(startThreads(2)).rejects.toThrow(/Cross-Origin-Opener-Policy: same-origin/)
  })

  it('an engine without kernels', async () => {
    limitKernels('js')
    await expect(startThreads(2)).rejects.toThrow(TypeError)
  })
})
