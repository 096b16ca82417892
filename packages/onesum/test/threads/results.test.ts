import { afterAll, beforeAll, describe, expect, it } from 'vitest'
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
  [2, 33000],
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
