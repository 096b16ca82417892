/** Outputs: a fresh array or the caller's own, and back into the kind that came in. */
import { show, wrongKind, wrongValue } from '../check.ts'
import { sameShape } from './layout.ts'
import {
  className,
  type Elements,
  type Form,
  freshArray,
  inPlace,
  type Operand,
  outputForm,
  type TensorKey,
  typeOf,
  unwrap,
} from './open.ts'
import type { Dtype } from './types.ts'

/** Where a kernel writes, and what the caller gets afterwards. */
export interface Output {
  readonly elements: Elements
  readonly form: Form
  /** The array the caller gets. */
  readonly array: object
}

/** A fresh output of `length` numbers, or the option `out`: of the same kind and length, a tensor also of the same shape. */
export function openOutput(
  where: string,
  first: Operand,
  inputs: readonly Operand[],
  length: number,
  shape: readonly number[],
  dtype: Dtype | undefined,
  out: unknown,
): Output {
  const form = outputForm(first.form, dtype)
  if (out === undefined) {
    const { elements, array } = freshArray(form, length)
    return { elements, form, array }
  }
  const { array, tensor, shape: own } = unwrap(where, 'out', out)
  if (!isForm(array, form) || (tensor && !first.tensor)) {
    throw wrongKind(where, 'out', formText(form, length), show(out))
  }
  if (form === 'number[]' && Object.isFrozen(array)) {
    throw wrongKind(where, 'out', formText(form, length), 'a frozen array')
  }
  if (array.length !== length) throw wrongValue(where, 'out', formText(form, length), `length ${array.length}`)
  if (own && !sameShape(own, shape)) throw wrongValue(where, 'out', `the result's shape, [${shape}]`, `[${own}]`)
  for (let k = 0; k < inputs.length; k++) checkOverlap(where, array, inputs[k].array)
  return { elements: inPlace(form, array), form, array }
}

function formText(form: Form, length: number): string {
  return `${form === 'number[]' ? 'a number[]' : `a ${form}`} of length ${length}`
}

function isForm(array: unknown, form: Form): array is ArrayLike<number> {
  if (form === 'Float32Array' && array instanceof Float32Array) return true
  if (form === 'number[]') return Array.isArray(array)
  return className(array) === form
}

/** Rows are read whole before they are written, so `out` may be an input, but not part of one. */
export function checkOverlap(where: string, out: unknown, input: object): void {
  if (out === input || !ArrayBuffer.isView(out) || !ArrayBuffer.isView(input) || out.buffer !== input.buffer) return
  const start = out.byteOffset
  const end = start + out.byteLength
  if (end <= input.byteOffset || start >= input.byteOffset + input.byteLength) return
  const same = start === input.byteOffset && out.byteLength === input.byteLength
  if (same && className(out) === className(input)) return
  throw wrongValue(where, 'out', 'memory apart from the inputs, or exactly an input', 'a partial overlap')
}

/** The array, in a tensor of the given shape where a tensor came in. */
export function wrap(array: object, tensor: TensorKey | undefined, shape: readonly number[], type: string): object {
  if (!tensor) return array
  const wrapped: Record<string, unknown> = { data: array, [tensor.key]: [...shape] }
  if (tensor.type !== undefined) wrapped.type = type
  return wrapped
}

/** What the caller gets of an output: its array, in a tensor where a tensor came in. */
export function closeOutput(output: Output, tensor: TensorKey | undefined, shape: readonly number[]): object {
  return wrap(output.array, tensor, shape, typeOf(output.form))
}
