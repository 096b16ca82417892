/** Numbers of a saved state: written short, and checked when they come back. */
import { decodeNumber, encodeNumber, readInteger, readNumber, show, wrongKind, wrongValue } from '../check.ts'
import type { Total } from '../kernels/js/total.ts'

export type Fields = Record<string, unknown>

/** Numbers as JSON holds them: each run of zeros is a 0 and its length. */
export function encodeNumbers(values: ArrayLike<number>): (number | string)[] {
  const saved: (number | string)[] = []
  for (let i = 0; i < values.length; i++) {
    saved.push(encodeNumber(values[i]))
    if (values[i] !== 0) continue
    const start = i
    while (i + 1 < values.length && values[i + 1] === 0) i++
    saved.push(i + 1 - start)
  }
  return saved
}

/** Fills `values` with what `encodeNumbers` made of as many. */
export function decodeNumbers(where: string, name: string, saved: unknown, values: Float64Array): void {
  const given = readList(where, name, saved)
  let at = 0
  for (let i = 0; i < given.length; i++) {
    const value = decodeNumber(where, name, given[i])
    if (Number.isNaN(value)) throw wrongValue(where, name, 'numbers', 'NaN')
    if (value !== 0) values[at++] = value
    else at += readInteger(where, name, given[++i], undefined, 1, values.length - at)
    if (at > values.length) break
  }
  if (at !== values.length) {
    throw wrongValue(where, name, `${values.length} numbers`, at > values.length ? 'more' : String(at))
  }
}

/** What rows count for, and what that adds up to: each for one, or for its weight. */
export interface Mass {
  readonly rows: number
  readonly total: number
  readonly weighted: boolean
}

/** Sums of weights may miss each other by this much, relatively. */
const SLACK = 1e-6

/** A number of rows up to `most`, or a sum of weights. */
export function readCount(where: string, name: string, value: unknown, most: number, weighted: boolean): number {
  if (!weighted) return readInteger(where, name, value, undefined, 0, most)
  return readNumber(where, name, value ?? null, 0, 0, Math.min(Number.MAX_VALUE, most * (1 + SLACK)))
}

/** Fills `counts`, each of up to `most`. */
export function decodeCounts(
  where: string,
  name: string,
  saved: unknown,
  counts: Float64Array,
  most: number,
  weighted: boolean,
): void {
  decodeNumbers(where, name, saved, counts)
  for (const count of counts) readCount(where, name, count, most, weighted)
}

/** Fills `counts`, which add up to the rows' mass. */
export function decodeParts(where: string, name: string, saved: unknown, counts: Float64Array, mass: Mass): void {
  decodeCounts(where, name, saved, counts, mass.total, mass.weighted)
  checkSum(where, name, counts, mass)
}

export function checkSum(where: string, name: string, counts: ArrayLike<number>, { total, weighted }: Mass): void {
  let sum = 0
  for (let i = 0; i < counts.length; i++) sum += counts[i]
  if (Math.abs(sum - total) <= (weighted ? SLACK * total : 0)) return
  const expected = weighted ? `${total} in all, as "weight" says` : `${total} rows in all, as "rows" says`
  throw wrongValue(where, name, expected, String(sum))
}

export function encodeTotal({ sum, low }: Total): (number | string)[] {
  return [encodeNumber(sum), encodeNumber(low)]
}

export function decodeTotal(where: string, name: string, total: Total, saved: unknown): void {
  const [sum, low] = readList(where, name, saved, 2)
  total.sum = decodeNumber(where, name, sum)
  if (Number.isNaN(total.sum)) throw wrongValue(where, name, 'a sum', 'NaN')
  total.low = decodeNumber(where, name, low)
}

export function readList(where: string, name: string, value: unknown, length?: number): unknown[] {
  if (Array.isArray(value) && (length === undefined || value.length === length)) return value
  throw wrongKind(where, name, length === undefined ? 'an array' : `an array of ${length}`, show(value))
}

export function readFields(where: string, name: string, value: unknown): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields
  throw wrongKind(where, name, 'an object', show(value))
}

/** A probability. */
export function readShare(where: string, name: string, value: unknown, least = 0): number {
  return readNumber(where, name, value ?? null, 0, least, 1)
}
