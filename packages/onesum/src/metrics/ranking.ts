/** Rows by confidence, right or wrong: what order statistics are made of. */
import { readInteger, wrongValue } from '../check.ts'
import { Total } from '../kernels/js/total.ts'
import { fineBin, fineBins } from './fine-bins.ts'
import {
  checkSum,
  decodeNumbers,
  decodeParts,
  decodeTotal,
  encodeNumbers,
  encodeTotal,
  type Fields,
  type Mass,
  readCount,
  readFields,
  readList,
  readShare,
} from './saved.ts'
import { sortTogether } from './sorted.ts'

/** Rows whose confidence is kept; beyond, they are counted in fine bins: 256 in each of 16 octaves on either side of ½. */
export const KEPT_CONFIDENCES = 2 ** 17
const OCTAVES = 16
const PRECISION = 8

/** Rows of about the same confidence. */
export interface Group {
  rows: number
  /** What they weigh; their number without weights. */
  count: number
  /** What the right ones weigh. */
  correct: number
  /** Their confidences added up, each times its weight. */
  confidence: number
  /** The least and the largest confidence; where they are equal, nothing is uncertain. */
  lower: number
  upper: number
}

class Bin {
  rows = 0
  count = 0
  correct = 0
  readonly confidence = new Total()
  lower = 1
  upper = 0

  add(confidence: number, correct: boolean, weight: number): void {
    this.rows++
    this.count += weight
    if (correct) this.correct += weight
    this.confidence.add(weight * confidence)
    this.lower = Math.min(this.lower, confidence)
    this.upper = Math.max(this.upper, confidence)
  }

  merge(other: Bin): void {
    this.rows += other.rows
    this.count += other.count
    this.correct += other.correct
    this.confidence.merge(other.confidence)
    this.lower = Math.min(this.lower, other.lower)
    this.upper = Math.max(this.upper, other.upper)
  }
}

export class Ranking {
  #rows = 0
  /** Confidences, those of wrong rows negative, while they are few. */
  #kept: Float64Array | undefined = new Float64Array(0)
  /** Their weights, where rows have weights. */
  #weights: Float64Array | undefined
  #bins: (Bin | undefined)[] = []

  constructor(weighted: boolean) {
    this.#weights = weighted ? new Float64Array(0) : undefined
  }

  get exact(): boolean {
    return this.#kept !== undefined
  }

