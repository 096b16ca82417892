import { expect, test } from 'vitest'
import { Arena, roomy } from '../../src/kernels/wasm/arena.ts'
import { createMemory, Engine } from '../../src/kernels/wasm/engine.ts'

/** An engine of its own, so that nothing else takes room. */
function fresh(): Engine {
  const memory = createMemory(false)
  if (!memory) throw new Error('no memory')
  return new Engine('strict', memory)
}

test('an arena gives zeros, also where something else was before, and all of it comes back at once', () => {
  const running = fresh()
  const whole = running.heap.allocate(4000) as number
  running.floats.fill(1, whole / 4, whole / 4 + 1000)
  running.heap.release(whole)
  const arena = new Arena(running)
  const given = [arena.doubles(100), arena.floats(100), arena.ints(100)]
  for (const numbers of given) {
    expect(numbers).toHaveLength(100)
    expect(numbers.every((each) => each === 0)).toBe(true)
  }
  expect(given[0].byteOffset).toBe(whole)
  arena.release()
  expect(running.heap.allocate(4000)).toBe(whole)
})

test('what has no room is not made, and what else goes wrong is thrown', () => {
  const arena = new Arena(fresh())
  // more than the 1 GiB that a memory may have
  expect(roomy(() => arena.doubles(2 ** 28))).toBeUndefined()
  expect(roomy(() => arena.ints(4))).toEqual(new Int32Array(4))
  const other = new RangeError('something else')
  expect(() =>
    roomy(() => {
      throw other
    }),
  ).toThrow(other)
})
