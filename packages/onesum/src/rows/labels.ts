/** Class indices, one per row, from any array of whole numbers. */
import { show, wrongKind, wrongValue } from '../check.ts'
import { unwrap } from './open.ts'

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
  const { array, tensor, shape } = unwrap(where, name, value)
  if (array instanceof Int32Array) return { array, whole: true, shape }
  const floats = array instanceof Float32Array || array instanceof Float64Array || isFloat16(array, tensor?.type)
  const whole = ArrayBuffer.isView(array) && !floats && !(array instanceof DataView)
  if (!(whole || floats || Array.isArray(array))) {
    throw wrongKind(where, name, 'an array of class indices', show(value))
  }
  return { array: array as ArrayLike<number | bigint>, whole, shape }
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
  const remedy = typeof label === 'string' ? 'map class names to their indices first' : undefined
  return wrongKind(where, name, expected, got, remedy)
}

/** Whether an array holds float16: its class says so, or the type of its tensor. */
function isFloat16(array: unknown, type: string | undefined): boolean {
  return ArrayBuffer.isView(array) && (type === 'float16' || array.constructor.name === 'Float16Array')
}
