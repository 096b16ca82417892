/** Each class's probability in rows of the class and in others, for the area under its ROC curve. */
import { wrongValue } from '../check.ts'
import { readLabels } from '../rows/labels.ts'
import { addAll } from './block-sums.ts'
import { countFineBins, fineBin, fineBins } from './fine-bins.ts'
import type { AreaUnderCurve } from './metrics.ts'
import { decodeNumbers, decodeParts, encodeNumbers, type Fields, type Mass, readFields, readList } from './saved.ts'
import { sortTogether } from './sorted.ts'

/** Rows × classes whose probabilities are kept; beyond, they are counted in fine bins. */
export const KEPT_PROBABILITIES = 2 ** 18

/**
 * Classes × fine bins: as many bits of precision as the first number allows, which caches hold, but 4 where the second
 * does.
 */
const CACHED_CELLS = 2 ** 17
const MOST_CELLS = 2 ** 21
const OCTAVES = 32
const PRECISION = 4
const MOST_PRECISION = 6

export class RocTally {
  readonly classes: number
  readonly #precision: number
  readonly #bins: number
  #rows = 0
  /** The probabilities row by row and the labels, while they are few. */
  #kept: Float64Array | undefined = new Float64Array(0)
  #labels: number[] = []
  /** Their weights, where rows have weights. */
  readonly #weights: number[] | undefined
  /** Bin b of class k stands at k · bins + b: all rows, and those of the class. */
  #all = new Float64Array(0)
  #positive = new Float64Array(0)

  /** With `exactOnly` nothing is counted beyond what is kept. */
  constructor(classes: number, exactOnly: boolean, weighted: boolean) {
    this.classes = classes
    this.#weights = weighted ? [] : undefined
    let precision = MOST_PRECISION
    while (precision > PRECISION && classes * fineBins(OCTAVES, precision) > CACHED_CELLS) precision--
    while (precision >= 0 && classes * fineBins(OCTAVES, precision) > MOST_CELLS) precision--
    this.#precision = precision
    this.#bins = exactOnly || precision < 0 ? 0 : fineBins(OCTAVES, precision)
  }

