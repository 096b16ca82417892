/** The arithmetic of layers by WebAssembly, in float32 with float64 gradients and weights. */
import { wrongValue } from '../../check.ts'
import { type ActivationName, applyActivation, applyActivationBackward, DEFAULTS } from '../js/elementwise.ts'
import { readRow } from '../js/linear.ts'
import { type Features, strideOf, type Targets } from '../linear.ts'
import { GROUP, type Moments, type Network, type Numbers } from '../network.ts'
import { Arena, roomy } from './arena.ts'
import { engine } from './engines.ts'
import type { Exports } from './family.ts'
import { instance } from './instances.ts'
import { sumLogarithms } from './logarithms.ts'
import { TRAINING } from './stage.ts'

const COLUMN = 4 * GROUP

/** Activations that bend once, at 0: their slopes below. The others are of `js/elementwise.ts`. */
const BENDS: Partial<Record<ActivationName, number>> = { identity: 1, relu: 0, leakyRelu: DEFAULTS.leakyRelu }

export class WasmNetwork implements Network {
  readonly #where: string
  readonly #arena: Arena
  readonly #kernels: Exports
  readonly #targets: Targets
  /** The address of the features, float32 with a one after them, row by row; a row of zeros follows the last. */
  readonly #features: number
  readonly #rowBytes: number
  readonly #zeros: number
  /** Of the rows of the batch: addresses, places of labels, and masses by groups (kernels/panel-softmax.ts). */
  readonly #rows: Int32Array
  readonly #labels: Int32Array
  readonly #masses: Numbers
  readonly #mass: Float64Array
  readonly #sums: Float64Array
  readonly #spreads: Numbers

  /** For batches of so many rows; undefined where there are no kernels, or no room for the features. */
  static open(where: string, features: Features, targets: Targets, rows: number): WasmNetwork | undefined {
    const running = engine()
    const kernels = running && instance(TRAINING, running, running.variant)
    if (!kernels) return undefined
    const arena = new Arena(running)
    const numbers = roomy(() => arena.floats(strideOf(features.taken.length) * (features.rows + 1)))
    if (!numbers) return undefined
    copy(features, numbers)
    return new WasmNetwork(where, features, numbers.byteOffset, targets, rows, arena, kernels)
  }

  private constructor(
    where: string,
    features: Features,
    at: number,
    targets: Targets,
    rows: number,
    arena: Arena,
    kernels: Exports,
  ) {
    this.#where = where
    this.#arena = arena
    this.#kernels = kernels
    this.#targets = targets
    this.#features = at
    this.#rowBytes = 4 * strideOf(features.taken.length)
    this.#zeros = at + this.#rowBytes * features.rows
    const room = Math.ceil(rows / GROUP) * GROUP
    this.#rows = this.#within(() => arena.ints(room))
    this.#labels = this.#within(() => arena.ints(room))
    this.#masses = this.numbers(2 * room)
    this.#mass = new Float64Array(room)
    this.#sums = this.doubles(room)
    this.#spreads = this.numbers(room)
  }

  numbers(length: number): Numbers {
    return this.#within(() => this.#arena.floats(length))
  }

  doubles(length: number): Float64Array {
    return this.#within(() => this.#arena.doubles(length))
  }

  take(rows: Int32Array, scale: number, x: Numbers): void {
    const { labels, mass, own } = this.#targets
    const groups = Math.ceil(rows.length / GROUP)
    for (let r = 0; r < groups * GROUP; r++) {
      // rows that fill the last group weigh nothing
      const there = r < rows.length
      const row = there ? rows[r] : 0
      const place = 2 * r - (r % GROUP)
      this.#rows[r] = there ? this.#features + this.#rowBytes * row : this.#zeros
      this.#labels[r] = COLUMN * labels[row]
      this.#mass[r] = there ? scale * mass[row] : 0
      this.#masses[place] = this.#mass[r]
      this.#masses[place + GROUP] = there ? scale * own[row] : 0
    }
    this.#kernels.gatherGroups(this.#rows.byteOffset, x.byteOffset, groups, this.#rowBytes)
  }

  pack(weights: Float64Array, to: Numbers, units: number, columns: number): void {
    this.#kernels.packTiles(weights.byteOffset, to.byteOffset, units, 8 * columns)
  }

  packAcross(weights: Float64Array, to: Numbers, units: number, columns: number, inputs: number, padded: number): void {
    this.#kernels.packTilesAcross(weights.byteOffset, to.byteOffset, inputs, units, 8 * columns, padded)
  }

  multiply(x: Numbers, w: Numbers, z: Numbers, groups: number, columns: number, zColumns: number, units: number): void {
    const [xBytes, zBytes] = [COLUMN * columns, COLUMN * zColumns]
    this.#kernels.multiply(x.byteOffset, w.byteOffset, z.byteOffset, groups, xBytes, zBytes, units)
  }

  collect(
    x: Numbers,
    g: Numbers,
    out: Float64Array,
    groups: number,
    columns: number,
    gColumns: number,
    units: number,
  ): void {
    const [xBytes, gBytes] = [COLUMN * columns, COLUMN * gColumns]
    this.#kernels.collect(x.byteOffset, g.byteOffset, out.byteOffset, groups, xBytes, gBytes, units, columns, 0)
  }

  activate(name: ActivationName, z: Numbers, y: Numbers, groups: number, columns: number, units: number): void {
    const slope = BENDS[name]
    if (slope !== undefined) {
      this.#kernels.rectify(z.byteOffset, y.byteOffset, groups, COLUMN * units, COLUMN * columns, slope)
      return
    }
    for (let group = 0; group < groups; group++) {
      applyActivation(name, z, y, group * columns * GROUP, units * GROUP)
    }
  }

  activateBackward(name: ActivationName, z: Numbers, g: Numbers, groups: number, columns: number, units: number): void {
    const slope = BENDS[name]
    if (slope !== undefined) {
      this.#kernels.rectifyBackward(z.byteOffset, g.byteOffset, groups, COLUMN * units, COLUMN * columns, slope)
      return
    }
    for (let group = 0; group < groups; group++) {
      applyActivationBackward(name, z, g, g, group * columns * GROUP, units * GROUP)
    }
  }

  softmax(z: Numbers, groups: number, columns: number, classes: number): number {
    const loss = this.#kernels.panelSoftmax(
      z.byteOffset,
      groups,
      COLUMN * classes,
      COLUMN * columns,
      this.#labels.byteOffset,
      this.#masses.byteOffset,
      this.#sums.byteOffset,
      this.#spreads.byteOffset,
    )
    return loss + sumLogarithms(this.#sums, this.#mass, groups * GROUP)
  }

  move(weights: Float64Array, gradient: Float64Array, { first, second }: Moments, rate: number, root: number): void {
    const { byteOffset, byteLength } = weights
    this.#kernels.adam(byteOffset, gradient.byteOffset, first.byteOffset, second.byteOffset, byteLength, rate, root)
  }

  release(): void {
    this.#arena.release()
  }

  /** What `make` makes of the memory; where that is full, it gets all back. */
  #within<T>(make: () => T): T {
    const made = roomy(make)
    if (made !== undefined) return made
    this.release()
    const remedy = 'release arrays no longer needed, or take fewer units'
    throw wrongValue(this.#where, 'hidden', 'layers that fit the kernels’ memory', 'no room', remedy)
  }
}

/** All rows, as layers see them. */
function copy(features: Features, to: Float32Array): void {
  const stride = strideOf(features.taken.length)
  for (let row = 0; row < features.rows; row++) readRow(features, row, to, row * stride)
}
