/** The optimiser of networks (Kingma and Ba, Adam: A Method for Stochastic Optimization, 2015). */
import type { Moments, Network } from '../../kernels/network.ts'
import type { Layer } from './layers.ts'

/** What the running means keep in a step. */
const FIRST = 0.9
const SECOND = 0.999

export class Adam {
  /** Of each layer's gradient. */
  readonly moments: readonly Moments[]
  readonly #network: Network
  readonly #layers: readonly Layer[]
  readonly #learningRate: number
  readonly #weightDecay: number

  constructor(network: Network, layers: readonly Layer[], learningRate: number, weightDecay: number) {
    this.#network = network
    this.#layers = layers
    this.#learningRate = learningRate
    this.#weightDecay = weightDecay
    this.moments = layers.map(({ weights }) => ({
      first: network.doubles(weights.length),
      second: network.doubles(weights.length),
    }))
  }

  /** Moves the weights against their gradients, for the `count`th time. */
  step(count: number): void {
    // both running means begin at 0, and are divided by what that takes from them
    const rate = this.#learningRate / (1 - FIRST ** count)
    const root = 1 / Math.sqrt(1 - SECOND ** count)
    const keep = 1 - this.#learningRate * this.#weightDecay
    for (let i = 0; i < this.#layers.length; i++) {
      const layer = this.#layers[i]
      if (keep < 1) decay(layer, keep)
      this.#network.move(layer.weights, layer.gradient, this.moments[i], rate, root)
    }
  }
}

/**
 * Weights come nearer to 0, intercepts do not: apart from the gradient (Loshchilov and Hutter, Decoupled Weight Decay
 * Regularization, 2019).
 */
function decay({ weights, columns, inputs }: Layer, keep: number): void {
  for (let from = 0; from < weights.length; from += columns) {
    for (let j = from; j < from + inputs; j++) weights[j] *= keep
  }
}
