import { describe, expect, test } from 'vitest'
import { argmax, gumbelSoftmax, gumbelSoftmaxBackward, softmax, softmaxBackward } from '../../src/index.ts'
import { expectClose } from '../support/compare.ts'
import { expectError } from '../support/wrong.ts'

/** `rows` copies of a row. */
const repeated = (row: number[], rows: number) =>
  Float64Array.from({ length: rows * row.length }, (_, i) => row[i % row.length])

/**
 * How often each class is drawn in 40,000 rows lies within 4.5 standard deviations of its binomial: all of the 20 or so
 * counts of this file pass together with a chance of 1 − 20 · 7e-6.
 */
function expectFrequencies(draws: ArrayLike<number>, p: number[]): void {
  const rows = draws.length
  for (const [c, share] of p.entries()) {
    let drawn = 0
    for (let i = 0; i < rows; i++) if (draws[i] === c) drawn++
    expect(Math.abs(drawn - rows * share)).toBeLessThanOrEqual(4.5 * Math.sqrt(rows * share * (1 - share)))
  }
}

const logits = [1.2, -0.3, 0.4, -2]
const rows = 40_000

describe('gumbelSoftmax', () => {
  test('has its largest entry where softmax says how often, at any temperature', () => {
    const shape = [rows, 4]
    for (const [seed, temperature] of [
      [1, 1],
      [2, 0.1],
      [3, 10],
      [2 ** 53 - 1, 0],
    ]) {
      const y = gumbelSoftmax(repeated(logits, rows), { shape, temperature, seed })
      expectFrequencies(argmax(y, { shape }), softmax(logits))
    }
  })

  test('never draws what is masked or -Infinity, and draws the others as if it were not there', () => {
    const shape = [rows, 4]
    const p = softmax(logits, { mask: [1, 0, 1, 1] })
    const masked = gumbelSoftmax(repeated(logits, rows), { shape, seed: 4, hard: true, mask: [1, 0, 1, 1] })
    expectFrequencies(argmax(masked.hard, { shape }), p)
    const impossible = [1.2, -Infinity, 0.4, -2]
    const { hard, soft } = gumbelSoftmax(repeated(impossible, rows), { shape, seed: 4, hard: true })
    // the noise belongs to the place, so that the draws are the same
    expect(hard).toEqual(masked.hard)
    expect(soft).toEqual(masked.soft)
  })

  test('depends on the seed and the place alone', () => {
    const x = repeated(logits, 6)
    const y = gumbelSoftmax(x, { shape: [6, 4], seed: 9 })
    expect(gumbelSoftmax(x, { shape: [6, 4], seed: 9 })).toEqual(y)
    expect(gumbelSoftmax(x, { shape: [6, 4], seed: 10 })).not.toEqual(y)
    // the rows of a prefix are the same rows; no two rows are alike
    expect(gumbelSoftmax(x.subarray(0, 8), { shape: [2, 4], seed: 9 })).toEqual(y.subarray(0, 8))
    expect(new Set(Array.from(y)).size).toBe(24)
    expect(gumbelSoftmax(new Float64Array(3), { seed: 2 ** 40 })).not.toEqual(
      gumbelSoftmax(new Float64Array(3), { seed: 0 }),
    )
  })

  test('gives the same bits on every engine', () => {
    // Philox of the index, then IEEE operations alone; float32 arithmetic of any kernel would show here
    const x = Float32Array.of(0.5, -1, 2)
    const wide = gumbelSoftmax(Float64Array.from(x), { seed: 11 })
    expect(gumbelSoftmax(x, { seed: 11 })).toEqual(Float32Array.from(wide))
  })

  test('is softmax of the logits plus −log(−log u): shifts and scales as it should', () => {
    const x = [0.3, 1, -2, 0]
    const y = gumbelSoftmax(x, { seed: 3 })
    // the logarithms of y differ from x by the noise, up to a common shift
    const noise = y.map((p, j) => Math.log(p) - x[j])
    const other = gumbelSoftmax([0, 0, 0, 0], { seed: 3 }).map(Math.log)
    // 1e-13 of the probabilities
    expectClose(
      noise.map((g) => g - noise[0]),
      other.map((g) => g - other[0]),
      1e-12,
      1e-12,
    )
    const cooler = gumbelSoftmax(x, { seed: 3, temperature: 0.25 })
    expectClose(cooler, softmax(y.map(Math.log), { temperature: 0.25 }), 1e-12, 0)
  })

  test('with hard gives the one-hot draw and the sample whose largest entry it is', () => {
    const shape = [50, 4]
    const x = repeated(logits, 50)
    const { hard, soft } = gumbelSoftmax(x, { shape, seed: 6, hard: true, temperature: 0.7 })
    expect(soft).toEqual(gumbelSoftmax(x, { shape, seed: 6, temperature: 0.7 }))
    expect(gumbelSoftmax(x, { shape, seed: 6, hard: false })).toBeInstanceOf(Float64Array)
    const drawn = argmax(soft, { shape })
    for (let row = 0; row < 50; row++) {
      expect(Array.from(hard.subarray(4 * row, 4 * row + 4))).toEqual(
        [0, 1, 2, 3].map((c) => (c === drawn[row] ? 1 : 0)),
      )
    }
    // T → 0 is the draw itself
    expect(gumbelSoftmax(x, { shape, seed: 6, temperature: 0 })).toEqual(hard)
    const uniform = gumbelSoftmax(x, { shape, seed: 6, temperature: Infinity, hard: true })
    expect(uniform.soft).toEqual(new Float64Array(200).fill(0.25))
    expect(uniform.hard).toEqual(hard)
  })

  test('with hard writes the sample to out', () => {
    const x = Float32Array.from(logits)
    const want = gumbelSoftmax(x, { seed: 1, hard: true })
    const out = new Float32Array(4)
    const { hard, soft } = gumbelSoftmax(x, { seed: 1, hard: true, out })
    expect(soft).toBe(out)
    expect({ hard, soft }).toEqual(want)
    const tensor = gumbelSoftmax({ data: x, dims: [1, 4], type: 'float32' }, { seed: 1, hard: true })
    expect(tensor.hard).toEqual({ data: want.hard, dims: [1, 4], type: 'float32' })
  })

  test('of a row without a softmax is NaN in both, masked places aside', () => {
    for (const row of [
      [NaN, 1, 2],
      [Infinity, 1, 2],
      [-Infinity, -Infinity, 2],
    ]) {
      const both = gumbelSoftmax(row, { seed: 1, hard: true, mask: [1, 1, 0] })
      expect(both).toEqual({ hard: [NaN, NaN, 0], soft: [NaN, NaN, 0] })
    }
    expect(gumbelSoftmax([1, 2], { seed: 1, hard: true, mask: [0, 0] })).toEqual({ hard: [0, 0], soft: [0, 0] })
    expect(gumbelSoftmax([], { seed: 1, shape: [2, 0] })).toEqual([])
  })

  test('needs a seed, a whole number from 0 to 2^53 − 1', () => {
    expectError(() => gumbelSoftmax([1], undefined as never), TypeError, 'gumbelSoftmax', 'seed', /whole number/)
    for (const seed of ['1', null, 1n, undefined]) {
      expectError(() => gumbelSoftmax([1], { seed: seed as never }), TypeError, 'gumbelSoftmax', 'seed')
    }
    for (const seed of [-1, 0.5, NaN, 2 ** 53]) {
      expectError(() => gumbelSoftmax([1], { seed }), RangeError, 'gumbelSoftmax', 'seed')
    }
    expectError(() => gumbelSoftmax([1], { seed: 1, hard: 1 as never }), TypeError, 'gumbelSoftmax', 'hard')
  })

  test('has the backward of softmax, which accepts the options of the forward', () => {
    const y = gumbelSoftmax(logits, { seed: 1, temperature: 0.5 })
    const gy = [1, 0, -2, 0.5]
    const want = softmaxBackward(y, gy, { temperature: 0.5 })
    expect(gumbelSoftmaxBackward(y, gy, { temperature: 0.5, seed: 1, hard: true })).toEqual(want)
    expect(gumbelSoftmaxBackward(y, gy, { temperature: 0.5 })).toEqual(want)
  })
})
