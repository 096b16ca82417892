/** The epoch that was best by its held-out loss, and its weights. */
import type { Layer } from './layers.ts'

export class BestEpoch {
  readonly weights: readonly Float64Array[]
  /** Undefined before the first one was judged. */
  found: { readonly epoch: number; readonly loss: number } | undefined
  readonly #layers: readonly Layer[]

  constructor(layers: readonly Layer[]) {
    this.#layers = layers
    this.weights = layers.map(({ weights }) => Float64Array.from(weights))
  }

  /** Keeps the weights as they are, if their loss is less than that of any before. */
  offer(epoch: number, loss: number): void {
    if (this.found && !(loss < this.found.loss)) return
    this.found = { epoch, loss }
    for (const [i, { weights }] of this.#layers.entries()) this.weights[i].set(weights)
  }
}
