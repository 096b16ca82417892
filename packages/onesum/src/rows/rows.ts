/**
 * The one place where arguments become rows.
 *
 * `openRows` checks every argument of a function over rows once. The kernel then meets nothing but elements, counts and
 * strides; what it writes goes back into the kind that came in (`results.ts`).
 */
import { readFlag, readNumber, readOptions, show, wrongKind, wrongValue } from '../check.ts'
import { type Layout, layoutOf, sameShape } from './layout.ts'
import { readMask } from './mask.ts'
import { type Elements, type Operand, openNumbers, shapeOf, toFloat64, typeOf } from './open.ts'
import type { Dtype, MapOptions, ReduceOptions } from './types.ts'

/** The names of options, by what a function does. */
export const ROW_OPTIONS = ['shape', 'axis', 'dtype', 'out'] as const
export const SELECT_OPTIONS = [...ROW_OPTIONS, 'mask'] as const
export const TEMPERED_OPTIONS = [...SELECT_OPTIONS, 'temperature'] as const
export const MAP_OPTIONS = [...TEMPERED_OPTIONS, 'reproducible'] as const
export const REDUCE_OPTIONS = [...SELECT_OPTIONS, 'keepDims'] as const

/** What a function over rows is, as far as its arguments go. */
export interface Signature {
  readonly name: string
  /** Names of the arguments with one number per entry; the first decides shape and kind. */
  readonly operands: readonly string[]
  /** Name of a last argument with one number per row, which may be a single number. */
  readonly perRow?: string
  readonly options: readonly string[]
  /** Several axes may be reduced at once. */
  readonly manyAxes?: boolean
}

/** What a kernel meets: rows of one layout in each of its inputs. */
export interface Rows {
  /** The function that was called, for errors. */
  readonly where: string
  /** The arguments' own numbers; entry j of row (o, i) stands at (o · length + j) · inner + i. */
  readonly inputs: readonly Elements[]
  /** One number per row, in the order o · inner + i. */
  readonly perRow: Float64Array | undefined
  /** Number of rows, outer · inner. */
  readonly count: number
  readonly outer: number
  readonly length: number
  readonly inner: number
  /** One byte per entry: 0 leaves it out. */
  readonly mask: Uint8Array | undefined
  readonly temperature: number
  /** The same bits on every engine and machine. */
  readonly reproducible: boolean
  /** What a loss holds the rows against: set once, before a kernel meets them. */
  target?: Target | undefined
}

/** What a row is held against: class indices, or a distribution per row in the layout of the logits. */
export interface Target {
  /** One class index per row, IGNORED where the row is left out. */
  readonly labels: Int32Array | undefined
  readonly distribution: Elements | undefined
  /** One factor per class. */
  readonly weight: Float64Array | undefined
  /** The part of each row's mass that is spread evenly over the classes. */
  readonly smoothing: number
}

/** Rows with a target. */
export interface TargetRows extends Rows {
  target: Target
}

/** The arguments of one call, opened. */
export interface Opened {
  readonly where: string
  readonly options: MapOptions & ReduceOptions
  readonly operands: readonly Operand[]
  readonly layout: Layout
  readonly rows: Rows
  readonly dtype: Dtype | undefined
  /** The caller's place for the output. */
  readonly out: unknown
  /** Whether a reduced axis stays in the shape of a tensor. */
  readonly keepDims: boolean
  /** Whether a reduction gives a plain number: one row came in as an array without a shape. */
  readonly single: boolean
}

/** Options that rows have, as they were given. */
interface RowSettings {
  readonly shape: unknown
  readonly axis: unknown
  readonly dtype: Dtype | undefined
  readonly out: unknown
  readonly mask: unknown
  readonly temperature: unknown
  readonly reproducible: unknown
  readonly keepDims: unknown
}

/**
 * Each looked up once, in an object of one form for all calls: callers' own have many forms, and engines are slow to find
 * what they have and slower to find what they have not.
 */
function settingsOf(options: MapOptions & ReduceOptions): RowSettings {
  const { shape, axis, dtype, out, mask, temperature, reproducible, keepDims } = options
  return { shape, axis, dtype, out, mask, temperature, reproducible, keepDims }
}

