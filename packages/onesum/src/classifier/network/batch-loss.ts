/** The loss of a batch, and its gradient. */
import type { Targets } from '../../kernels/linear.ts'
import { GROUP, type Network, type Numbers } from '../../kernels/network.ts'
import type { Dropout } from './dropout.ts'
import type { Layers } from './layers.ts'

export class BatchLoss {
  readonly #network: Network
  readonly #net: Layers
  readonly #classes: number
  readonly #spread: Targets['spread']
  /** What of the targets is on each class beyond the labels: of a row, and of the batch by the places of its logits. */
  readonly #part: Float64Array
  readonly #parts: Float64Array

  constructor(network: Network, net: Layers, { spread }: Targets) {
    const { units, z } = net.layers[net.layers.length - 1]
    this.#network = network
    this.#net = net
    this.#classes = units
    this.#spread = spread
    this.#part = new Float64Array(units)
    this.#parts = new Float64Array(spread ? z.length : 0)
  }

  /** The summed loss of some rows times `scale`. */
  evaluate(rows: Int32Array, scale: number): number {
    return this.#forward(rows, scale, undefined)
  }

  /** The same, and the gradient of it in the layers. */
  differentiate(rows: Int32Array, scale: number, dropout: Dropout | undefined): number {
    const loss = this.#forward(rows, scale, dropout)
    this.#net.backward(groupsOf(rows), dropout)
    return loss
  }

  /** Gradients come in the logits' place. */
  #forward(rows: Int32Array, scale: number, dropout: Dropout | undefined): number {
    const groups = groupsOf(rows)
    const { outputs } = this.#net.layers[this.#net.layers.length - 1]
    this.#network.take(rows, scale, this.#net.input)
    const z = this.#net.forward(groups, dropout)
    const given = this.#spread ? this.#targeted(this.#spread, rows, scale, z) : 0
    const loss = this.#network.softmax(z, groups, outputs, this.#classes) - given
    const parts = this.#parts
    for (let i = 0; i < parts.length; i++) z[i] -= parts[i]
    return loss
  }

  /** Reads what of the targets is beyond the labels, and returns Σ of it · z. */
  #targeted(spread: NonNullable<Targets['spread']>, rows: Int32Array, scale: number, z: Numbers): number {
    const { outputs } = this.#net.layers[this.#net.layers.length - 1]
    const [part, parts] = [this.#part, this.#parts.fill(0)]
    let sum = 0
    for (let r = 0; r < rows.length; r++) {
      spread(rows[r], part)
      const at = (r - (r % GROUP)) * outputs + (r % GROUP)
      for (let c = 0; c < part.length; c++) {
        parts[at + c * GROUP] = scale * part[c]
        sum += scale * part[c] * z[at + c * GROUP]
      }
    }
    return sum
  }
}

const groupsOf = (rows: Int32Array): number => Math.ceil(rows.length / GROUP)
