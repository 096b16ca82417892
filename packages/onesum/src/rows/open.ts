/** An argument that holds numbers becomes elements: plain and typed arrays, and the tensors of other libraries. */
import { show, wrongKind, wrongValue } from '../check.ts'
import { fromHalf } from './float16.ts'
import { readShape, sameShape, sizeOf } from './layout.ts'
import type { Dtype } from './types.ts'

/** What kernels read and write; a Uint16Array holds float16 bits, a `number[]` is float64. */
export type Elements = Float32Array | Float64Array | Uint16Array | number[]

/** The kinds of array that come in and go out. */
export type Form = 'number[]' | 'Float32Array' | 'Float64Array' | 'Float16Array' | 'Uint16Array'

/** How a tensor calls its dimensions, and its element type where it names one. */
export interface TensorKey {
  readonly key: 'dims' | 'shape'
  readonly type: string | undefined
}

/** An argument, opened. */
export interface Operand {
  readonly elements: Elements
  readonly form: Form
  /** The array itself, before any view or copy: `out` is compared with it. */
  readonly array: object
  readonly tensor: TensorKey | undefined
  /** A tensor's own shape. */
  readonly shape: readonly number[] | undefined
}

const EXPECTED = 'number[], Float32Array, Float64Array, Float16Array, a Uint16Array of float16 bits or a tensor'

const float16Array = (globalThis as { Float16Array?: new (length: number) => ArrayBufferView }).Float16Array

/** Opens an argument that holds numbers; the elements are the input's own. */
export function openNumbers(where: string, name: string, value: unknown, half: boolean): Operand {
  const { array, tensor, shape } = unwrap(where, name, value)
  const form = formOf(where, name, array, half || tensor?.type === 'float16', tensor !== undefined)
  if ((array as ArrayLike<number>).length === 0) checkAttached(where, name, array)
  const elements = elementsOf(where, name, array, form)
  if (shape) checkSize(where, name, shape, elements.length)
  return { elements, form, array: array as object, tensor, shape }
}

/** An array whose memory was transferred or cut away looks empty, and is not what was meant. */
function checkAttached(where: string, name: string, array: unknown): void {
  if (!ArrayBuffer.isView(array) || (array as Uint8Array).length > 0 || array instanceof DataView) return
  try {
    // reading throws where there is no memory, and gives nothing where there is no entry
    ;(array as Uint8Array).at(0)
  } catch {
    const remedy = 'its memory was transferred or shrunk; copy it before'
    throw wrongKind(where, name, 'an array with its memory', 'a detached array', remedy)
  }
}

/** The class of a typed array by its own account, which holds for subclasses and for other realms; else undefined. */
export function className(array: unknown): string | undefined {
  return ArrayBuffer.isView(array) ? (array as Uint8Array)[Symbol.toStringTag] : undefined
}

/** Takes the array out of a tensor: `{ data, dims }`, `{ data, shape }`, or one read with `dataSync()`. */
export function unwrap(
  where: string,
  name: string,
  value: unknown,
  expected = EXPECTED,
): { array: unknown; tensor: TensorKey | undefined; shape: readonly number[] | undefined } {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || ArrayBuffer.isView(value)) {
    checkAttached(where, name, value)
    return { array: value, tensor: undefined, shape: undefined }
  }
  const tensor = value as Record<string, unknown>
  const key = 'dims' in tensor ? 'dims' : 'shape'
  if (!('data' in tensor || 'dataSync' in tensor)) throw wrongKind(where, name, expected, show(value))
  if (tensor[key] === undefined) {
    throw wrongKind(where, name, 'a tensor with "dims" or "shape"', show(value), 'pass its array and the option shape')
  }
  const shape = readShape(where, `${name}.${key}`, tensor[key])
  const type = typeof tensor.type === 'string' ? tensor.type : undefined
  const array = download(where, name, tensor)
  checkAttached(where, name, array)
  return { array, tensor: { key, type }, shape }
}

function download(where: string, name: string, tensor: Record<string, unknown>): unknown {
  const { location } = tensor
  if (typeof location === 'string' && location !== 'cpu' && location !== 'cpu-pinned') {
    const remedy = 'download it first: { data: await tensor.getData(), dims: tensor.dims, type: tensor.type }'
    throw wrongKind(where, name, 'a tensor in main memory', `one at "${location}"`, remedy)
  }
  try {
    if (typeof tensor.dataSync === 'function') return tensor.dataSync()
    if (typeof tensor.data !== 'function') return tensor.data
  } catch (error) {
    const remedy = 'download it first, with await tensor.data() or await tensor.getData()'
    throw wrongKind(where, name, 'a tensor whose data can be read', `an error (${(error as Error).message})`, remedy)
  }
  throw wrongKind(where, name, 'a tensor whose data can be read', 'a method', 'call it first and pass what it gives')
}

