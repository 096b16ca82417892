/** What a kernel wrote goes back into the kind that came in: one entry for each entry, or one for each row. */
import { readFlag } from '../check.ts'
import { fromHalf } from './float16.ts'
import { keptShape, sizeOf } from './layout.ts'
import { type Elements, typeOf } from './open.ts'
import { closeOutput, type Output, openOutput, wrap } from './output.ts'
import { isSingle, type Opened } from './rows.ts'

/** Where a kernel writes, and how that becomes what the caller gets. */
export interface Results {
  readonly elements: Elements
  close(): unknown
}

/** Where a kernel writes indices. */
export interface IndexResults {
  readonly elements: Int32Array
  close(): unknown
}

/** A result of the shape of the first argument. */
export function entryResults(call: Opened): Results {
  const { shape, order } = call.layout
  const output = openOut(call, sizeOf(shape))
  const { tensor } = call.operands[0]
  // gathered rows are written apart, then scattered to where they came from
  const elements = order ? output.elements.slice() : output.elements
  return {
    elements,
    close() {
      if (order) for (let i = 0; i < order.length; i++) output.elements[order[i]] = elements[i]
      return closeOutput(output, tensor, shape)
    },
  }
}

/** A result of a shape of its own. */
export function sizedResults(call: Opened, shape: readonly number[]): Results {
  const output = openOut(call, sizeOf(shape))
  return { elements: output.elements, close: () => closeOutput(output, call.operands[0].tensor, shape) }
}

/** A result of one number per row: a plain number where one row came in without a shape. */
export function rowResults(call: Opened): Results {
  const output = openOut(call, call.rows.count)
  const shape = reducedShape(call)
  const { elements } = output
  const half = typeOf(output.form) === 'float16'
  return {
    elements,
    close() {
      if (isSingle(call)) return half ? fromHalf(elements[0]) : elements[0]
      return closeOutput(output, call.operands[0].tensor, shape)
    },
  }
}

/** One index per row: a plain number where one row came in without a shape. */
export function indexResults(call: Opened): IndexResults {
  const results = indexedResults(call, reducedShape(call))
  return isSingle(call) ? { elements: results.elements, close: () => results.elements[0] } : results
}

/** Indices in an Int32Array of a shape of its own. */
export function indexedResults(call: Opened, shape: readonly number[]): IndexResults {
  const elements = new Int32Array(sizeOf(shape))
  return { elements, close: () => wrap(elements, call.operands[0].tensor, shape, 'int32') }
}

/** The shape of one number per row. */
export function reducedShape({ where, layout, options }: Opened): number[] {
  return keptShape(layout.shape, layout.axes, readFlag(where, 'keepDims', options.keepDims))
}

function openOut(call: Opened, length: number): Output {
  const { where, operands, options } = call
  return openOutput(where, operands[0], operands, length, options.dtype, options.out)
}
