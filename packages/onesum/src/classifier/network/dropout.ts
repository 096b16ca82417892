/** Units that are silent by chance in a step (Srivastava et al., Dropout, 2014). */
import { GROUP, type Numbers } from '../../kernels/network.ts'
import { uniform } from '../../random.ts'
import type { Layer } from './layers.ts'

const STREAM = 7

/** Draws of a layer in a step are fewer than these. */
const ROOM = 2 ** 24

export class Dropout {
  readonly #rate: number
  readonly #seed: number
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
    for (let i = 0; i < this.#hidden.length; i++) {
      const { units, outputs } = this.#hidden[i]
      const factors = this.#factors[i]
      let draw = (step * (this.#hidden.length + 1) + i) * ROOM
      for (let r = 0; r < rows; r++) {
        const at = (r - (r % GROUP)) * outputs + (r % GROUP)
        for (let unit = 0; unit < units; unit++, draw++) {
          factors[at + unit * GROUP] = uniform(this.#seed, draw, STREAM) < this.#rate ? 0 : kept
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
