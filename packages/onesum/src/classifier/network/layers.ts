/**
 * A network of dense layers with a softmax at its end: one pass forward and backward over a batch.
 *
 * A layer's input has one column more than there are units before it, a one for the intercept, and zeros up to a multiple of
 * 4; so has its output. Weights are float64, one row for each unit; the arithmetic rounds them to its own precision.
 */
import type { ActivationName } from '../../kernels/js/elementwise.ts'
import { strideOf } from '../../kernels/linear.ts'
import { GROUP, type Network, type Numbers } from '../../kernels/network.ts'
import type { Dropout } from './dropout.ts'

/** One layer: its weights, what of them is computed, and what passes through it. */
export interface Layer {
  readonly inputs: number
  readonly units: number
  /** Columns of its input, which are entries of a row of weights, and of its output. */
  readonly columns: number
  readonly outputs: number
  readonly weights: Float64Array
  readonly gradient: Float64Array
  readonly packed: Numbers
  /** Weights by inputs, for the way back. */
  readonly back: Numbers
  /** Sums before the activation; the logits' gradients come in their place. */
  readonly z: Numbers
  /** Gradients of the sums of a hidden layer. */
  readonly slopes: Numbers
  /** The next layer's input. */
  readonly output: Numbers
}

export class Layers {
  readonly layers: readonly Layer[]
  /** The first layer's input. */
  readonly input: Numbers
  readonly #network: Network
  readonly #activation: ActivationName

  /** `sizes` are the numbers of features, of units of each hidden layer, and of classes. */
  constructor(network: Network, sizes: readonly number[], batch: number, activation: ActivationName) {
    const groups = Math.ceil(batch / GROUP)
    this.#network = network
    this.#activation = activation
    this.input = network.numbers(groups * strideOf(sizes[0]) * GROUP)
    this.layers = sizes.slice(1).map((units, i) => {
      const hidden = i < sizes.length - 2
      const inputs = sizes[i]
      const columns = strideOf(inputs)
      const outputs = hidden ? strideOf(units) : Math.ceil(units / 4) * 4
      const passing = groups * outputs * GROUP
      const layer = {
        inputs,
        units,
        columns,
        outputs,
        weights: network.doubles(units * columns),
        gradient: network.doubles(units * columns),
        packed: network.numbers(units * columns),
        back: network.numbers(i > 0 ? inputs * outputs : 0),
        z: network.numbers(passing),
        slopes: network.numbers(hidden ? passing : 0),
        output: network.numbers(hidden ? passing : 0),
      }
      if (hidden) ones(layer, groups)
      return layer
    })
  }

  /** Takes the weights as they are now. */
  pack(): void {
    for (const { weights, packed, back, units, columns, inputs, outputs } of this.layers) {
      this.#network.pack(weights, packed, units, columns)
      if (back.length > 0) this.#network.packAcross(weights, back, units, columns, inputs, outputs)
    }
  }

  /** The logits of a batch, in the last layer's `z`; `dropout` silences entries of the hidden layers' outputs. */
  forward(groups: number, dropout?: Dropout): Numbers {
    const network = this.#network
    const { layers } = this
    let x = this.input
    for (let i = 0; i < layers.length; i++) {
      const { packed, z, output, columns, outputs, units } = layers[i]
      network.multiply(x, packed, z, groups, columns, outputs, units)
      if (i === layers.length - 1) break
      network.activate(this.#activation, z, output, groups, outputs, units)
      dropout?.silence(output, i)
      x = output
    }
    return layers[layers.length - 1].z
  }

  /** Gradients of all weights from those of the logits, which stand in the last layer's `z`. */
  backward(groups: number, dropout?: Dropout): void {
    const network = this.#network
    const { layers } = this
    let slopes = layers[layers.length - 1].z
    for (let i = layers.length - 1; i >= 0; i--) {
      const { gradient, back, columns, outputs, units, inputs } = layers[i]
      gradient.fill(0)
      network.collect(i === 0 ? this.input : layers[i - 1].output, slopes, gradient, groups, columns, outputs, units)
      if (i === 0) return
      const before = layers[i - 1]
      // what pads a layer's output has no slopes: they stay zeros
      network.multiply(slopes, back, before.slopes, groups, outputs, columns, inputs)
      dropout?.silence(before.slopes, i - 1)
      network.activateBackward(this.#activation, before.z, before.slopes, groups, columns, inputs)
      slopes = before.slopes
    }
  }
}

/** A one after the last column of each row of an output, for the intercept. */
function ones({ output, outputs, units }: Layer, groups: number): void {
  for (let group = 0; group < groups; group++) {
    const at = (group * outputs + units) * GROUP
    output.fill(1, at, at + GROUP)
  }
}
