/** Units that are silent by chance in a step (Srivastava et al., Dropout, 2014). */
import { GROUP, type Numbers } from '../../kernels/network.ts'
import { philox } from '../../random.ts'
import type { Layer } from './layers.ts'

const STREAM = 7

/** Counters of a layer in a step are fewer than these; each gives the draws of four units. */
const ROOM = 2 ** 24

export class Dropout {
  readonly #rate: number
  readonly #seed: number
  readonly #counter = new Uint32Array(4)
  readonly #hidden: readonly Layer[]
  /** What the entries of each hidden layer's output are multiplied by. */
  readonly #factors: readonly Float64Array[]

  constructor(rate: number, seed: number, layers: readonly Layer[]) {
    this.#rate = rate
    this.#seed = seed
    this.#hidden = layers.slice(0, -1)
    this.#factors = this.#hidden.map(({ output }) => new Float64Array(output.length).fill(1))
  }

  /** Draws who is silent in a step of so many rows, and how much louder the others are. */
  draw(step: number, rows: number): void {
    const kept = 1 / (1 - this.#rate)
    const silent = this.#rate * 2 ** 32
    const counter = this.#counter
    const [low, high] = [this.#seed >>> 0, Math.floor(this.#seed / 2 ** 32)]
    for (let i = 0; i < this.#hidden.length; i++) {
      const { units, outputs } = this.#hidden[i]
      const factors = this.#factors[i]
      let next = (step * (this.#hidden.length + 1) + i) * ROOM
      for (let r = 0; r < rows; r++) {
        const at = (r - (r % GROUP)) * outputs + (r % GROUP)
        for (let unit = 0; unit < units; unit++) {
          if (unit % 4 === 0) {
            counter[0] = next
            counter[1] = next / 2 ** 32
            counter[2] = STREAM
            counter[3] = 0
            philox(counter, low, high)
            next++
          }
          factors[at + unit * GROUP] = counter[unit % 4] < silent ? 0 : kept
        }
      }
    }
  }

  /** Silences units of a hidden layer: in its output, and on the way back in its slopes. */
  silence(x: Numbers, layer: number): void {
    const factors = this.#factors[layer]
    for (let i = 0; i < factors.length; i++) x[i] *= factors[i]
  }
}
