/** Which rows each step of a training sees. */
import { permutation } from '../../random.ts'

const STREAM = 6

/** All rows once in each epoch, in an order of its own. */
export class Order {
  /** Steps of an epoch. */
  readonly perEpoch: number
  readonly #rows: Int32Array
  readonly #batchSize: number
  readonly #seed: number
  #epoch = -1
  #order = new Int32Array(0)

  constructor(rows: Int32Array, batchSize: number, seed: number) {
    this.perEpoch = Math.ceil(rows.length / batchSize)
    this.#rows = rows
    this.#batchSize = batchSize
    this.#seed = seed
  }

  /** The rows of a step, counted from 0. */
  batch(step: number): Int32Array {
    const epoch = Math.floor(step / this.perEpoch)
    if (epoch !== this.#epoch) this.#shuffle(epoch)
    const at = (step % this.perEpoch) * this.#batchSize
    return this.#order.subarray(at, at + this.#batchSize)
  }

  #shuffle(epoch: number): void {
    const { length } = this.#rows
    this.#epoch = epoch
    this.#order = permutation(length, this.#seed, STREAM, epoch * length)
    for (let i = 0; i < length; i++) this.#order[i] = this.#rows[this.#order[i]]
  }
}
