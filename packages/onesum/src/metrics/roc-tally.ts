/** Each class's probability in rows of the class and in others, for the area under its ROC curve. */
import { wrongValue } from '../check.ts'
import { readLabels } from '../rows/labels.ts'
import { addAll } from './block-sums.ts'
import { countFineBins, fineBin, fineBins } from './fine-bins.ts'
import type { AreaUnderCurve } from './metrics.ts'
import { decodeNumbers, decodeParts, encodeNumbers, type Fields, readFields, readList } from './saved.ts'

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
  /** Bin b of class k stands at k · bins + b: all rows, and those of the class. */
  #all = new Float64Array(0)
  #positive = new Float64Array(0)

  /** With `exactOnly` nothing is counted beyond what is kept. */
  constructor(classes: number, exactOnly = false) {
    this.classes = classes
    let precision = MOST_PRECISION
    while (precision > PRECISION && classes * fineBins(OCTAVES, precision) > CACHED_CELLS) precision--
    while (precision >= 0 && classes * fineBins(OCTAVES, precision) > MOST_CELLS) precision--
    this.#precision = precision
    this.#bins = exactOnly || precision < 0 ? 0 : fineBins(OCTAVES, precision)
  }

  add(p: Float64Array, label: number): void {
    if (this.#keeps(1)) {
      this.#keep(p.subarray(0, this.classes), label)
      return
    }
    this.#spill()
    this.#rows++
    if (this.#bins > 0) this.#count(p, 0, label)
  }

  merge(other: RocTally): void {
    const { classes } = this
    if (other.#kept && this.#keeps(other.#rows)) {
      const { length } = other.#labels
      for (let row = 0; row < length; row++) {
        this.#keep(other.#kept.subarray(row * classes, (row + 1) * classes), other.#labels[row])
      }
      return
    }
    this.#spill()
    this.#rows += other.#rows
    if (this.#bins === 0) return
    if (other.#kept)
      for (let row = 0; row < other.#rows; row++) this.#count(other.#kept, row * classes, other.#labels[row])
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
      return { kept: encodeNumbers(this.#kept.subarray(0, this.#rows * this.classes)), labels: this.#labels }
    }
    return { all: encodeNumbers(this.#all), positive: encodeNumbers(this.#positive) }
  }

  restore(where: string, saved: unknown, rows: number): void {
    const name = 'roc'
    const { kept, labels, all, positive } = readFields(where, name, saved)
    this.#rows = rows
    if (kept !== undefined) {
      if (rows * this.classes > KEPT_PROBABILITIES)
        throw wrongValue(where, name, 'counts for so many rows', 'probabilities')
      const given = readList(where, `${name}.labels`, labels, rows) as number[]
      this.#labels = [...readLabels(where, `${name}.labels`, given, this.classes, undefined)]
      this.#kept = new Float64Array(rows * this.classes)
      decodeNumbers(where, `${name}.kept`, kept, this.#kept)
      return
    }
    this.#spill()
    this.#rows = rows
    if (this.#bins === 0) return
    decodeParts(where, `${name}.all`, all, this.#all, rows * this.classes)
    decodeParts(where, `${name}.positive`, positive, this.#positive, rows)
  }

  #keeps(rows: number): boolean {
    return this.#kept !== undefined && (this.#rows + rows) * this.classes <= KEPT_PROBABILITIES
  }

  #keep(p: Float64Array, label: number): void {
    const at = this.#rows++ * this.classes
    let kept = this.#kept as Float64Array
    if (at + p.length > kept.length) {
      const larger = new Float64Array(Math.min(KEPT_PROBABILITIES, Math.max(2 * kept.length, 64 * this.classes)))
      larger.set(kept)
      this.#kept = kept = larger
    }
    kept.set(p, at)
    this.#labels.push(label)
  }

  /** From keeping to counting. */
  #spill(): void {
    const kept = this.#kept
    if (!kept) return
    this.#kept = undefined
    this.#all = new Float64Array(this.classes * this.#bins)
    this.#positive = new Float64Array(this.classes * this.#bins)
    if (this.#bins > 0) for (const [row, label] of this.#labels.entries()) this.#count(kept, row * this.classes, label)
    this.#labels = []
  }

  #count(p: Float64Array, start: number, label: number): void {
    const bins = this.#bins
    const precision = this.#precision
    countFineBins(p, start, this.classes, OCTAVES, precision, this.#all)
    this.#positive[label * bins + fineBin(p[start + label], OCTAVES, precision)]++
  }

  /** Every pair, by sorting both sides. */
  #exactArea(kept: Float64Array, k: number): AreaUnderCurve | undefined {
    const { classes } = this
    const inside = this.#labels.reduce((total, label) => total + (label === k ? 1 : 0), 0)
    const outside = this.#rows - inside
    if (inside === 0 || outside === 0) return undefined
    const own = new Float64Array(inside)
    const other = new Float64Array(outside)
    let [i, j] = [0, 0]
    for (const [row, label] of this.#labels.entries()) {
      const value = kept[row * classes + k]
      if (label === k) own[i++] = value
      else other[j++] = value
    }
    own.sort()
    other.sort()
    let [below, upTo, wins] = [0, 0, 0]
    for (const value of own) {
      while (below < outside && other[below] < value) below++
      if (upTo < below) upTo = below
      while (upTo < outside && other[upTo] === value) upTo++
      wins += (below + upTo) / 2
    }
    return { value: wins / (inside * outside), exact: true, error: 0 }
  }

  /** Pairs within a bin count half, and at worst all or none of them are won. */
  #binnedArea(k: number): AreaUnderCurve | undefined {
    const end = (k + 1) * this.#bins
    let [inside, outside, wins, tied] = [0, 0, 0, 0]
    for (let cell = k * this.#bins; cell < end; cell++) {
      const own = this.#positive[cell]
      const other = this.#all[cell] - own
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
