import { afterAll, beforeAll, describe, expect, it, type MockInstance, vi } from 'vitest'
import { fitTemperature } from '../../src/calibration/index.ts'
import { allocate, entmax, release, runtime, softmax, sparsemax } from '../../src/index.ts'
import { sharedEngine } from '../../src/kernels/wasm/engines.ts'
import { startThreads, stopThreads } from '../../src/threads/index.ts'
import { type Arrays, arraysOf, bitsOf, calls, shareAlways } from './support.ts'

// many short and ordinary rows, odd lengths, rows that do not fill a group of four, one and few long rows
const shapes: [number, number][] = [
  [64, 1000],
  [2003, 17],
  [601, 64],
  [5001, 10],
  [41, 999],
  [40000, 1],
  [3, 20001],
  [1, 70000],
  [2, 140001],
  [1, 140000],
  [700, 100],
]

/** A long row whose maxima are zeros of both signs. */
function zeros(): Arrays {
  const arrays = arraysOf([1, 70000], 99)
  for (let j = 0; j < arrays.x.length; j++) {
    if (j % 3 !== 0) arrays.x[j] = j % 3 === 1 ? 0 : -0
    else if (arrays.x[j] > 0) arrays.x[j] *= -1
  }
  return arrays
}

const cases = [
  ...shapes.map((shape, i) => ({ arrays: arraysOf(shape, i + 1), name: shape.join(' × ') })),
  { arrays: zeros(), name: 'zeros of both signs' },
]
const expected = new Map<string, string>()
let sharing: MockInstance

beforeAll(async () => {
  await stopThreads()
  for (const { arrays, name } of cases) {
    for (const [operation, call] of Object.entries(calls)) expected.set(`${operation} ${name}`, bitsOf(call, arrays))
  }
  sharing = shareAlways()
  await startThreads(3)
})

afterAll(async () => {
  sharing.mockRestore()
  await stopThreads()
})

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
  const longRow = arraysOf([1, 70000], 1)

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

  it.each(Object.entries(calls))('%s: many rows, where they are along the last axis', (name, call) => {
    expect(runtime().threads).toBe(3)
    const taken = shared(() => bitsOf(call, cases[0].arrays))
    if (name === 'softmax along the first axis') expect(taken).toBe(0)
    else expect(taken).toBeGreaterThan(0)
  })

  it.each(Object.entries(calls))('%s: a long row', (name, call) => {
    const taken = shared(() => bitsOf(call, longRow))
    // what is copied first, as masked rows are, comes by parts and is one unit
    if (name === 'softmax along the first axis') expect(taken).toBe(0)
    else expect(taken).toBeGreaterThan(0)
  })

  it('no small calls, no empty ones, and none on ordinary arrays', () => {
    expect(shared(() => bitsOf(calls.softmax, arraysOf([20, 1000], 1)))).toBe(0)
    expect(shared(() => bitsOf(calls.softmax, arraysOf([0, 100], 1)))).toBe(0)
    const { x, shape } = cases[0].arrays
    expect(shared(() => softmax(x, { shape }))).toBe(0)
    expect(shared(() => softmax(Float64Array.from(x), { shape }))).toBe(0)
  })
})
