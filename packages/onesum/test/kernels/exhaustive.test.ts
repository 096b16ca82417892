import { describe, expect, test } from 'vitest'
import { kernels } from '../support/kernels.ts'
import { seeded } from '../support/random.ts'
import { caseOf, expectPromised } from './checks.ts'
import { makeExponentials, ROOM } from './exponentials.ts'
import { kernelOperations, targetFor } from './kernel-operations.ts'
import { COPIED, ZERO_COPY } from './placements.ts'

const MAXIMA = [-150, 0, 1, 20, 88, 179.9].map(Math.fround)

const bits = new Int32Array(1)
const float = new Float32Array(bits.buffer)

/** The place of a float32 among all: neighbours differ by 1. */
function ordinalOf(value: number): number {
  float[0] = value
  return bits[0] < 0 ? -(bits[0] & 0x7fffffff) : bits[0]
}

const bitsOf = (ordinal: number) => (ordinal < 0 ? 0x80000000 | -ordinal : ordinal) | 0

function floatAt(ordinal: number): number {
  bits[0] = bitsOf(ordinal)
  return float[0]
}

/** Below a maximum by so much, results are under 2^-126 of the top. */
const REACH = 88

const fused = kernels === 'wasm-relaxed-simd'

/**
 * What the pass is held to before scaling, as parts of the exact value in units of 2^-24. Twice the width of the interval,
 * in half units, and the roundings of the product are softmax's error.
 */
const [LEAST, MOST] = fused ? [-1.22, 1.2] : [-1.43, 1.37]

interface Worst {
  max: number
  least: number
  most: number
  inversions: number
  checked: number
}

/** Every float32 that any of the maxima admits, for each of those, once. */
function sweep(): Worst[] {
  const exps = makeExponentials(kernels === 'wasm-relaxed-simd')
  const exact = new Float64Array(ROOM)
  const rows = MAXIMA.map((max) => {
    const exponent = Math.round(Math.fround(max * Math.fround(Math.LOG2E)))
    return {
      // the fine method leaves out a factor of the whole row: what ln 2 is too large by in float32, `exponent` times
      scale: 2 ** -exponent * (fused ? Math.exp(exponent * (Math.LN2 - Math.fround(Math.LN2))) : 1),
      // inside, every result is normal, whichever way N was rounded
      first: ordinalOf(max - REACH + 2),
      last: ordinalOf(max),
      before: 0,
      worst: { max, least: 0, most: 0, inversions: 0, checked: 0 },
    }
  })
  const end = Math.max(...rows.map(({ last }) => last))
  for (let start = Math.min(...rows.map(({ first }) => first)); start <= end; start += ROOM) {
    const among = rows.filter(({ first, last }) => start + ROOM > first && start <= last)
    if (among.length === 0) continue
    for (let i = 0; i < ROOM; i++) exps.input[i] = bitsOf(start + i)
    const floats = new Float32Array(exps.input.buffer, exps.input.byteOffset, ROOM)
    for (let i = 0; i < ROOM; i++) exact[i] = Math.exp(floats[i])
    for (const row of among) {
      const [from, to] = [Math.max(0, row.first - start), Math.min(ROOM, row.last - start + 1)]
      exps.run(to, row.worst.max)
      row.before = compare(exps.output, exact, from, to, row)
    }
  }
  return rows.map(({ worst }) => worst)
}

/** Notes the largest errors and every inversion in [from, to); returns the last result. */
function compare(
  e: Float32Array,
  exact: Float64Array,
  from: number,
  to: number,
  { scale, before, worst }: { scale: number; before: number; worst: Worst },
): number {
  let [last, least, most, inversions] = [before, worst.least, worst.most, worst.inversions]
  for (let i = from; i < to; i++) {
    const value = e[i]
    const want = exact[i] * scale
    const off = (value / want - 1) * 2 ** 24
    if (!(off >= least)) least = off
    if (!(off <= most)) most = off
    if (!(value >= last)) inversions++
    last = value
  }
  Object.assign(worst, { least, most, inversions, checked: worst.checked + to - from })
  return last
}

/** Rows of neighbours below a maximum, which stands in the middle of them. */
function neighbours(max: number, temperature: number, count: number, length: number, seed: number) {
  const uniform = seeded(seed)
  const lowest = Math.max(max - (REACH + 2) * temperature, -3.4e38)
  const [low, high] = [ordinalOf(lowest), ordinalOf(max)]
  const x = new Float32Array(count * length)
  for (let r = 0; r < count; r++) {
    // half of the rows begin anywhere among the floats, half anywhere on the line
    const value = lowest + (max - lowest) * uniform()
    const start = Math.min(r % 2 === 0 ? Math.floor(low + (high - low) * uniform()) : ordinalOf(value), high - length)
    for (let j = 0; j < length; j++) x[r * length + j] = floatAt(start + j)
    x[r * length + (r % length)] = max
  }
  return { x, count, length, name: (row: number) => `neighbours from ${x[row * length]} below ${max}` }
}

if (process.env.ONESUM_TEST_ALL === '1') {
  if (kernels !== 'js') {
    describe('exp on every float32 that a row maximum admits', () => {
      test(`is within [${LEAST}, ${MOST}] · 2^-24 before scaling, and inverts no neighbours`, {
        timeout: 3_600_000,
      }, () => {
        const results = sweep()
        for (const { least, most, inversions, checked } of results) {
          expect(least).toBeGreaterThanOrEqual(LEAST)
          expect(most).toBeLessThanOrEqual(MOST)
          expect(inversions).toBe(0)
          // even the narrowest range holds millions
          expect(checked).toBeGreaterThan(5e6)
        }
      })
    })
  }

  describe('whole rows of neighbouring floats, after scaling', () => {
    for (const operation of kernelOperations.slice(0, 2)) {
      for (const temperature of [1, 0.1, 0.7, 1.3, 8, 1e-3]) {
        test(`${operation.name}, T ${temperature}: bounds hold and no order is inverted`, { timeout: 600_000 }, () => {
          for (const [k, max] of MAXIMA.entries()) {
            for (const length of [3, 25, 1000]) {
              const rows = neighbours(max, temperature, Math.ceil(400_000 / length), length, k + length)
              const one = caseOf(operation, rows, targetFor(rows.count, length), temperature)
              for (const placement of [ZERO_COPY, COPIED]) expectPromised(one, placement)
            }
          }
        })
      }
    }
  })
} else {
  test('the sweep over every float32 is asked for by ONESUM_TEST_ALL=1; a row of it holds here', () => {
    const rows = neighbours(1, 1, 40, 1000, 1)
    for (const operation of kernelOperations.slice(0, 2)) {
      expectPromised(caseOf(operation, rows, targetFor(rows.count, 1000)), ZERO_COPY)
    }
  })
}