  add(confidence: number, correct: boolean, weight: number): void {
    if (this.#keeps(1)) this.#keep(correct ? confidence : -confidence, weight)
    else {
      this.#spill()
      this.#rows++
      this.#binAt(fineBin(confidence, OCTAVES, PRECISION)).add(confidence, correct, weight)
    }
  }

  merge(other: Ranking): void {
    const { length } = other
    if (other.#kept && this.#keeps(length)) {
      for (let i = 0; i < length; i++) this.#keep(other.#kept[i], other.#weightOf(i))
      return
    }
    this.#spill()
    if (other.#kept) {
      for (let i = 0; i < length; i++) this.add(Math.abs(other.#kept[i]), other.#kept[i] > 0, other.#weightOf(i))
    } else {
      this.#rows += length
      for (const [b, bin] of other.#bins.entries()) if (bin) this.#binAt(b).merge(bin)
    }
  }

  get length(): number {
    return this.#rows
  }

  /** The groups by growing confidence; exact ones hold rows of one confidence. */
  groups(): Group[] {
    return this.#kept
      ? groupsOf(this.#kept.subarray(0, this.#rows), this.#weights?.slice(0, this.#rows))
      : this.#bins.flatMap((bin) => (bin ? [grouped(bin)] : []))
  }

  toJSON(): Fields {
    if (this.#kept) {
      const first = (numbers: Float64Array) => encodeNumbers(numbers.subarray(0, this.#rows))
      return { kept: first(this.#kept), ...(this.#weights && { weights: first(this.#weights) }) }
    }
    const bins = this.#bins.flatMap((bin, b) => {
      if (!bin) return []
      const { rows, count, correct, confidence, lower, upper } = bin
      return [[b, count, correct, ...encodeTotal(confidence), lower, upper, ...(this.#weights ? [rows] : [])]]
    })
    return { bins }
  }

  restore(where: string, saved: unknown, mass: Mass): void {
    const name = 'ranking'
    const { kept, weights, bins } = readFields(where, name, saved)
    const { rows, total, weighted } = mass
    this.#rows = rows
    if (kept !== undefined) {
      if (rows > KEPT_CONFIDENCES) throw wrongValue(where, name, 'counts for so many rows', 'confidences')
      this.#kept = new Float64Array(rows)
      decodeNumbers(where, `${name}.kept`, kept, this.#kept)
      if (!weighted) return
      this.#weights = new Float64Array(rows)
      decodeParts(where, `${name}.weights`, weights, this.#weights, mass)
      return
    }
    this.#kept = undefined
    const list = readList(where, `${name}.bins`, bins)
    for (const saved of list) {
      const [b, count, correct, sum, low, lower, upper, own] = readList(where, `${name}.bins`, saved, weighted ? 8 : 7)
      const bin = this.#binAt(readInteger(where, `${name}.bins`, b, undefined, 0, fineBins(OCTAVES, PRECISION) - 1))
      bin.rows = readInteger(where, `${name}.bins`, weighted ? own : count, undefined, 1, rows)
      bin.count = readCount(where, `${name}.bins`, count, total, weighted)
      bin.correct = readCount(where, `${name}.bins`, correct, bin.count, weighted)
      decodeTotal(where, `${name}.bins`, bin.confidence, [sum, low])
      bin.lower = readShare(where, `${name}.bins`, lower)
      bin.upper = readShare(where, `${name}.bins`, upper, bin.lower)
    }
    const held = this.#bins.filter((bin) => bin !== undefined)
    const counts = (of: 'rows' | 'count') => held.map((bin) => bin[of])
    checkSum(where, `${name}.bins`, counts('count'), mass)
    if (weighted) checkSum(where, `${name}.bins`, counts('rows'), { rows, total: rows, weighted: false })
  }

  #binAt(b: number): Bin {
    this.#bins[b] ??= new Bin()
    return this.#bins[b]
  }

  #keeps(rows: number): boolean {
    return this.#kept !== undefined && this.#rows + rows <= KEPT_CONFIDENCES
  }

  #keep(signed: number, weight: number): void {
    let kept = this.#kept as Float64Array
    if (this.#rows === kept.length) {
      this.#kept = kept = enlarged(kept)
      if (this.#weights) this.#weights = enlarged(this.#weights)
    }
    if (this.#weights) this.#weights[this.#rows] = weight
    kept[this.#rows++] = signed
  }

  #weightOf(row: number): number {
    return this.#weights ? this.#weights[row] : 1
  }

  /** From keeping to counting. */
  #spill(): void {
    const kept = this.#kept
    if (!kept) return
    this.#kept = undefined
    this.#bins = new Array(fineBins(OCTAVES, PRECISION)).fill(undefined)
    for (let i = 0; i < this.#rows; i++) {
      const confidence = Math.abs(kept[i])
      this.#binAt(fineBin(confidence, OCTAVES, PRECISION)).add(confidence, kept[i] > 0, this.#weightOf(i))
    }
    if (this.#weights) this.#weights = new Float64Array(0)
  }
}

function enlarged(kept: Float64Array): Float64Array {
  const larger = new Float64Array(Math.min(KEPT_CONFIDENCES, Math.max(64, 2 * kept.length)))
  larger.set(kept)
  return larger
}

function grouped({ rows, count, correct, confidence, lower, upper }: Bin): Group {
  return { rows, count, correct, confidence: confidence.value, lower, upper }
}

function groupsOf(signed: Float64Array, weights: Float64Array | undefined): Group[] {
  if (weights) return weightedGroups(signed.slice(), weights)
  const confidences = signed.map(Math.abs).sort()
  const right = signed.filter((value) => value > 0).sort()
  const groups: Group[] = []
  let r = 0
  for (let i = 0; i < confidences.length; ) {
    const value = confidences[i]
    const start = i
    while (i < confidences.length && confidences[i] === value) i++
    const firstRight = r
    while (r < right.length && right[r] === value) r++
    const count = i - start
    groups.push({ rows: count, count, correct: r - firstRight, confidence: count * value, lower: value, upper: value })
  }
  return groups
}

/** The same of rows with weights; both arrays are used up. */
function weightedGroups(signed: Float64Array, weights: Float64Array): Group[] {
  // the weight of a wrong row carries its sign while they are sorted
  for (let i = 0; i < signed.length; i++) {
    if (signed[i] > 0) continue
    signed[i] = -signed[i]
    weights[i] = -weights[i]
  }
  sortTogether(signed, weights)
  const groups: Group[] = []
  for (let i = 0; i < signed.length; ) {
    const value = signed[i]
    const group: Group = { rows: 0, count: 0, correct: 0, confidence: 0, lower: value, upper: value }
    for (; i < signed.length && signed[i] === value; i++) {
      group.rows++
      group.count += Math.abs(weights[i])
      if (weights[i] > 0) group.correct += weights[i]
    }
    group.confidence = group.count * value
    groups.push(group)
  }
  return groups
}
