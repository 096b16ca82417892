import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { fitTemperature } from '../../src/calibration/index.ts'
import { allocate, entmax, release, runtime, softmax, sparsemax } from '../../src/index.ts'
import { sharedEngine } from '../../src/kernels/wasm/engine.ts'
import { startThreads, stopThreads } from '../../src/threads/index.ts'
import { arraysOf, bitsOf, calls } from './support.ts'

// many short and ordinary rows, odd lengths, rows that do not fill a group of four, one and few long rows
const shapes: [number, number][] = [
  [64, 1000],
  [1003, 17],
  [301, 64],
  [5001, 10],
  [41, 999],
  [20000, 1],
  [3, 20001],
  [1, 70000],
  [2, 140001],
  [1, 140000],
  [700, 100],
]

const cases = shapes.map((shape, i) => ({ arrays: arraysOf(shape, i + 1), name: shape.join(' × ') }))
const expected = new Map<string, string>()

beforeAll(async () => {
  await stopThreads()
  for (const { arrays, name } of cases) {
    for (const [operation, call] of Object.entries(calls)) expected.set(`${operation} ${name}`, bitsOf(call, arrays))
  }
  await startThreads(3)
})

afterAll(() => stopThreads())

describe.each(Object.entries(calls))('%s on several threads', (operation, call) => {
  it.each(cases)('has the bits of one thread: $name', ({ arrays, name }) => {
    // again and again: which thread takes which rows is chance
    for (let round = 0; round < 10; round++) {
      expect(bitsOf(call, arrays)).toBe(expected.get(`${operation} ${name}`))
    }
  })

  it.each(cases)('has them in place as well: $name', ({ arrays, name }) => {
    for (let round = 0; round < 10; round++) {
      expect(bitsOf(call, arrays, true)).toBe(expected.get(`${operation} ${name}`))
    }
  })
})

describe('what the calling thread does alone', () => {
  const { x, shape, labels } = arraysOf([300, 40], 1)
  const kept = labels.map((label) => Math.max(label, 0))
  const alone = {
    sparsemax: (logits: Float32Array) => [...sparsemax(logits, { shape })],
    entmax: (logits: Float32Array) => [...entmax(logits, { shape })],
    fitTemperature: (logits: Float32Array) => [fitTemperature(logits, kept, { shape }).temperature],
  }

  it.each(Object.entries(alone))('%s has the same numbers from arrays in the memory of all', (_, call) => {
    const shared = allocate('float32', x.length)
    expect(shared.buffer).toBe(sharedEngine()?.buffer)
    shared.set(x)
    expect(call(shared)).toEqual(call(x))
    release(shared)
  })
})

describe('what threads take', () => {
  /** How many of the calls in `run` were shared. */
  function shared(run: () => void): number {
    const pool = sharedEngine()?.pool
    if (!pool) throw new Error('there is no pool')
    const spy = vi.spyOn(pool, 'run')
    run()
    const outcomes = spy.mock.results.filter(({ value }) => value)
    spy.mockRestore()
    return outcomes.length
  }

  /** On a busy machine the pool leaves calls alone for some milliseconds. */
  async function sharedSometime(run: () => void): Promise<boolean> {
    for (const end = performance.now() + 30_000; performance.now() < end; ) {
      if (shared(run) > 0) return true
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    return false
  }

  it.each(Object.entries(calls))(
    '%s: many rows, and a long one where it is along the last axis',
    async (name, call) => {
      expect(runtime().threads).toBe(3)
      const many = cases[0].arrays
      const run = () => bitsOf(call, many)
      if (name === 'softmax along the first axis') expect(shared(run)).toBe(0)
      else expect(await sharedSometime(run)).toBe(true)
    },
  )

  it('no small calls, no empty ones, and none on ordinary arrays', () => {
    expect(shared(() => bitsOf(calls.softmax, arraysOf([10, 100], 1)))).toBe(0)
    expect(shared(() => bitsOf(calls.softmax, arraysOf([0, 100], 1)))).toBe(0)
    const { x, shape } = cases[0].arrays
    expect(shared(() => softmax(x, { shape }))).toBe(0)
    expect(shared(() => softmax(Float64Array.from(x), { shape }))).toBe(0)
  })
})
