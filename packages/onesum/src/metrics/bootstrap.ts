/** Bootstrap intervals in one pass: each row enters each replicate with a weight of its own. */
import { philox } from '../random.ts'
import { addAll, BlockSums } from './block-sums.ts'
import { calibrationErrors } from './calibration-errors.ts'
import type { Interval, Intervals } from './metrics.ts'
import { decodeCounts, encodeNumbers, type Fields, readFields } from './saved.ts'
import type { RowScore } from './score.ts'

/** Separates these draws from other uses of a seed. */
const STREAM = 3

const LEVEL = 0.95

/** 2^32 · P(weight <= w) for w = 0, 1, …: a random uint32 below it has at most this weight. */
const cumulative = /* @__PURE__ */ poissonTable()

function poissonTable(): Float64Array {
  const table = new Float64Array(16)
  let [share, total] = [Math.exp(-1), 0]
  for (let w = 0; w < table.length; w++) {
    total += share
    table[w] = total * 2 ** 32
    share /= w + 1
  }
  return table
}

/**
 * Poisson(1) weights in place of draws with replacement: a multinomial count is nearly Poisson(1), and independent
 * weights need no number of rows in advance (Chamandy, Muralidharan, Najmi and Naidu, Estimating Uncertainty for Massive
 * Data Streams, 2012; Hanley and MacGibbon, Creating Non-Parametric Bootstrap Samples Using Poisson Frequencies, 2006).
 *
 * The weight of row i in replicate r depends on the seed, i and r alone, so that any order and partition draws the same.
 */
export class Bootstrap {
  readonly replicates: number
  readonly seed: number
  readonly #bins: number
  /** Bin b of replicate r stands at r · bins + b. */
  readonly #count: Float64Array
  readonly #correct: Float64Array
  /** The rows' squared weights, where rows have weights. */
  readonly #squares: Float64Array | undefined
  readonly #confidence: BlockSums
  readonly #nll: BlockSums
  readonly #brier: BlockSums
  readonly #counter = new Uint32Array(4)

  constructor(replicates: number, seed: number, bins: number, weighted: boolean) {
    this.replicates = replicates
    this.seed = seed
    this.#bins = bins
    this.#count = new Float64Array(replicates * bins)
    this.#correct = new Float64Array(replicates * bins)
    this.#squares = weighted ? new Float64Array(replicates * bins) : undefined
    this.#confidence = new BlockSums(replicates * bins)
    this.#nll = new BlockSums(replicates)
    this.#brier = new BlockSums(replicates)
  }

  add(row: number, bin: number, { nll, brier, confidence, rank }: RowScore, own: number): void {
    const { replicates, seed } = this
    const squares = this.#squares
    const bins = this.#bins
    const counter = this.#counter
    const right = rank === 0 ? 1 : 0
    for (let r = 0; r < replicates; r++) {
      if ((r & 3) === 0) {
        counter[0] = row >>> 0
        counter[1] = row / 0x100000000
        counter[2] = STREAM
        counter[3] = r >>> 2
        philox(counter, seed >>> 0, (seed / 0x100000000) >>> 0)
      }
      const draw = counter[r & 3]
      let times = 0
      while (draw >= cumulative[times]) times++
      if (times === 0) continue
      const weight = times * own
      const cell = r * bins + bin
      if (squares) squares[cell] += weight * own
      this.#count[cell] += weight
      this.#correct[cell] += weight * right
      this.#confidence.block[cell] += weight * confidence
      this.#nll.block[r] += weight * nll
      this.#brier.block[r] += weight * brier
    }
    this.#confidence.row()
    this.#nll.row()
    this.#brier.row()
  }

  merge(other: Bootstrap): void {
    addAll(this.#count, other.#count)
    addAll(this.#correct, other.#correct)
    if (this.#squares && other.#squares) addAll(this.#squares, other.#squares)
    this.#confidence.merge(other.#confidence)
    this.#nll.merge(other.#nll)
    this.#brier.merge(other.#brier)
  }

  intervals(): Intervals | undefined {
    const [confidences, nll, brier] = [this.#confidence.values(), this.#nll.values(), this.#brier.values()]
    const found: Record<Quantity, number>[] = []
    for (let r = 0; r < this.replicates; r++) {
      const [from, to] = [r * this.#bins, (r + 1) * this.#bins]
      const count = this.#count.subarray(from, to)
      const correct = this.#correct.subarray(from, to)
      const confidence = confidences.subarray(from, to)
      const squares = this.#squares?.subarray(from, to)
      const rows = total(count)
      if (rows === 0) continue
      const accuracy = total(correct) / rows
      const meanConfidence = total(confidence) / rows
      found.push({
        accuracy,
        nll: nll[r] / rows,
        brier: brier[r] / rows,
        meanConfidence,
        gap: meanConfidence - accuracy,
        ...calibrationErrors({ count, correct, confidence, squares }),
      })
    }
    if (found.length < 2) return undefined
    const ends = Object.fromEntries(QUANTITIES.map((name) => [name, middle(found.map((one) => one[name]))]))
    return { level: LEVEL, replicates: this.replicates, seed: this.seed, ...(ends as Record<Quantity, Interval>) }
  }

  toJSON(): Fields {
    return {
      count: encodeNumbers(this.#count),
      correct: encodeNumbers(this.#correct),
      ...(this.#squares && { squares: encodeNumbers(this.#squares) }),
      confidence: this.#confidence.toJSON(),
      nll: this.#nll.toJSON(),
      brier: this.#brier.toJSON(),
    }
  }

  restore(where: string, saved: unknown): void {
    const fields = readFields(where, 'replicates', saved)
    const weighted = this.#squares !== undefined
    const most = weighted ? Infinity : Number.MAX_SAFE_INTEGER
    decodeCounts(where, 'replicates.count', fields.count, this.#count, most, weighted)
    decodeCounts(where, 'replicates.correct', fields.correct, this.#correct, most, weighted)
    if (this.#squares) decodeCounts(where, 'replicates.squares', fields.squares, this.#squares, most, weighted)
    this.#confidence.restore(where, 'replicates.confidence', fields.confidence)
    this.#nll.restore(where, 'replicates.nll', fields.nll)
    this.#brier.restore(where, 'replicates.brier', fields.brier)
  }
}

type Quantity = Exclude<keyof Intervals, 'level' | 'replicates' | 'seed'>

const QUANTITIES: readonly Quantity[] = [
  'accuracy',
  'nll',
  'brier',
  'meanConfidence',
  'ece',
  'eceL2',
  'debiasedEce',
  'mce',
  'overconfidence',
  'underconfidence',
  'gap',
]

function total(values: Float64Array): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]
  return sum
}

/** The quantiles that leave out as much at either end, linear between order statistics. */
function middle(values: readonly number[]): Interval {
  const sorted = Float64Array.from(values).sort()
  const quantile = (share: number) => {
    const at = share * (sorted.length - 1)
    const [low, high] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]]
    return low === high ? low : low + (at - Math.floor(at)) * (high - low)
  }
  return [quantile((1 - LEVEL) / 2), quantile((1 + LEVEL) / 2)]
}
