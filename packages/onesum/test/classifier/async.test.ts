import { describe, expect, test } from 'vitest'
import { fitClassifier, fitClassifierAsync, type Progress } from '../../src/classifier/index.ts'
import { engine } from '../../src/kernels/wasm/engines.ts'
import { normals } from '../support/random.ts'
import { expectError } from '../support/wrong.ts'

// enough for several turns of 8 ms on any machine
const rows = 60000
const shape = [rows, 30]
const x = Float32Array.from(normals(1, rows * 30))
const labels = Int32Array.from({ length: rows }, (_, row) => (row * 7) % 5)
const options = { shape, l2: 1e-4, tolerance: 1e-10 }

/** Memory that is free for arrays, as the largest block that can be had. */
function largestBlock(): number {
  let [low, high] = [0, 2 ** 30]
  const heap = engine()?.heap
  while (heap && high - low > 1024) {
    const middle = (low + high) / 2
    const at = heap.allocate(middle)
    if (at === undefined) high = middle
    else {
      heap.release(at)
      low = middle
    }
  }
  return low
}

describe('fitClassifierAsync', () => {
  test('gives what fitClassifier gives, reports progress, and lets other tasks run', async () => {
    let ticks = 0
    const ticking = setInterval(() => ticks++, 1)
    const seen: Progress[] = []
    const fit = await fitClassifierAsync(x, labels, { ...options, onProgress: (progress) => seen.push(progress) })
    clearInterval(ticking)
    expect(fit.toJSON()).toEqual(fitClassifier(x, labels, options).toJSON())
    expect(seen.map(({ iterations }) => iterations)).toEqual(seen.map((_, i) => i + 1))
    expect(seen.at(-1)?.objective).toBeLessThan(rows * Math.log(5))
    expect(ticks).toBeGreaterThan(0)
  })

  test('ends with the reason of its signal, and gives its memory back', async () => {
    fitClassifier(x, labels, options)
    const before = largestBlock()
    const controller = new AbortController()
    const reason = new Error('enough')
    const fit = fitClassifierAsync(x, labels, {
      ...options,
      signal: controller.signal,
      onProgress: ({ iterations }) => {
        if (iterations === 3) controller.abort(reason)
      },
    })
    await expect(fit).rejects.toBe(reason)
    await expect(fitClassifierAsync(x, labels, { ...options, signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    expect(largestBlock()).toBe(before)
  })

  test('gives memory back when data are wrong', () => {
    const before = largestBlock()
    const bad = x.slice()
    bad[100] = Number.NaN
    expectError(() => fitClassifier(bad, labels, options), RangeError, 'fitClassifier', 'features')
    expect(largestBlock()).toBe(before)
  })

  test('rejects wrong arguments as fitClassifier refuses them', async () => {
    await expect(fitClassifierAsync(x, labels, { shape: [1, 2] })).rejects.toThrow(/fitClassifierAsync: "shape"/)
    for (const signal of [5, {}, null]) {
      await expect(fitClassifierAsync(x, labels, { ...options, signal: signal as never })).rejects.toThrow(
        /^fitClassifierAsync: "signal" expected an AbortSignal, got/,
      )
    }
    await expect(fitClassifierAsync(x, labels, { ...options, onProgress: 3 as unknown as () => void })).rejects.toThrow(
      TypeError,
    )
    for (const wrong of [5, true, null, new Map()]) {
      await expect(fitClassifierAsync(x, labels, wrong as never)).rejects.toThrow(
        /^fitClassifierAsync: "options" expected (an|a plain) object, got/,
      )
    }
  })
})
