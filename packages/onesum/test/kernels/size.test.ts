import { expect, test } from 'vitest'
import { families } from '../../kernels/families.ts'

/** Families beside softmax's own: a bundle holds one only where it imports what needs it. */
const beside = ['blocks', 'candidates', 'commit', 'moments', 'prediction', 'training']

function bytesOf(names: readonly string[]): number {
  return names.reduce((total, name) => {
    const [strict, relaxed] = [families[name](false), families[name](true)]
    const same = Buffer.compare(strict, relaxed) === 0
    return total + strict.length + (same ? 0 : relaxed.length)
  }, 0)
}

test('all kernels of softmax, its derivatives and cross-entropy, both variants, are at most 64 KB of WebAssembly', () => {
  const total = bytesOf(Object.keys(families).filter((name) => !beside.includes(name)))
  expect(total).toBeGreaterThan(0)
  expect(total).toBeLessThanOrEqual(64 * 1024)
})
