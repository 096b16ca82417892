/** What a kernel wrote goes back into the kind that came in: one entry for each entry, or one for each row. */
import { fromHalf } from './float16.ts'
import { keptShape, sizeOf } from './layout.ts'
import { type Elements, type TensorKey, typeOf } from './open.ts'
import { closeOutput, type Output, openOutput, wrap } from './output.ts'
import type { Opened } from './rows.ts'

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
  const { layout, operands } = call
  const { order } = layout
  const output = openOut(call, operands[0].elements.length, layout.shape)
  return order ? new GatheredResults(call, output, order) : new SizedResults(call, output, layout.shape)
}

/** A result of a shape of its own. */
export function sizedResults(call: Opened, shape: readonly number[]): Results {
  return new SizedResults(call, openOut(call, sizeOf(shape), shape), shape)
}

/** A result of one number per row: a plain number where one row came in without a shape. */
export function rowResults(call: Opened): Results {
  return call.single ? new SingleResult(openOut(call, 1, [])) : sizedResults(call, reducedShape(call))
}

/** One index per row: a plain number where one row came in without a shape. */
export function indexResults(call: Opened): IndexResults {
  const results = indexedResults(call, reducedShape(call))
  return call.single ? { elements: results.elements, close: () => results.elements[0] } : results
}

/** Indices in an Int32Array of a shape of its own. */
export function indexedResults(call: Opened, shape: readonly number[]): IndexResults {
  const elements = new Int32Array(sizeOf(shape))
  return { elements, close: () => wrap(elements, call.operands[0].tensor, shape, 'int32') }
}

class SizedResults implements Results {
  readonly elements: Elements
  readonly #output: Output
  readonly #tensor: TensorKey | undefined
  readonly #shape: readonly number[]

  constructor(call: Opened, output: Output, shape: readonly number[]) {
    this.elements = output.elements
    this.#output = output
    this.#tensor = call.operands[0].tensor
    this.#shape = shape
  }

  close(): object {
    return closeOutput(this.#output, this.#tensor, this.#shape)
  }
}

/** Gathered rows are written apart, then scattered to where they came from. */
class GatheredResults implements Results {
  readonly elements: Elements
  readonly #sized: SizedResults
  readonly #order: Int32Array

  constructor(call: Opened, output: Output, order: Int32Array) {
    this.elements = output.elements.slice()
    this.#sized = new SizedResults(call, output, call.layout.shape)
    this.#order = order
  }

  close(): object {
    const order = this.#order
    const { elements } = this.#sized
    for (let i = 0; i < order.length; i++) elements[order[i]] = this.elements[i]
    return this.#sized.close()
  }
}

class SingleResult implements Results {
  readonly elements: Elements
  readonly #half: boolean

  constructor(output: Output) {
    this.elements = output.elements
    this.#half = typeOf(output.form) === 'float16'
  }

  close(): number {
    return this.#half ? fromHalf(this.elements[0]) : this.elements[0]
  }
}

/** The shape of one number per row. */
export function reducedShape({ layout, keepDims }: Opened): number[] {
  return keptShape(layout.shape, layout.axes, keepDims)
}

function openOut(call: Opened, length: number, shape: readonly number[]): Output {
  const { where, operands, dtype, out } = call
  return openOutput(where, operands[0], operands, length, shape, dtype, out)
}
