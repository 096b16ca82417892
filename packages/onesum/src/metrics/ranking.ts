/** Rows by confidence, right or wrong: what order statistics are made of. */
import { readInteger, wrongValue } from '../check.ts'
import { Total } from '../kernels/js/total.ts'
import { fineBin, fineBins } from './fine-bins.ts'
import {
  decodeNumbers,
  decodeTotal,
  encodeNumbers,
  encodeTotal,
  type Fields,
  readFields,
  readList,
  readShare,
} from './saved.ts'

/** Rows whose confidence is kept; beyond, they are counted in fine bins: 256 in each of 16 octaves on either side of ½. */
export const KEPT_CONFIDENCES = 2 ** 17
const OCTAVES = 16
const PRECISION = 8

/** Rows of about the same confidence. */
export interface Group {
  count: number
  correct: number
  /** Their confidences added up. */
  confidence: number
  /** The least and the largest confidence; where they are equal, nothing is uncertain. */
  lower: number
  upper: number
}

class Bin {
  count = 0
  correct = 0
  readonly confidence = new Total()
  lower = 1
  upper = 0

  add(confidence: number, correct: boolean): void {
    this.count++
    if (correct) this.correct++
    this.confidence.add(confidence)
    this.lower = Math.min(this.lower, confidence)
    this.upper = Math.max(this.upper, confidence)
  }

  merge(other: Bin): void {
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
  #bins: (Bin | undefined)[] = []

  get exact(): boolean {
    return this.#kept !== undefined
  }

  add(confidence: number, correct: boolean): void {
    if (this.#keeps(1)) this.#keep(correct ? confidence : -confidence)
    else {
      this.#spill()
      this.#rows++
      this.#binAt(fineBin(confidence, OCTAVES, PRECISION)).add(confidence, correct)
    }
  }

  merge(other: Ranking): void {
    const { length } = other
    if (other.#kept && this.#keeps(length)) {
      for (let i = 0; i < length; i++) this.#keep(other.#kept[i])
      return
    }
    this.#spill()
    if (other.#kept) for (let i = 0; i < length; i++) this.add(Math.abs(other.#kept[i]), other.#kept[i] > 0)
    else {
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
      ? groupsOf(this.#kept.subarray(0, this.#rows))
      : this.#bins.flatMap((bin) => (bin ? [grouped(bin)] : []))
  }

  toJSON(): Fields {
    if (this.#kept) return { kept: encodeNumbers(this.#kept.subarray(0, this.#rows)) }
    const bins = this.#bins.flatMap((bin, b) =>
      bin ? [[b, bin.count, bin.correct, ...encodeTotal(bin.confidence), bin.lower, bin.upper]] : [],
    )
    return { bins }
  }

  restore(where: string, saved: unknown, rows: number): void {
    const name = 'ranking'
    const { kept, bins } = readFields(where, name, saved)
    this.#rows = rows
    if (kept !== undefined) {
      if (rows > KEPT_CONFIDENCES) throw wrongValue(where, name, 'counts for so many rows', 'confidences')
      this.#kept = new Float64Array(rows)
      decodeNumbers(where, `${name}.kept`, kept, this.#kept)
      return
    }
    this.#kept = undefined
    let counted = 0
    for (const saved of readList(where, `${name}.bins`, bins)) {
      const [b, count, correct, sum, low, lower, upper] = readList(where, `${name}.bins`, saved, 7)
      const bin = this.#binAt(readInteger(where, `${name}.bins`, b, undefined, 0, fineBins(OCTAVES, PRECISION) - 1))
      bin.count = readInteger(where, `${name}.bins`, count, undefined, 1, rows)
      bin.correct = readInteger(where, `${name}.bins`, correct, undefined, 0, bin.count)
      decodeTotal(where, `${name}.bins`, bin.confidence, [sum, low])
      bin.lower = readShare(where, `${name}.bins`, lower)
      bin.upper = readShare(where, `${name}.bins`, upper, bin.lower)
      counted += bin.count
    }
    if (counted !== rows) throw wrongValue(where, `${name}.bins`, `${rows} rows in all, as "rows" says`, `${counted}`)
  }

  #binAt(b: number): Bin {
    this.#bins[b] ??= new Bin()
    return this.#bins[b]
  }

  #keeps(rows: number): boolean {
    return this.#kept !== undefined && this.#rows + rows <= KEPT_CONFIDENCES
  }

  #keep(signed: number): void {
    let kept = this.#kept as Float64Array
    if (this.#rows === kept.length) {
      const larger = new Float64Array(Math.min(KEPT_CONFIDENCES, Math.max(64, 2 * kept.length)))
      larger.set(kept)
      this.#kept = kept = larger
    }
    kept[this.#rows++] = signed
  }

  /** From keeping to counting. */
  #spill(): void {
    const kept = this.#kept
    if (!kept) return
    this.#kept = undefined
    this.#bins = new Array(fineBins(OCTAVES, PRECISION)).fill(undefined)
    for (let i = 0; i < this.#rows; i++) {
      const confidence = Math.abs(kept[i])
      this.#binAt(fineBin(confidence, OCTAVES, PRECISION)).add(confidence, kept[i] > 0)
    }
  }
}

function grouped({ count, correct, confidence, lower, upper }: Bin): Group {
  return { count, correct, confidence: confidence.value, lower, upper }
}

function groupsOf(signed: Float64Array): Group[] {
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
    groups.push({ count, correct: r - firstRight, confidence: count * value, lower: value, upper: value })
  }
  return groups
}