const NO_SETTINGS = /* @__PURE__ */ settingsOf({})

/** Checks arguments and options against the signature, and lays the rows out. */
export function openRows(signature: Signature, args: readonly unknown[], given: object | undefined): Opened {
  const where = signature.name
  const options = readOptions(where, given, signature.options) as MapOptions & ReduceOptions
  const settings = given === undefined ? NO_SETTINGS : settingsOf(options)
  const { axis, dtype, out } = settings
  checkDtype(where, dtype)
  const operands = openOperands(signature, args, dtype)
  const first = operands[0]
  const shape = shapeOf(where, first, settings.shape)
  for (let k = 1; k < operands.length; k++) checkAlike(where, signature.operands[k], operands[k], shape, first)
  const layout = layoutOf(where, shape, axis, signature.manyAxes === true)
  const { outer, length, inner, order } = layout
  const count = outer * inner
  const inputs = new Array<Elements>(operands.length)
  for (let k = 0; k < inputs.length; k++) {
    const { elements } = operands[k]
    inputs[k] = order ? gathered(elements, order) : elements
  }
  const mask = readMask(where, settings.mask, shape)
  const rows: Rows = {
    where,
    inputs,
    perRow: signature.perRow ? openPerRow(where, signature.perRow, args[operands.length], count, first) : undefined,
    count,
    outer,
    length,
    inner,
    mask: mask && order ? gathered(mask, order) : mask,
    temperature: readNumber(where, 'temperature', settings.temperature, 1, 0, Infinity),
    reproducible: readFlag(where, 'reproducible', settings.reproducible),
    target: undefined,
  }
  const keepDims = readFlag(where, 'keepDims', settings.keepDims)
  const everyEntry = Array.isArray(axis) && axis.length === 0
  const single = settings.shape === undefined && out === undefined && !first.tensor && !everyEntry
  return { where, options, operands, layout, rows, dtype, out, keepDims, single }
}

function checkDtype(where: string, dtype: unknown): void {
  if (dtype === undefined || dtype === 'float32' || dtype === 'float64' || dtype === 'float16') return
  const expected = "'float16', 'float32' or 'float64'"
  throw typeof dtype === 'string'
    ? wrongValue(where, 'dtype', expected, show(dtype))
    : wrongKind(where, 'dtype', expected, show(dtype))
}

function openOperands(signature: Signature, args: readonly unknown[], dtype: Dtype | undefined): Operand[] {
  const operands = new Array<Operand>(signature.operands.length)
  for (let k = 0; k < operands.length; k++) {
    operands[k] = openNumbers(signature.name, signature.operands[k], args[k], isHalf(dtype, operands[0]))
  }
  return operands
}

/** Whether a Uint16Array can be taken for float16 bits: `dtype` says so, or the first argument is float16. */
function isHalf(dtype: Dtype | undefined, first: Operand | undefined): boolean {
  return dtype !== undefined || (first !== undefined && typeOf(first.form) === 'float16')
}

function checkAlike(where: string, name: string, operand: Operand, shape: readonly number[], first: Operand): void {
  const length = first.elements.length
  if (operand.elements.length !== length) {
    throw wrongValue(where, name, `${length} entries, as many as the first argument`, String(operand.elements.length))
  }
  const own = operand.shape
  if (own && !sameShape(own, shape)) {
    throw wrongValue(where, name, `the shape of the first argument, [${shape}]`, `[${own}]`)
  }
}

function openPerRow(where: string, name: string, value: unknown, count: number, first: Operand): Float64Array {
  if (typeof value === 'number') return new Float64Array(count).fill(value)
  const { elements } = openNumbers(where, name, value, isHalf(undefined, first))
  if (elements.length !== count) {
    throw wrongValue(where, name, `a number, or ${count} entries, one per row`, `${elements.length} entries`)
  }
  return toFloat64(elements)
}

function gathered<T extends Elements | Uint8Array>(elements: T, order: Int32Array): T {
  const copy = elements.slice() as T
  for (let i = 0; i < order.length; i++) copy[i] = elements[order[i]]
  return copy
}
