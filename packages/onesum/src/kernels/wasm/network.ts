/** The arithmetic of layers by WebAssembly, in float32 with float64 gradients. */
import { wrongValue } from '../../check.ts'
import { log } from '../js/log.ts'
import { GROUP, type Moments, type Network, type Numbers } from '../network.ts'
import { type Engine, type Exports, engine, instance } from './engine.ts'
import { TRAINING } from './stage.ts'

const COLUMN = 4 * GROUP

export class WasmNetwork implements Network {
  readonly #where: string
  readonly #engine: Engine
  readonly #kernels: Exports
  readonly #blocks: number[] = []
  readonly #labels: Int32Array
  readonly #masses: Numbers
  readonly #sums: Float64Array
  readonly #spreads: Numbers

  /** For batches of so many rows; undefined where there are no kernels. */
  static open(where: string, rows: number): WasmNetwork | undefined {
    const running = engine()
    const kernels = running && instance(TRAINING, running, running.variant)
    return kernels && new WasmNetwork(where, rows, running, kernels)
  }

  private constructor(where: string, rows: number, running: Engine, kernels: Exports) {
    this.#where = where
    this.#engine = running
    this.#kernels = kernels
    const room = Math.ceil(rows / GROUP) * GROUP
    const labels = this.#reserve(4 * room) / 4
    this.#labels = running.ints.subarray(labels, labels + room).fill(0)
    this.#masses = this.numbers(2 * room)
    this.#sums = this.doubles(room)
    this.#spreads = this.numbers(room)
  }

  numbers(length: number): Numbers {
    const at = this.#reserve(4 * length) / 4
    return this.#engine.floats.subarray(at, at + length).fill(0)
  }

  doubles(length: number): Float64Array {
    const at = this.#reserve(8 * length) / 8
    return this.#engine.doubles.subarray(at, at + length).fill(0)
  }

  pack(weights: Float64Array, to: Numbers, units: number, columns: number): void {
    this.#kernels.packTiles(weights.byteOffset, to.byteOffset, units, 8 * columns)
  }

  multiply(x: Numbers, w: Numbers, z: Numbers, groups: number, columns: number, units: number): void {
    this.#kernels.multiply(x.byteOffset, w.byteOffset, z.byteOffset, groups, COLUMN * columns, units)
  }

  collect(x: Numbers, g: Numbers, out: Float64Array, groups: number, columns: number, units: number): void {
    const bytes = COLUMN * columns
    this.#kernels.collect(x.byteOffset, g.byteOffset, out.byteOffset, groups, bytes, units, columns, 0)
  }

  aim(row: number, label: number, mass: number, own: number): void {
    const place = 2 * row - (row % GROUP)
    this.#labels[row] = COLUMN * label
    this.#masses[place] = mass
    this.#masses[place + GROUP] = own
  }

  softmax(z: Numbers, groups: number, classes: number): number {
    let loss = this.#kernels.panelSoftmax(
      z.byteOffset,
      groups,
      COLUMN * classes,
      this.#labels.byteOffset,
      this.#masses.byteOffset,
      this.#sums.byteOffset,
      this.#spreads.byteOffset,
    )
    for (let row = 0; row < groups * GROUP; row++) {
      const mass = this.#masses[2 * row - (row % GROUP)]
      if (mass !== 0) loss += mass * log(this.#sums[row])
    }
    return loss
  }

  move(weights: Float64Array, gradient: Float64Array, { first, second }: Moments, rate: number, root: number): void {
    const at = [weights, gradient, first, second].map(({ byteOffset }) => byteOffset)
    this.#kernels.adam(at[0], at[1], at[2], at[3], weights.byteLength, rate, root)
  }

  release(): void {
    for (const block of this.#blocks.splice(0)) this.#engine.heap.release(block)
  }

  #reserve(bytes: number): number {
    const at = this.#engine.heap.allocate(bytes)
    if (at === undefined) {
      this.release()
      const remedy = 'release arrays no longer needed, or take fewer units'
      throw wrongValue(this.#where, 'hidden', 'layers that fit the kernels’ memory', 'no room', remedy)
    }
    this.#blocks.push(at)
    return at
  }
}
