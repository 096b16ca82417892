import { expect, test } from 'vitest'
import { families } from '../../kernels/families.ts'

test('all kernels together, both variants, are at most 64 KB of WebAssembly', () => {
  let total = 0
  for (const family of Object.values(families)) {
    const [strict, relaxed] = [family(false), family(true)]
    const same = Buffer.compare(strict, relaxed) === 0
    total += strict.length + (same ? 0 : relaxed.length)
  }
  expect(total).toBeGreaterThan(0)
  expect(total).toBeLessThanOrEqual(64 * 1024)
})
