import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Heap } from '../../src/kernels/wasm/heap.ts'
import { settings } from '../support/property.ts'

const START = 128
const END = START + 64 * 64

/** What a block takes of the heap: its bytes and 16 of slack, in units of 64. */
const taken = (bytes: number) => Math.ceil((bytes + 16) / 64) * 64

/** Where first fit puts a block, found by looking at every unit in turn. */
function firstFit(used: ReadonlyMap<number, number>, bytes: number): number | undefined {
  const size = taken(bytes)
  for (let at = START; at + size <= END; at += 64) {
    const free = [...used].every(([other, length]) => at + size <= other || at >= other + taken(length))
    if (free) return at
  }
  return undefined
}

describe('the heap', () => {
  test('gives the first room that is large enough', () => {
    const heap = new Heap(START, END)
    const [a, b, c] = [100, 1000, 100].map((bytes) => heap.allocate(bytes) ?? -1)
    expect([a, b, c]).toEqual([START, START + 128, START + 128 + 1024])
    heap.release(a)
    heap.release(b)
    // the hole of a and b together is 1152 bytes, slack included
    expect(heap.allocate(1152 - 16)).toBe(a)
    expect(heap.allocate(1)).toBe(c + 128)
  })

  test('joins a block with the free ones on its left, on its right and on both sides', () => {
    for (const order of [
      [0, 1, 2],
      [2, 1, 0],
      [0, 2, 1],
      [1, 0, 2],
    ]) {
      const heap = new Heap(START, START + 3 * 64)
      const blocks = [0, 1, 2].map(() => heap.allocate(48) ?? -1)
      expect(heap.allocate(0)).toBeUndefined()
      for (const i of order) expect(heap.release(blocks[i])).toBe(true)
      expect(heap.allocate(3 * 64 - 16)).toBe(START)
    }
  })

  test('leaves at least 16 bytes after every block, before the end of the heap as well', () => {
    const heap = new Heap(START, START + 128)
    expect(heap.allocate(128 - 15)).toBeUndefined()
    expect(heap.allocate(128 - 16)).toBe(START)
  })

  test('gives even empty blocks an address of their own', () => {
    const heap = new Heap(START, END)
    expect(heap.allocate(0)).not.toBe(heap.allocate(0))
  })

  test('takes back only what it gave, once', () => {
    const heap = new Heap(START, END)
    const at = heap.allocate(100) ?? -1
    expect(heap.release(at + 64)).toBe(false)
    expect(heap.release(END)).toBe(false)
    expect(heap.release(at)).toBe(true)
    expect(heap.release(at)).toBe(false)
  })

  test('agrees with a search through all units, whatever is allocated and released in whatever order', () => {
    const step = fc.oneof(
      fc.record({ bytes: fc.oneof(fc.integer({ min: 0, max: 600 }), fc.constantFrom(47, 48, 49, 112, 4080, 4081)) }),
      fc.record({ release: fc.nat() }),
    )
    const steps = fc.array(step, { maxLength: 60 })
    fc.assert(
      fc.property(steps, (actions) => {
        const heap = new Heap(START, END)
        const used = new Map<number, number>()
        for (const action of actions) {
          if ('bytes' in action) {
            const { bytes } = action
            const want = firstFit(used, bytes)
            const at = heap.allocate(bytes)
            expect(at).toBe(want)
            if (at === undefined) continue
            expect(at % 64).toBe(0)
            for (const [other, length] of used) expect(at + bytes + 16 <= other || other + length + 16 <= at).toBe(true)
            used.set(at, bytes)
          } else if (used.size > 0) {
            const at = [...used.keys()][action.release % used.size]
            expect(heap.release(at)).toBe(true)
            expect(heap.release(at)).toBe(false)
            used.delete(at)
          }
        }
        for (const at of used.keys()) expect(heap.release(at)).toBe(true)
        // nothing is lost: all of it can be had in one piece again
        expect(heap.allocate(END - START - 16)).toBe(START)
      }),
      settings,
    )
  })
})
