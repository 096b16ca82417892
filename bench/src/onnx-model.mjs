// One-node ONNX models, encoded by hand: Protocol Buffers are tagged fields, and a model needs few of them. Field
// numbers are those of onnx.proto.

const VARINT = 0
const BYTES = 2
const FLOAT = 1
const INT_ATTRIBUTE = 2
const INTS_ATTRIBUTE = 7
const IR_VERSION = 8
const OPSET = 13

/** @typedef {number[]} Field */

/** @param {number} value @returns {Field} */
function varint(value) {
  const bytes = []
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) + 128)
  return [...bytes, value]
}

/** @param {number} number @param {number} value @returns {Field} */
const integer = (number, value) => [...varint(number * 8 + VARINT), ...varint(value)]

/** @param {number} number @param {Field[]} fields @returns {Field} */
const message = (number, ...fields) => bytes(number, fields.flat())

/** @param {number} number @param {string} value @returns {Field} */
const text = (number, value) => bytes(number, [...new TextEncoder().encode(value)])

/** @param {number} number @param {number[]} content @returns {Field} */
const bytes = (number, content) => [...varint(number * 8 + BYTES), ...varint(content.length), ...content]

/**
 * The model of one node from float32 `x` to float32 `y`, every dimension dynamic.
 * @param {'Softmax' | 'LogSoftmax' | 'ReduceLogSumExp'} type
 * @param {number} axis
 * @param {number} rank
 */
export function oneNodeModel(type, axis, rank) {
  const reduces = type === 'ReduceLogSumExp'
  const attributes = reduces ? [integersAttribute('axes', [axis]), intAttribute('keepdims', 0)] : []
  if (!reduces) attributes.push(intAttribute('axis', axis))
  const node = message(1, text(1, 'x'), text(2, 'y'), text(4, type), ...attributes)
  const graph = message(7, node, text(2, 'graph'), value(11, 'x', rank), value(12, 'y', reduces ? rank - 1 : rank))
  return Uint8Array.from([...integer(1, IR_VERSION), ...graph, ...message(8, integer(2, OPSET))])
}

/** @param {string} name @param {number} value */
function intAttribute(name, value) {
  return message(5, text(1, name), integer(3, value), integer(20, INT_ATTRIBUTE))
}

/** @param {string} name @param {number[]} values */
function integersAttribute(name, values) {
  return message(5, text(1, name), ...values.map((item) => integer(8, item)), integer(20, INTS_ATTRIBUTE))
}

/** @param {number} number @param {string} name @param {number} rank */
function value(number, name, rank) {
  const dimensions = Array.from({ length: rank }, (_, i) => message(1, text(2, `${name}${i}`)))
  return message(number, text(1, name), message(2, message(1, integer(1, FLOAT), message(2, ...dimensions))))
}
