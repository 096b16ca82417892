/** Class indices, one per row, from any array of whole numbers. */
import { show, wrongKind, wrongValue } from '../check.ts'
import { decodeFloat16 } from './float16.ts'
import { className, unwrap } from './open.ts'

/** Stands for a row that is left out. */
export const IGNORED = -1

/** An array that may hold class indices, or a distribution per row. */
export interface TargetArray {
  readonly array: ArrayLike<number | bigint>
  /** Typed arrays of whole numbers are always class indices. */
  readonly whole: boolean
  readonly shape: readonly number[] | undefined
}

/** Opens labels or targets: arrays of numbers, typed arrays, tensors. */
export function openTarget(where: string, name: string, value: unknown): TargetArray {
  const { array, tensor, shape } = unwrap(where, name, value, 'an array of class indices')
  if (array instanceof Int32Array) return { array, whole: true, shape }
  const kind = className(array)
  if (!Array.isArray(array) && (kind === undefined || kind === 'DataView')) {
    throw wrongKind(where, name, 'an array of class indices', show(value))
  }
  const half = kind === 'Uint16Array' && tensor?.type === 'float16'
  const numbers = array as ArrayLike<number>
  const whole = kind !== undefined && !half && !kind.startsWith('Float')
  return { array: half ? decodeFloat16(numbers) : numbers, whole, shape }
}

/**
 * Checks class indices against the number of classes; rows that carry `ignoreIndex` become IGNORED. Errors count rows
 * from `firstRow`.
 */
export function readLabels(
  where: string,
  name: string,
  array: ArrayLike<number | bigint>,
  classes: number,
  ignoreIndex: number | undefined,
  firstRow = 0,
): Int32Array {
  const labels = new Int32Array(array.length)
  for (let row = 0; row < labels.length; row++) {
    const label = array[row]
    const index = typeof label === 'bigint' ? Number(label) : label
    if (index === ignoreIndex && index !== undefined) labels[row] = IGNORED
    else if (index >= 0 && index < classes && Number.isInteger(index)) labels[row] = index
    else throw badLabel(where, name, label, firstRow + row, classes, ignoreIndex)
  }
  return labels
}

function badLabel(
  where: string,
  name: string,
  label: unknown,
  row: number,
  classes: number,
  ignoreIndex: number | undefined,
): Error {
  const ignored = ignoreIndex === undefined ? '' : `, or ignoreIndex ${ignoreIndex}`
  const expected =
    classes === 0 ? 'no rows, as there are no classes' : `class indices from 0 to ${classes - 1}${ignored}`
  const got = `${show(label)} in row ${row}`
  if (typeof label === 'number' || typeof label === 'bigint') return wrongValue(where, name, expected, got)
  if (typeof label === 'string') return wrongKind(where, name, expected, got, 'map class names to their indices first')
  const nested = typeof label === 'object' && label !== null
  return wrongKind(where, name, expected, got, nested ? 'flatten nested arrays with .flat()' : undefined)
}
