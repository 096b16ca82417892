/**
 * ONNX models, a node at a time. Field numbers and enumerations are those of onnx.proto
 * (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto), whose messages the comments name.
 */
import { bytes, encode, type Field, float, integer, message, text } from './protobuf.ts'

/** IR version 8 belongs to opset 15 and later of the same year; runtimes since 2021 take both. */
const IR_VERSION = 8
const OPSET = 13

/** TensorProto.DataType. */
const ELEMENTS = { float32: 1, int64: 7, float64: 11 } as const
/** AttributeProto.AttributeType. */
const FLOAT = 1
const INT = 2

export type Precision = 'float32' | 'float64'
type Element = keyof typeof ELEMENTS

/** An attribute of a node: a whole number, or a float32. */
export type Attribute = { readonly int: number } | { readonly float: number }

/** A graph that grows from its inputs to its outputs, and computes in one precision; values are known by their names. */
export class Graph {
  readonly precision: Precision
  readonly #nodes: Field[] = []
  readonly #constants: Field[] = []
  readonly #numbers = new Set<string>()
  readonly #inputs: Field[] = []
  readonly #outputs: Field[] = []
  #unnamed = 0

  constructor(precision: Precision) {
    this.precision = precision
  }

  /** Rows of so many numbers, however many rows. */
  input(name: string, element: Precision, columns: number): string {
    this.#inputs.push(value(11, name, element, columns))
    return name
  }

  /** What the model gives: rows of so many numbers, or one for each row. */
  output(name: string, element: Element, columns?: number): void {
    this.#outputs.push(value(12, name, element, columns))
  }

  /** A tensor of fixed numbers, in the graph's precision. */
  constant(name: string, dims: readonly number[], numbers: ArrayLike<number>): string {
    // TensorProto: dims, data_type, name, raw_data
    const sizes = dims.map((size) => integer(1, size))
    const raw = bytes(9, littleEndian(numbers, this.precision))
    this.#constants.push(message(5, [...sizes, integer(2, ELEMENTS[this.precision]), text(8, name), raw]))
    return name
  }

  /** A tensor of one number, made once for all who use it. */
  number(name: string, value: number): string {
    if (this.#numbers.has(name)) return name
    this.#numbers.add(name)
    return this.constant(name, [], [value])
  }

  /** A node of one output, which gets a name when it is given none. */
  add(
    type: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    output = `${type.toLowerCase()}_${this.#unnamed++}`,
  ): string {
    // NodeProto: input, output, name, op_type, attribute
    this.#nodes.push(
      message(1, [
        ...inputs.map((input) => text(1, input)),
        text(2, output),
        text(3, `make_${output}`),
        text(4, type),
        ...Object.entries(attributes).map(([name, content]) => message(5, attribute(name, content))),
      ]),
    )
    return output
  }

  /** Numbers in another precision, under their own name where it is the same. */
  cast(x: string, from: Precision, to: Precision, output?: string): string {
    return from === to ? x : this.add('Cast', [x], { to: { int: ELEMENTS[to] } }, output)
  }

  /** The bytes of a model of this graph, with what else is to be known about it. */
  model(name: string, metadata: Readonly<Record<string, string>>): Uint8Array<ArrayBuffer> {
    // GraphProto: node, name, initializer, input, output
    const graph = [...this.#nodes, text(2, name), ...this.#constants, ...this.#inputs, ...this.#outputs]
    // ModelProto: ir_version, producer_name, graph, opset_import { domain, version }, metadata_props { key, value }
    return encode([
      integer(1, IR_VERSION),
      text(2, 'onesum'),
      message(7, graph),
      message(8, [text(1, ''), integer(2, OPSET)]),
      ...Object.entries(metadata).map(([key, content]) => message(14, [text(1, key), text(2, content)])),
    ])
  }
}

/** AttributeProto: name, f, i, type. */
function attribute(name: string, content: Attribute): Field[] {
  if ('int' in content) return [text(1, name), integer(3, content.int), integer(20, INT)]
  return [text(1, name), float(2, content.float), integer(20, FLOAT)]
}

/** ValueInfoProto { name, type { tensor_type { elem_type, shape { dim } } } }, the first dimension by name. */
function value(field: number, name: string, element: Element, columns: number | undefined): Field {
  const dims = [message(1, [text(2, 'rows')])]
  if (columns !== undefined) dims.push(message(1, [integer(1, columns)]))
  const tensor = message(1, [integer(1, ELEMENTS[element]), message(2, dims)])
  return message(field, [text(1, name), message(2, [tensor])])
}

/** TensorProto.raw_data is little-endian on every machine. */
function littleEndian(numbers: ArrayLike<number>, precision: Precision): Uint8Array {
  const size = precision === 'float32' ? 4 : 8
  const view = new DataView(new ArrayBuffer(numbers.length * size))
  for (let i = 0; i < numbers.length; i++) {
    if (size === 4) view.setFloat32(i * size, numbers[i] as number, true)
    else view.setFloat64(i * size, numbers[i] as number, true)
  }
  return new Uint8Array(view.buffer)
}
