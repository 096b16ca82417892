/** Weights of rows and of classes, for what takes means over rows. */
import { wrongValue } from '../check.ts'
import { openNumbers, toFloat64 } from './open.ts'

/** Numbers >= 0, one for each row or class; undefined where they are left out. Errors count rows from `firstRow`. */
export function readFactors(
  where: string,
  name: string,
  value: unknown,
  length: number,
  each: 'row' | 'class',
  firstRow = 0,
): Float64Array | undefined {
  if (value === undefined) return undefined
  const factors = toFloat64(openNumbers(where, name, value, false).elements)
  if (factors.length !== length) {
    throw wrongValue(where, name, `${length} numbers, one per ${each}`, String(factors.length))
  }
  const bad = factors.findIndex((factor) => !(factor >= 0 && factor < Infinity))
  if (bad < 0) return factors
  const place = each === 'row' ? `in row ${firstRow + bad}` : `for class ${bad}`
  throw wrongValue(where, name, 'finite numbers >= 0', `${factors[bad]} ${place}`)
}

/** What weights may add up to: their squares, and products of their sums, stay finite and do not vanish. */
const MOST = 1e150
const LEAST = 1e-150

/** The option `sampleWeight`: how much each row counts; undefined where all count the same. */
export function readSampleWeight(where: string, value: unknown, rows: number, firstRow = 0): Float64Array | undefined {
  const name = 'sampleWeight'
  const weights = readFactors(where, name, value, rows, 'row', firstRow)
  const total = weights?.reduce((sum, weight) => sum + weight, 0) ?? 0
  checkTotal(where, name, total, LEAST, MOST)
  return weights
}

/** Refuses weights whose sum, if it is not 0, is so small or so large that sums over rows would lose it. */
export function checkTotal(where: string, name: string, total: number, least: number, most: number): void {
  if (total === 0 || (total >= least && total <= most)) return
  throw wrongValue(where, name, `a sum of weights from ${least} to ${most}`, String(total), 'divide them by their mean')
}
