/**
 * A network of dense layers with a softmax at its end: one pass forward and backward over a batch.
 *
 * A layer's input has one column more than there are units before it, a one for the intercept, and zeros up to a multiple of
 * 4; so has its output. Weights are float64, one row for each unit; the arithmetic rounds them to its own precision.
 */
import { type ActivationName, applyActivation, applyActivationBackward } from '../kernels/js/elementwise.ts'
import { strideOf } from '../kernels/linear.ts'
import { GROUP, type Network, type Numbers } from '../kernels/network.ts'

/** One layer: its weights, what of them is computed, and what passes through it. */
export interface Layer {
  readonly inputs: number
  readonly units: number
  /** Entries of a row of weights, and rows: units, and what pads the layer's output. */
  readonly columns: number
  readonly rows: number
  readonly weights: Float64Array
  readonly gradient: Float64Array
  readonly packed: Numbers
  /** Weights by inputs, for the way back; rows padded to a multiple of 4. */
  readonly back: Numbers
  readonly transposed: Float64Array
  /** Sums before the activation; gradients on the way back. */
  readonly z: Numbers
  readonly slopes: Numbers
  /** The next layer's input. */
  readonly output: Numbers
}

export class Layers {
  readonly layers: readonly Layer[]
  /** The first layer's input: its first columns are to be written, row by row. */
  readonly input: Numbers
  readonly #network: Network
  readonly #activation: ActivationName

  /** `sizes` are the numbers of features, of units of each hidden layer, and of classes. */
  constructor(network: Network, sizes: readonly number[], batch: number, activation: ActivationName) {
    const groups = Math.ceil(batch / GROUP)
    this.#network = network
    this.#activation = activation
    this.input = network.numbers(groups * strideOf(sizes[0]) * GROUP)
    ones(this.input, groups, sizes[0])
    this.layers = sizes.slice(1).map((units, i) => {
      const last = i === sizes.length - 2
      const inputs = sizes[i]
      const columns = strideOf(inputs)
      const rows = last ? units : strideOf(units)
      const padded = Math.ceil(rows / 4) * 4
      const layer = {
        inputs,
        units,
        columns,
        rows,
        weights: network.doubles(rows * columns),
        gradient: network.doubles(rows * columns),
        packed: network.numbers(rows * columns),
        back: network.numbers(padded * columns),
        transposed: network.doubles(padded * columns),
        z: network.numbers(groups * rows * GROUP),
        slopes: network.numbers(groups * padded * GROUP),
        output: network.numbers(last ? 0 : groups * rows * GROUP),
      }
      return layer
    })
  }

  /** Takes the weights as they are now. */
  pack(): void {
    for (const { weights, packed, rows, columns } of this.layers) this.#network.pack(weights, packed, rows, columns)
  }

  /** The logits of a batch, in the last layer's `z`; `drop` may silence entries of a hidden layer's output. */
  forward(groups: number, drop?: (output: Numbers, layer: Layer, index: number) => void): Numbers {
    let x = this.input
    for (const [i, layer] of this.layers.entries()) {
      const { packed, z, output, columns, rows, units } = layer
      this.#network.multiply(x, packed, z, groups, columns, rows)
      if (i === this.layers.length - 1) return z
      applyActivation(this.#activation, z, output, 0, groups * rows * GROUP)
      drop?.(output, layer, i)
      ones(output, groups, units)
      x = output
    }
    return x
  }

  /** Gradients of all weights from those of the logits, which stand in the last layer's `z`. */
  backward(groups: number, drop?: (slopes: Numbers, layer: Layer, index: number) => void): void {
    const network = this.#network
    let slopes = this.layers[this.layers.length - 1].z
    for (let i = this.layers.length - 1; i >= 0; i--) {
      const layer = this.layers[i]
      const { gradient, columns, rows, units, inputs } = layer
      gradient.fill(0)
      network.collect(i === 0 ? this.input : this.layers[i - 1].output, slopes, gradient, groups, columns, rows)
      // what pads the output has no weights
      gradient.fill(0, units * columns)
      if (i === 0) return
      const before = this.layers[i - 1]
      const padded = Math.ceil(rows / 4) * 4
      let from = slopes
      if (padded !== rows) {
        from = layer.slopes
        for (let group = 0; group < groups; group++) {
          const at = group * rows * GROUP
          from.set(slopes.subarray(at, at + rows * GROUP), group * padded * GROUP)
        }
      }
      transpose(layer, padded)
      network.pack(layer.transposed, layer.back, columns, padded)
      network.multiply(from, layer.back, before.slopes, groups, padded, columns)
      drop?.(before.slopes, before, i - 1)
      applyActivationBackward(this.#activation, before.z, before.slopes, before.slopes, 0, groups * columns * GROUP)
      slopes = before.slopes
      // nothing comes back through the intercept and the padding
      for (let group = 0; group < groups; group++) {
        slopes.fill(0, (group * columns + inputs) * GROUP, (group + 1) * columns * GROUP)
      }
    }
  }
}

/** A one after the last column of each row, for the intercept. */
function ones(x: Numbers, groups: number, columns: number): void {
  const stride = strideOf(columns)
  for (let group = 0; group < groups; group++) {
    const at = (group * stride + columns) * GROUP
    x.fill(1, at, at + GROUP)
    x.fill(0, at + GROUP, (group + 1) * stride * GROUP)
  }
}

function transpose({ weights, transposed, columns, rows }: Layer, padded: number): void {
  for (let unit = 0; unit < rows; unit++) {
    for (let j = 0; j < columns; j++) transposed[j * padded + unit] = weights[unit * columns + j]
  }
}
