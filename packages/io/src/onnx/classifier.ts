/** A classifier of `onesum/classifier` as an ONNX model. */
import type { HiddenLayer, SoftmaxClassifier } from 'onesum/classifier'
import { show } from '../errors.ts'
import { addActivation } from './activations.ts'
import { Graph, type Precision } from './graph.ts'

export interface OnnxOptions {
  /** What features and probabilities are; float32 by default. */
  dtype?: Precision
  /** What weights and sums are; float64 by default. */
  compute?: Precision
}

/**
 * A classifier as an ONNX model (IR 8, opset 13), for ONNX Runtime and its kin.
 *
 *     features [rows, d]  →  probabilities [rows, classes],  label [rows] (int64, the most probable class)
 *
 * A Gemm for each layer with its activation behind it, the temperature, and a Softmax. The number of rows is free. Names
 * of classes and features travel as JSON arrays in the model's metadata, under `class_names` and `feature_names`.
 * Weights and sums are float64, so that the probabilities are those of the classifier to the last digits of float32. With
 * `compute: 'float32'` the file has half the size and accelerators take it, and logits are off by some 1e-7 of the sum of
 * |weight · feature|.
 *
 * @param classifier what `fitClassifier` or `classifierFromJSON` gave
 * @param options `dtype` (default `'float32'`), `compute` (default `'float64'`)
 * @returns the bytes of a ModelProto
 * @throws TypeError for another precision, RangeError for a temperature of 0, which no division is
 * @see Open Neural Network Exchange, operators of opset 13: https://onnx.ai/onnx/operators
 * @example
 * import { classifierToOnnx } from '@onesum/io'
 * import { fitClassifier } from 'onesum/classifier'
 *
 * const classifier = fitClassifier([0, 1, 4, 5], ['low', 'low', 'high', 'high'], { shape: [4, 1] })
 * const model = classifierToOnnx(classifier) // the bytes of model.onnx
 */
export function classifierToOnnx(classifier: SoftmaxClassifier, options: OnnxOptions = {}): Uint8Array<ArrayBuffer> {
  const dtype = readPrecision('dtype', options.dtype ?? 'float32')
  const compute = readPrecision('compute', options.compute ?? 'float64')
  const { classes, features, hidden, activation, weights, bias, temperature, classNames, featureNames } = classifier
  if (!(temperature > 0)) {
    throw new RangeError(`classifierToOnnx: "temperature" expected a number > 0, got ${temperature}`)
  }
  const graph = new Graph(compute)
  let x = graph.cast(graph.input('features', dtype, features), dtype, compute)
  for (const [i, layer] of hidden.entries()) {
    x = addActivation(graph, activation, dense(graph, `hidden_${i}`, x, layer))
  }
  const sums = dense(graph, 'classes', x, { units: classes, weights, bias })
  const logits = temperature === 1 ? sums : graph.add('Div', [sums, graph.number('temperature', temperature)])
  const rounded = dtype !== compute
  const y = graph.add('Softmax', [logits], { axis: { int: -1 } }, rounded ? 'distribution' : 'probabilities')
  graph.cast(y, compute, dtype, 'probabilities')
  graph.add('ArgMax', [sums], { axis: { int: -1 }, keepdims: { int: 0 } }, 'label')
  graph.output('probabilities', dtype, classes)
  graph.output('label', 'int64')
  return graph.model('softmax classifier', {
    ...(classNames && { class_names: JSON.stringify(classNames) }),
    ...(featureNames && { feature_names: JSON.stringify(featureNames) }),
  })
}

function readPrecision(name: string, value: unknown): Precision {
  if (value === 'float32' || value === 'float64') return value
  throw new TypeError(`classifierToOnnx: "${name}" expected 'float32' or 'float64', got ${show(value)}`)
}

/** x · weightsᵀ + bias. */
function dense(graph: Graph, name: string, x: string, { units, weights, bias }: HiddenLayer): string {
  const w = graph.constant(`${name}_weights`, [units, weights.length / units], weights)
  const b = graph.constant(`${name}_bias`, [units], bias)
  return graph.add('Gemm', [x, w, b], { transB: { int: 1 } }, name)
}