function formOf(where: string, name: string, array: unknown, half: boolean, tensor: boolean): Form {
  if (array instanceof Float32Array) return 'Float32Array'
  if (Array.isArray(array)) return 'number[]'
  if (array instanceof Float64Array) return 'Float64Array'
  const kind = className(array)
  if (kind === 'Float32Array' || kind === 'Float64Array' || kind === 'Float16Array') return kind
  if (kind === 'Uint16Array') {
    if (half) return kind
    throw wrongKind(where, name, EXPECTED, show(array), "pass dtype: 'float16' if it holds float16 bits")
  }
  const remedy = ArrayBuffer.isView(array) ? 'convert it, with Float32Array.from(…)' : undefined
  throw wrongKind(where, tensor ? `${name}.data` : name, EXPECTED, show(array), remedy)
}

function elementsOf(where: string, name: string, array: unknown, form: Form): Elements {
  if (form === 'number[]') checkNumbers(where, name, array as unknown[])
  return inPlace(form, array as object)
}

/** An array as kernels know them, in its own memory: a Float16Array as its bits, those of other realms as of this one. */
export function inPlace(form: Form, array: object): Elements {
  if (array instanceof Float32Array || array instanceof Float64Array || array instanceof Uint16Array) return array
  if (form === 'number[]') return array as number[]
  const Own = form === 'Float32Array' ? Float32Array : form === 'Float64Array' ? Float64Array : Uint16Array
  const { buffer, byteOffset, length } = array as Float32Array<ArrayBuffer>
  return new Own(buffer, byteOffset, length)
}

function checkNumbers(where: string, name: string, array: readonly unknown[]): void {
  for (let i = 0; i < array.length; i++) {
    const value = array[i]
    if (typeof value === 'number') continue
    const nested = Array.isArray(value) || ArrayBuffer.isView(value)
    const remedy = nested ? 'flatten nested arrays with .flat() and pass their shape' : undefined
    throw wrongKind(where, name, 'numbers', `${show(value)} at index ${i}`, remedy)
  }
}

/** A copy in float64. */
export function toFloat64(elements: Elements): Float64Array {
  return elements instanceof Uint16Array ? Float64Array.from(elements, fromHalf) : Float64Array.from(elements)
}

/** The shape of the first argument: its own if it is a tensor, the option's, or one row. */
export function shapeOf(where: string, operand: Operand, option: unknown): readonly number[] {
  if (option === undefined) return operand.shape ?? [operand.elements.length]
  const shape = readShape(where, 'shape', option)
  if (operand.shape && !sameShape(shape, operand.shape)) {
    const remedy = 'leave the option out, or reshape the tensor'
    throw wrongValue(where, 'shape', `the tensor's own [${operand.shape}]`, `[${shape}]`, remedy)
  }
  checkSize(where, 'shape', shape, operand.elements.length)
  return shape
}

function checkSize(where: string, name: string, shape: readonly number[], length: number): void {
  const size = sizeOf(shape)
  if (size !== length)
    throw wrongValue(where, name, `${length} entries, as many as the data`, `[${shape}], ${size} entries`)
}

/** A fresh array of a form: as elements, and as what the caller gets. */
export function freshArray(form: Form, length: number): { elements: Elements; array: object } {
  if (form === 'Float16Array' && float16Array) {
    const array = new float16Array(length)
    return { elements: inPlace(form, array), array }
  }
  const elements = freshElements(form, length)
  return { elements, array: elements }
}

function freshElements(form: Form, length: number): Elements {
  if (form === 'Float32Array') return new Float32Array(length)
  if (form === 'Float64Array') return new Float64Array(length)
  if (form === 'Uint16Array') return new Uint16Array(length)
  // beyond this length engines would make a dictionary of an array without content
  return length < 2 ** 25 ? new Array(length) : Array.from(new Float64Array(length))
}

/** The form of an output: the input's, unless `dtype` asks for another precision. */
export function outputForm(form: Form, dtype: Dtype | undefined): Form {
  if (dtype === 'float32') return 'Float32Array'
  if (dtype === 'float64') return 'Float64Array'
  if (dtype === 'float16') return form === 'Float16Array' ? form : 'Uint16Array'
  return form
}

/** The element type a tensor of a form names. */
export function typeOf(form: Form): Dtype {
  if (form === 'Float32Array') return 'float32'
  return form === 'Float64Array' || form === 'number[]' ? 'float64' : 'float16'
}
