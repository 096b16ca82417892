// A reader of ONNX models that shares nothing with the writer: the wire format by hand, and the fields of onnx.proto.

/** One field as it stands on the wire: a varint, or bytes. */
type Raw = number | Uint8Array

function fields(bytes: Uint8Array): Map<number, Raw[]> {
  const found = new Map<number, Raw[]>()
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  let at = 0
  const varint = (): number => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      if (at >= bytes.length) throw new Error('a varint ends early')
      const byte = bytes[at++] as number
      value |= BigInt(byte & 127) << shift
      if (byte < 128) return Number(BigInt.asIntN(64, value))
    }
  }
  while (at < bytes.length) {
    const tag = varint()
    const kind = tag & 7
    let raw: Raw
    if (kind === 0) raw = varint()
    else if (kind === 5) {
      raw = view.getFloat32(at, true)
      at += 4
    } else if (kind === 2) {
      const length = varint()
      if (at + length > bytes.length) throw new Error('a field ends early')
      raw = bytes.subarray(at, at + length)
      at += length
    } else throw new Error(`wire type ${kind}`)
    const number = tag >>> 3
    found.set(number, [...(found.get(number) ?? []), raw])
  }
  return found
}

/** The fields of a message by their names in onnx.proto; a number that is not there is an error. */
type Message = Record<string, Raw[]>

function message(raw: Raw | undefined, names: Record<number, string>): Message {
  const result: Message = {}
  for (const [number, values] of fields(raw as Uint8Array)) {
    const name = names[number]
    if (name === undefined) throw new Error(`field ${number} is none of ${Object.values(names)}`)
    result[name] = values
  }
  return result
}

const utf8 = (raw: Raw | undefined): string => new TextDecoder().decode(raw as Uint8Array)
const whole = (raw: Raw | undefined): number => raw as number

const MODEL = { 1: 'irVersion', 2: 'producer', 7: 'graph', 8: 'opsets', 14: 'metadata' }
const GRAPH = { 1: 'nodes', 2: 'name', 5: 'initializers', 11: 'inputs', 12: 'outputs' }
const NODE = { 1: 'inputs', 2: 'outputs', 3: 'name', 4: 'type', 5: 'attributes' }
const ATTRIBUTE = { 1: 'name', 2: 'f', 3: 'i', 20: 'type' }
const TENSOR = { 1: 'dims', 2: 'type', 8: 'name', 9: 'raw' }

export interface Tensor {
  dims: number[]
  data: Float64Array
}

export interface Value {
  name: string
  /** 1 float32, 7 int64, 11 float64. */
  type: number
  dims: (number | string)[]
}

export interface Node {
  type: string
  inputs: string[]
  outputs: string[]
  attributes: Record<string, number>
}

export interface Model {
  irVersion: number
  opset: number
  domain: string
  metadata: Record<string, string>
  nodes: Node[]
  constants: Map<string, Tensor>
  constantType: Set<number>
  inputs: Value[]
  outputs: Value[]
}

export function decode(bytes: Uint8Array): Model {
  const model = message(bytes, MODEL)
  const graph = message(model.graph?.[0], GRAPH)
  const opset = message(model.opsets?.[0], { 1: 'domain', 2: 'version' })
  const metadata = (model.metadata ?? []).map((entry) => message(entry, { 1: 'key', 2: 'value' }))
  const constants = (graph.initializers ?? []).map((raw) => message(raw, TENSOR))
  return {
    irVersion: whole(model.irVersion?.[0]),
    opset: whole(opset.version?.[0]),
    domain: utf8(opset.domain?.[0]),
    metadata: Object.fromEntries(metadata.map(({ key, value }) => [utf8(key?.[0]), utf8(value?.[0])])),
    nodes: (graph.nodes ?? []).map(node),
    constants: new Map(constants.map((tensor) => [utf8(tensor.name?.[0]), numbers(tensor)])),
    constantType: new Set(constants.map(({ type }) => whole(type?.[0]))),
    inputs: (graph.inputs ?? []).map(value),
    outputs: (graph.outputs ?? []).map(value),
  }
}

function node(raw: Raw): Node {
  const { type, inputs = [], outputs = [], attributes = [] } = message(raw, NODE)
  const given = attributes.map((each) => {
    const { name, f, i, type: kind } = message(each, ATTRIBUTE)
    // AttributeProto.AttributeType: FLOAT is 1, INT is 2
    return [utf8(name?.[0]), whole(kind?.[0]) === 1 ? whole(f?.[0]) : whole(i?.[0])]
  })
  return {
    type: utf8(type?.[0]),
    inputs: inputs.map(utf8),
    outputs: outputs.map(utf8),
    attributes: Object.fromEntries(given),
  }
}

function numbers({ dims = [], type, raw }: Message): Tensor {
  const bytes = raw?.[0] as Uint8Array
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const size = whole(type?.[0]) === 1 ? 4 : 8
  const read = (i: number) => (size === 4 ? view.getFloat32(i * 4, true) : view.getFloat64(i * 8, true))
  const data = Float64Array.from({ length: bytes.length / size }, (_, i) => read(i))
  const sizes = dims.map(whole)
  if (sizes.reduce((product, each) => product * each, 1) !== data.length) throw new Error('dims and data differ')
  return { dims: sizes, data }
}

function value(raw: Raw): Value {
  const { name, type } = message(raw, { 1: 'name', 2: 'type' })
  const { tensor } = message(type?.[0], { 1: 'tensor' })
  const { element, shape } = message(tensor?.[0], { 1: 'element', 2: 'shape' })
  const { dims = [] } = message(shape?.[0], { 1: 'dims' })
  return {
    name: utf8(name?.[0]),
    type: whole(element?.[0]),
    dims: dims.map((dim) => {
      const { size, symbol } = message(dim, { 1: 'size', 2: 'symbol' })
      return symbol ? utf8(symbol[0]) : whole(size?.[0])
    }),
  }
}
