import { describe, expect, test } from 'vitest'
import { Evaluation, evaluate, type Intervals } from '../../src/metrics/index.ts'
import { expectClose } from '../support/compare.ts'
import { seeded } from '../support/random.ts'

/** Rows of two classes, each claiming its confidence and right with its chance. */
function source(rows: number, uniform: () => number) {
  const p: number[] = []
  const labels: number[] = []
  for (let r = 0; r < rows; r++) {
    const confidence = 0.55 + 0.4 * uniform()
    p.push(confidence, 1 - confidence)
    labels.push(uniform() < confidence - 0.1 ? 0 : 1)
  }
  return { p, labels, options: { shape: [rows, 2], from: 'probabilities' } as const }
}

function intervalsOf(rows: number, uniform: () => number, bootstrap: number, seed: number): Intervals {
  const { p, labels, options } = source(rows, uniform)
  const { intervals } = evaluate(p, labels, { ...options, bootstrap, seed })
  if (!intervals) throw new Error('there are replicates')
  return intervals
}

describe('bootstrap intervals', () => {
  const { p, labels, options } = source(400, seeded(3))
  const got = evaluate(p, labels, { ...options, bootstrap: 1000, seed: 9 })

  test('are those of draws with replacement', () => {
    const uniform = seeded(4)
    const accuracies: number[] = []
    const scores: number[] = []
    for (let r = 0; r < 1000; r++) {
      const drawn = labels.map(() => Math.floor(uniform() * labels.length))
      accuracies.push(drawn.filter((i) => labels[i] === 0).length / drawn.length)
      scores.push(drawn.reduce((sum, i) => sum - Math.log(p[2 * i + labels[i]]), 0) / drawn.length)
    }
    const ends = (values: number[]) => {
      const sorted = values.sort((a, b) => a - b)
      return [sorted[25], sorted[974]]
    }
    // an end of 1000 replicates has a standard error of 1/12 of the interval's width: three of them, on either side
    const within = (have: readonly number[], want: number[]) => expectClose(have, want, 0, (want[1] - want[0]) / 3)
    within(got.intervals?.accuracy ?? [], ends(accuracies))
    within(got.intervals?.nll ?? [], ends(scores))
  })

  test('hold the value itself where the statistic is a mean', () => {
    for (const name of ['accuracy', 'nll', 'brier', 'meanConfidence'] as const) {
      const [low, high] = got.intervals?.[name] ?? [NaN, NaN]
      expect(low < got[name] && got[name] < high).toBe(true)
    }
    expect(got.intervals).toMatchObject({ level: 0.95, replicates: 1000, seed: 9 })
  })

  test('cover the truth 19 times in 20', () => {
    // true mean gap 0.1; the confidence is 0.75 on average, so the accuracy 0.65
    const trials = 400
    const uniform = seeded(5)
    let covered = 0
    for (let t = 0; t < trials; t++) {
      const { gap } = intervalsOf(150, uniform, 200, t)
      if (gap[0] <= 0.1 && 0.1 <= gap[1]) covered++
    }
    // binomial: 0.95 · 400 = 380, standard deviation 4.4; percentile intervals of 150 rows cover 94 %
    expect(covered).toBeGreaterThan(360)
    expect(covered).toBeLessThan(396)
  })

  test('depend on the seed alone, and on the number of each row', () => {
    const again = evaluate(p, labels, { ...options, bootstrap: 1000, seed: 9 })
    expect(again.intervals).toEqual(got.intervals)
    const other = evaluate(p, labels, { ...options, bootstrap: 1000, seed: 10 })
    expect(other.intervals).not.toEqual({ ...got.intervals, seed: 10 })
    const moved = new Evaluation({ from: 'probabilities', bootstrap: 1000, seed: 9 })
    moved.add(p, labels, { shape: options.shape, firstRow: 2 ** 40 })
    expect(moved.result().intervals).not.toEqual(got.intervals)
  })

  test('are left out where they were not asked for, and where replicates hold no row', () => {
    expect(evaluate(p, labels, options).intervals).toBe(undefined)
    // one row, of weight 0 in a replicate 37 times in 100: of two replicates, seldom both hold it
    const seeds = Array.from({ length: 200 }, (_, seed) => evaluate([2, 1], [0], { bootstrap: 2, seed }).intervals)
    const some = seeds.filter((intervals) => intervals !== undefined).length
    // (1 − 1/e)² of 200 is 80, standard deviation 7
    expect(Math.abs(some - 80)).toBeLessThan(35)
  })

  test('of an infinite score reach to infinity', () => {
    const x = [0, -Infinity, ...Array.from({ length: 40 }, (_, i) => i % 3)]
    const many = evaluate(x, [1, ...new Array(20).fill(0)], { shape: [21, 2], bootstrap: 100 })
    expect(many.nll).toBe(Infinity)
    const [low, high] = many.intervals?.nll ?? [NaN, NaN]
    expect([Number.isFinite(low), high]).toEqual([true, Infinity])
  })
})
