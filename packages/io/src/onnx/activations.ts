/**
 * The activations of hidden layers as nodes of ONNX, by the names that `onesum` gives them.
 *
 * All is put together from operators that ONNX Runtime has in float64 too, which Elu, LeakyRelu, Softplus and Erf are not.
 */
import type { ActivationName } from 'onesum/classifier'
import type { Graph } from './graph.ts'

/** Adds the nodes of an activation; gives the name of their result. */
type Nodes = (graph: Graph, x: string) => string

const activations: Record<ActivationName, Nodes> = {
  identity: (_, x) => x,
  relu: (graph, x) => graph.add('Relu', [x]),
  sigmoid: (graph, x) => graph.add('Sigmoid', [x]),
  tanh: (graph, x) => graph.add('Tanh', [x]),
  leakyRelu: (graph, x) => graph.add('Max', [x, graph.add('Mul', [x, graph.number('slope', 0.01)])]),
  // max(x, 0) + e^min(x, 0) − 1
  elu(graph, x) {
    const below = graph.add('Exp', [graph.add('Min', [x, graph.number('zero', 0)])])
    return graph.add('Sub', [graph.add('Add', [graph.add('Relu', [x]), below]), graph.number('one', 1)])
  },
  // max(x, 0) + log(1 + e^−|x|)
  softplus(graph, x) {
    const small = graph.add('Exp', [graph.add('Neg', [graph.add('Abs', [x])])])
    return graph.add('Add', [graph.add('Relu', [x]), graph.add('Log', [onePlus(graph, small)])])
  },
  // x / (1 + e^−x)
  silu: (graph, x) => graph.add('Div', [x, onePlus(graph, graph.add('Exp', [graph.add('Neg', [x])]))]),
  // x/2 · (1 + erf(x/√2)), erf in float32: off by 2^-25 · |x|; Gelu itself came with opset 20
  gelu(graph, x) {
    const inside = graph.add('Div', [x, graph.number('root_two', Math.SQRT2)])
    const erf = graph.add('Erf', [graph.cast(inside, graph.precision, 'float32')])
    const wide = graph.cast(erf, 'float32', graph.precision)
    return graph.add('Mul', [graph.add('Mul', [x, graph.number('half', 0.5)]), onePlus(graph, wide)])
  },
}

const onePlus: Nodes = (graph, x) => graph.add('Add', [graph.number('one', 1), x])

export function addActivation(graph: Graph, name: ActivationName, x: string): string {
  return activations[name](graph, x)
}