  add(p: Float64Array, label: number, weight: number): void {
    if (this.#keeps(1)) {
      this.#keep(p.subarray(0, this.classes), label, weight)
      return
    }
    this.#spill()
    this.#rows++
    if (this.#bins > 0) this.#count(p, 0, label, weight)
  }

  merge(other: RocTally): void {
    const { classes } = this
    if (other.#kept && this.#keeps(other.#rows)) {
      const { length } = other.#labels
      for (let row = 0; row < length; row++) {
        const p = other.#kept.subarray(row * classes, (row + 1) * classes)
        this.#keep(p, other.#labels[row], other.#weightOf(row))
      }
      return
    }
    this.#spill()
    this.#rows += other.#rows
    if (this.#bins === 0) return
    if (other.#kept) this.#countKept(other.#kept, other)
    else {
      addAll(this.#all, other.#all)
      addAll(this.#positive, other.#positive)
    }
  }

  /** The area for class k; undefined where one side has no rows, or too many classes leave no room for bins. */
  area(k: number): AreaUnderCurve | undefined {
    return this.#kept ? this.#exactArea(this.#kept, k) : this.#binnedArea(k)
  }

  toJSON(): Fields {
    if (this.#kept) {
      const kept = encodeNumbers(this.#kept.subarray(0, this.#rows * this.classes))
      return { kept, labels: this.#labels, ...(this.#weights && { weights: encodeNumbers(this.#weights) }) }
    }
    return { all: encodeNumbers(this.#all), positive: encodeNumbers(this.#positive) }
  }

  restore(where: string, saved: unknown, mass: Mass): void {
    const name = 'roc'
    const { rows, total } = mass
    const { kept, labels, weights, all, positive } = readFields(where, name, saved)
    this.#rows = rows
    if (kept !== undefined) {
      if (rows * this.classes > KEPT_PROBABILITIES)
        throw wrongValue(where, name, 'counts for so many rows', 'probabilities')
      const given = readList(where, `${name}.labels`, labels, rows) as number[]
      this.#labels = [...readLabels(where, `${name}.labels`, given, this.classes, undefined)]
      this.#kept = new Float64Array(rows * this.classes)
      decodeNumbers(where, `${name}.kept`, kept, this.#kept)
      if (this.#weights) {
        const read = new Float64Array(rows)
        decodeParts(where, `${name}.weights`, weights, read, mass)
        for (const weight of read) this.#weights.push(weight)
      }
      return
    }
    this.#spill()
    this.#rows = rows
    if (this.#bins === 0) return
    decodeParts(where, `${name}.all`, all, this.#all, { ...mass, total: total * this.classes })
    decodeParts(where, `${name}.positive`, positive, this.#positive, mass)
  }

  #keeps(rows: number): boolean {
    return this.#kept !== undefined && (this.#rows + rows) * this.classes <= KEPT_PROBABILITIES
  }

  #keep(p: Float64Array, label: number, weight: number): void {
    const at = this.#rows++ * this.classes
    let kept = this.#kept as Float64Array
    if (at + p.length > kept.length) {
      const larger = new Float64Array(Math.min(KEPT_PROBABILITIES, Math.max(2 * kept.length, 64 * this.classes)))
      larger.set(kept)
      this.#kept = kept = larger
    }
    kept.set(p, at)
    this.#labels.push(label)
    this.#weights?.push(weight)
  }

  #weightOf(row: number): number {
    return this.#weights ? this.#weights[row] : 1
  }

  /** From keeping to counting. */
  #spill(): void {
    const kept = this.#kept
    if (!kept) return
    this.#kept = undefined
    this.#all = new Float64Array(this.classes * this.#bins)
    this.#positive = new Float64Array(this.classes * this.#bins)
    if (this.#bins > 0) this.#countKept(kept, this)
    this.#labels = []
    if (this.#weights) this.#weights.length = 0
  }

  #countKept(kept: Float64Array, of: RocTally): void {
    for (const [row, label] of of.#labels.entries()) this.#count(kept, row * this.classes, label, of.#weightOf(row))
  }

  #count(p: Float64Array, start: number, label: number, weight: number): void {
    const bins = this.#bins
    const precision = this.#precision
    countFineBins(p, start, this.classes, OCTAVES, precision, this.#all, weight)
    this.#positive[label * bins + fineBin(p[start + label], OCTAVES, precision)] += weight
  }

  /** Every pair, by sorting both sides. */
  #exactArea(kept: Float64Array, k: number): AreaUnderCurve | undefined {
    const { classes } = this
    const inside = this.#labels.reduce((total, label) => total + (label === k ? 1 : 0), 0)
    const outside = this.#rows - inside
    if (inside === 0 || outside === 0) return undefined
    const [own, other] = [new Float64Array(inside), new Float64Array(outside)]
    const [ownWeights, otherWeights] = this.#weights ? [own.slice(), other.slice()] : []
    let [i, j] = [0, 0]
    for (const [row, label] of this.#labels.entries()) {
      const value = kept[row * classes + k]
      const weights = label === k ? ownWeights : otherWeights
      if (weights) weights[label === k ? i : j] = this.#weightOf(row)
      if (label === k) own[i++] = value
      else other[j++] = value
    }
    sortTogether(own, ownWeights)
    sortTogether(other, otherWeights)
    // rows of the other classes below the value, and up to it; what they weigh
    let [below, upTo, massBelow, massUpTo] = [0, 0, 0, 0]
    let [wins, mass] = [0, 0]
    const weigh = (j: number) => (otherWeights ? otherWeights[j] : 1)
    for (const [i, value] of own.entries()) {
      while (below < outside && other[below] < value) massBelow += weigh(below++)
      if (upTo < below) [upTo, massUpTo] = [below, massBelow]
      while (upTo < outside && other[upTo] === value) massUpTo += weigh(upTo++)
      const weight = ownWeights ? ownWeights[i] : 1
      wins += (weight * (massBelow + massUpTo)) / 2
      mass += weight
    }
    while (upTo < outside) massUpTo += weigh(upTo++)
    return { value: wins / (mass * massUpTo), exact: true, error: 0 }
  }

  /** Pairs within a bin count half, and at worst all or none of them are won. */
  #binnedArea(k: number): AreaUnderCurve | undefined {
    const end = (k + 1) * this.#bins
    let [inside, outside, wins, tied] = [0, 0, 0, 0]
    for (let cell = k * this.#bins; cell < end; cell++) {
      const own = this.#positive[cell]
      const left = this.#all[cell] - own
      // of weights, rounding leaves some where nothing is
      const other = this.#weights && left < 1e-9 * own ? 0 : left
      wins += own * (outside + other / 2)
      tied += (own * other) / 2
      inside += own
      outside += other
    }
    if (inside === 0 || outside === 0) return undefined
    const pairs = inside * outside
    return { value: wins / pairs, exact: false, error: tied / pairs }
  }
}
