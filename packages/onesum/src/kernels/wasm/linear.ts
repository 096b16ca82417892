/**
 * The arithmetic of training a linear layer by WebAssembly.
 *
 * The features are copied once, as float32, into groups of eight rows (kernels/panels.ts). A panel of groups goes through
 * logits, softmax and gradient while it is in the cache; nothing is stored for all rows and all classes.
 */
import { curve } from '../js/linear.ts'
import { type Features, type Linear, strideOf, type Targets } from '../linear.ts'
import { Arena, FULL, roomy } from './arena.ts'
import type { Engine } from './engine.ts'
import { engine } from './engines.ts'
import type { Exports } from './family.ts'
import { instance } from './instances.ts'
import { sumLogarithms } from './logarithms.ts'
import { COLUMN, GROUP, packFeatures, packPicked } from './pack-features.ts'
import { WasmFactors, WasmInverse } from './preconditioners.ts'
import { TRAINING } from './stage.ts'

/** Most groups of a panel: its float32 sums stay short, and its features in the second-level cache. */
const PANEL = 30
const PANEL_BYTES = 1 << 20

export class WasmLinear implements Linear {
  readonly stride: number
  readonly classes: number
  readonly vectors: readonly Float64Array[]
  readonly #features: Features
  readonly #rows: number
  readonly #groups: number
  /** Groups of a panel. */
  readonly #panel: number
  readonly #arena: Arena
  readonly #kernels: Exports
  /** Addresses: features, a panel's logits, weights by tiles, labels, masses. */
  readonly #x: number
  readonly #z: number
  readonly #weights: number
  readonly #labels: number
  readonly #masses: number
  readonly #sums: Float64Array
  readonly #spreads: number
  #targets: Targets | undefined
  /** Σ target · x beyond the labels, which is linear in the weights. */
  #spread: Float64Array | undefined
  /** For the features of a panel, weighed. */
  #room: number | undefined
  /** Addresses: as many rows as a panel has, picked out, and what they weigh. */
  #picked: { x: number; weights: number } | undefined

  /** Undefined where there are no kernels, or no room for the features and so many vectors of weights. */
  static open(features: Features, classes: number, vectors: number): WasmLinear | undefined {
    const running = engine()
    const kernels = running && instance(TRAINING, running, running.variant)
    return kernels && roomy(() => new WasmLinear(features, classes, vectors, running, kernels))
  }

  private constructor(features: Features, classes: number, vectors: number, running: Engine, kernels: Exports) {
    this.classes = classes
    this.stride = strideOf(features.taken.length)
    this.#arena = new Arena(running)
    this.#kernels = kernels
    this.#features = features
    this.#rows = features.rows
    this.#groups = Math.ceil(features.rows / GROUP)
    const widest = COLUMN * Math.max(this.stride, classes)
    this.#panel = Math.max(1, Math.min(PANEL, this.#groups, Math.floor(PANEL_BYTES / widest)))
    try {
      this.#x = this.#arena.reserve(COLUMN * this.stride * this.#groups)
      this.#z = this.#arena.reserve(COLUMN * classes * this.#panel)
      this.#weights = this.#arena.reserve(4 * classes * this.stride)
      this.#labels = this.#arena.reserve(COLUMN * this.#groups)
      this.#masses = this.#arena.reserve(2 * COLUMN * this.#groups)
      this.#sums = this.#arena.doubles(GROUP * this.#groups)
      this.#spreads = this.#arena.reserve(COLUMN * this.#groups)
      this.vectors = Array.from({ length: vectors }, () => this.#arena.doubles(classes * this.stride))
      if (!packFeatures(running, kernels, features, this.#x)) throw FULL
    } catch (error) {
      this.release()
      throw error
    }
  }

  release(): void {
    this.#arena.release()
  }

  aim(targets: Targets): void {
    const { labels, mass, own, spread } = targets
    const { ints, floats } = this.#arena.engine
    const [at, masses, spreads] = [this.#labels / 4, this.#masses / 4, this.#spreads / 4]
    // rows beyond the last weigh nothing
    ints.fill(0, at, at + GROUP * this.#groups)
    floats.fill(0, masses, masses + 2 * GROUP * this.#groups)
    floats.fill(0, spreads, spreads + GROUP * this.#groups)
    for (let row = 0; row < this.#rows; row++) {
      const place = masses + 2 * row - (row % GROUP)
      ints[at + row] = COLUMN * labels[row]
      floats[place] = mass[row]
      floats[place + GROUP] = own[row]
      floats[spreads + row] = mass[row] * (1 - 1 / this.classes)
    }
    this.#targets = targets
    this.#spread = spread && this.#linear(spread)
  }

  evaluate(weights: Float64Array, gradient: Float64Array): number {
    const { classes, stride } = this
    const kernels = this.#kernels
    kernels.packTiles(weights.byteOffset, this.#weights, classes, 8 * stride)
    let loss = 0
    gradient.fill(0)
    if (this.#spread) {
      this.combine(gradient, gradient, -1, this.#spread)
      loss = this.dot(gradient, weights)
    }
    loss += kernels.evaluate(
      this.#x,
      this.#weights,
      this.#z,
      gradient.byteOffset,
      this.#groups,
      this.#panel,
      COLUMN * stride,
      classes,
      this.#labels,
      this.#masses,
      this.#sums.byteOffset,
      this.#spreads,
    )
    return loss + sumLogarithms(this.#sums, (this.#targets as Targets).mass, this.#rows)
  }

  dot(a: Float64Array, b: Float64Array): number {
    return this.#kernels.dot(a.byteOffset, b.byteOffset, a.byteLength)
  }

  combine(to: Float64Array, a: Float64Array, factor: number, b: Float64Array): void {
    this.#kernels.combine(to.byteOffset, a.byteOffset, factor, b.byteOffset, a.byteLength)
  }

  matrices(count: number): Float64Array[] | undefined {
    this.#room ??= roomy(() => this.#arena.reserve(COLUMN * this.stride * this.#panel))
    return this.#room === undefined
      ? undefined
      : roomy(() => Array.from({ length: count }, () => this.#arena.doubles(this.stride ** 2)))
  }

  hessian(to: Float64Array, every: number): void {
    if (this.#room === undefined) return
    const bytes = COLUMN * this.stride
    let used = 0
    for (let first = 0; first < this.#groups; first += every * this.#panel) {
      const count = Math.min(this.#panel, this.#groups - first)
      const [x, spreads] = [this.#x + bytes * first, this.#spreads + COLUMN * first]
      this.#kernels.triangle(x, spreads, this.#room, to.byteOffset, count, bytes)
      used += count
    }
    if (used === this.#groups) return
    for (let i = 0; i < to.length; i++) to[i] *= this.#groups / used
  }

  curvatures(weights: Float64Array, visit: (row: number, curvatures: Float64Array) => void): void {
    const { classes, stride } = this
    const { labels, mass, own } = this.#targets as Targets
    const kernels = this.#kernels
    const { floats } = this.#arena.engine
    const curvatures = new Float64Array(classes)
    const bytes = COLUMN * stride
    const sums = this.#sums.byteOffset
    kernels.packTiles(weights.byteOffset, this.#weights, classes, 8 * stride)
    for (let first = 0; first < this.#groups; first += this.#panel) {
      const count = Math.min(this.#panel, this.#groups - first)
      const rows = COLUMN * first
      kernels.multiply(this.#x + bytes * first, this.#weights, this.#z, count, bytes, COLUMN * classes, classes)
      const [at, masses, spreads] = [this.#labels + rows, this.#masses + 2 * rows, this.#spreads + rows]
      kernels.panelSoftmax(this.#z, count, COLUMN * classes, COLUMN * classes, at, masses, sums + 2 * rows, spreads)
      const end = Math.min(this.#rows, GROUP * (first + count))
      for (let row = GROUP * first; row < end; row++) {
        if (mass[row] === 0) continue
        const z = this.#z / 4 + (row - (row % GROUP) - GROUP * first) * classes + (row % GROUP)
        for (let c = 0; c < classes; c++) curvatures[c] = floats[z + GROUP * c]
        curve(curvatures, labels[row], mass[row], own[row])
        visit(row, curvatures)
      }
    }
  }

  moments(to: Float64Array, rows: readonly number[], factors: readonly number[]): boolean {
    const bytes = COLUMN * this.stride
    this.#picked ??= roomy(() => ({
      // zeros, as lanes without a row are to be finite, and what is beyond the intercept nothing
      x: this.#arena.floats((bytes / 4) * this.#panel).byteOffset,
      weights: this.#arena.reserve(COLUMN * this.#panel),
    }))
    if (!this.#picked || this.#room === undefined) return false
    const { x, weights } = this.#picked
    const { engine: running } = this.#arena
    const { floats } = running
    for (let first = 0; first < rows.length; first += GROUP * this.#panel) {
      const some = rows.slice(first, first + GROUP * this.#panel)
      const groups = Math.ceil(some.length / GROUP)
      // lanes without a row weigh nothing
      floats.fill(0, weights / 4, weights / 4 + GROUP * groups)
      for (let i = 0; i < some.length; i++) floats[weights / 4 + i] = factors[first + i]
      if (!packPicked(running, this.#kernels, this.#features, some, x)) return false
      this.#kernels.triangle(x, weights, this.#room, to.byteOffset, groups, bytes)
    }
    return true
  }

  rowProducts = (
    a: Float64Array,
    aAt: number,
    b: Float64Array,
    bAt: number,
    c: Float64Array,
    cAt: number,
    rows: number,
    columns: number,
    length: number,
    stride: number,
  ): void => {
    const at = (array: Float64Array, offset: number) => array.byteOffset + 8 * offset
    this.#kernels.rowProducts(at(a, aAt), at(b, bAt), at(c, cAt), rows, columns, 8 * length, 8 * stride)
  }

  openInverse(): WasmInverse | undefined {
    return roomy(() => new WasmInverse(this.#arena, this.#kernels, this.classes, this.stride))
  }

  openFactors(): WasmFactors | undefined {
    return roomy(() => new WasmFactors(this.#arena, this.#kernels, this.classes, this.stride))
  }

  #linear(spread: (row: number, to: Float64Array) => void): Float64Array {
    const { classes, stride } = this
    const { floats } = this.#arena.engine
    const soft = new Float64Array(classes)
    const total = this.#spread?.fill(0) ?? this.#arena.doubles(classes * stride)
    for (let group = 0; group < this.#groups; group += this.#panel) {
      const count = Math.min(this.#panel, this.#groups - group)
      floats.fill(0, this.#z / 4, this.#z / 4 + GROUP * classes * count)
      for (let row = GROUP * group; row < Math.min(this.#rows, GROUP * (group + count)); row++) {
        spread(row, soft)
        const at = this.#z / 4 + (row - (row % GROUP) - GROUP * group) * classes + (row % GROUP)
        for (let c = 0; c < classes; c++) floats[at + GROUP * c] = soft[c]
      }
      const x = this.#x + COLUMN * stride * group
      const [xBytes, zBytes] = [COLUMN * stride, COLUMN * classes]
      this.#kernels.collect(x, this.#z, total.byteOffset, count, xBytes, zBytes, classes, stride, 0)
    }
    return total
  }
}
