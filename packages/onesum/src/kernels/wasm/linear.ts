/**
 * The arithmetic of training a linear layer by WebAssembly.
 *
 * The features are copied once, as float32, into groups of eight rows (kernels/panels.ts). A panel of groups goes through
 * logits, softmax and gradient while it is in the cache; nothing is stored for all rows and all classes.
 */
import { curve } from '../js/linear.ts'
import { type Features, type Linear, strideOf, type Targets } from '../linear.ts'
import { type Engine, type Exports, engine, instance } from './engine.ts'
import { sumLogarithms } from './logarithms.ts'
import { COLUMN, GROUP, packFeatures, packPicked } from './pack-features.ts'
import { TRAINING } from './stage.ts'

/** Most groups of a panel: its float32 sums stay short, and its features in the second-level cache. */
const PANEL = 30
const PANEL_BYTES = 1 << 20

/** Thrown where the kernels' memory has no room. */
const FULL = new RangeError('no room in the kernels’ memory')

export class WasmLinear implements Linear {
  readonly stride: number
  readonly classes: number
  readonly vectors: readonly Float64Array[]
  readonly #features: Features
  readonly #rows: number
  readonly #groups: number
  /** Groups of a panel. */
  readonly #panel: number
  readonly #engine: Engine
  readonly #kernels: Exports
  readonly #blocks: number[] = []
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
  /** Addresses: a factor of each class, what is solved, rows picked out, and what they weigh. */
  #factors: { all: number; vector: number; x: number; weights: number } | undefined
  #inverse: { matrix: number; vector: number; product: number } | undefined

  /** Undefined where there are no kernels, or no room for the features and so many vectors of weights. */
  static open(features: Features, classes: number, vectors: number): WasmLinear | undefined {
    const running = engine()
    const kernels = running && instance(TRAINING, running, running.variant)
    return kernels && roomy(() => new WasmLinear(features, classes, vectors, running, kernels))
  }

  private constructor(features: Features, classes: number, vectors: number, running: Engine, kernels: Exports) {
    this.classes = classes
    this.stride = strideOf(features.taken.length)
    this.#engine = running
    this.#kernels = kernels
    this.#features = features
    this.#rows = features.rows
    this.#groups = Math.ceil(features.rows / GROUP)
    const widest = COLUMN * Math.max(this.stride, classes)
    this.#panel = Math.max(1, Math.min(PANEL, this.#groups, Math.floor(PANEL_BYTES / widest)))
    try {
      this.#x = this.#reserve(COLUMN * this.stride * this.#groups)
      this.#z = this.#reserve(COLUMN * classes * this.#panel)
      this.#weights = this.#reserve(4 * classes * this.stride)
      this.#labels = this.#reserve(COLUMN * this.#groups)
      this.#masses = this.#reserve(2 * COLUMN * this.#groups)
      this.#sums = this.#doubles(GROUP * this.#groups)
      this.#spreads = this.#reserve(COLUMN * this.#groups)
      this.vectors = Array.from({ length: vectors }, () => this.#doubles(classes * this.stride))
      if (!packFeatures(running, kernels, features, this.#x)) throw FULL
    } catch (error) {
      this.release()
      throw error
    }
  }

  release(): void {
    for (const block of this.#blocks.splice(0)) this.#engine.heap.release(block)
  }

  aim(targets: Targets): void {
    const { labels, mass, own, spread } = targets
    const { ints, floats } = this.#engine
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
    this.#room ??= roomy(() => this.#reserve(COLUMN * this.stride * this.#panel))
    return this.#room === undefined
      ? undefined
      : roomy(() => Array.from({ length: count }, () => this.#doubles(this.stride ** 2)))
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
    const { floats } = this.#engine
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

  moments(to: Float64Array, rows: readonly number[], factors: readonly number[]): void {
    if (!this.#factors || this.#room === undefined) return
    const bytes = COLUMN * this.stride
    const { x, weights } = this.#factors
    const { floats } = this.#engine
    for (let first = 0; first < rows.length; first += GROUP * this.#panel) {
      const some = rows.slice(first, first + GROUP * this.#panel)
      const groups = Math.ceil(some.length / GROUP)
      // lanes without a row weigh nothing
      floats.fill(0, weights / 4, weights / 4 + GROUP * groups)
      for (let i = 0; i < some.length; i++) floats[weights / 4 + i] = factors[first + i]
      packPicked(this.#engine, this.#kernels, this.#features, some, x)
      this.#kernels.triangle(x, weights, this.#room, to.byteOffset, groups, bytes)
    }
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

  setInverse(matrix: Float64Array): boolean {
    const { stride, classes } = this
    const size = stride * Math.ceil(classes / GROUP) * GROUP
    this.#inverse ??= roomy(() => ({
      matrix: this.#reserve(4 * stride * stride),
      // zeros: what stands beyond the last class stays so
      vector: this.#doubles(size / 2).byteOffset,
      product: this.#reserve(4 * size),
    }))
    if (!this.#inverse) return false
    this.#kernels.packTiles(matrix.byteOffset, this.#inverse.matrix, stride, 8 * stride)
    return true
  }

  precondition(vector: Float64Array, to: Float64Array): void {
    if (!this.#inverse) return
    const { stride, classes } = this
    const kernels = this.#kernels
    const { matrix, vector: x, product } = this.#inverse
    kernels.packGroups(vector.byteOffset, x, classes, 8 * stride)
    kernels.multiply(x, matrix, product, Math.ceil(classes / GROUP), COLUMN * stride, COLUMN * stride, stride)
    kernels.unpackGroups(to.byteOffset, product, classes, 8 * stride)
  }

  openFactors(): boolean {
    const { stride, classes } = this
    this.#factors ??= roomy(() => ({
      all: this.#reserve(4 * classes * factorSize(stride)),
      vector: this.#reserve(4 * classes * stride),
      // zeros, as lanes without a row are to be finite, and what is beyond the intercept nothing
      x: this.#doubles((COLUMN * stride * this.#panel) / 8).byteOffset,
      weights: this.#reserve(COLUMN * this.#panel),
    }))
    return this.#factors !== undefined
  }

  setFactor(c: number, matrix: Float64Array): void {
    if (!this.#factors) return
    const { stride } = this
    const { floats } = this.#engine
    let at = this.#factors.all / 4 + c * factorSize(stride)
    const diagonal = at + factorSize(stride) - stride
    for (let i = 0; i < stride; i++) {
      const width = Math.ceil(i / 4) * 4
      for (let j = 0; j < i; j++) floats[at + j] = matrix[i * stride + j]
      for (let j = i; j < width; j++) floats[at + j] = 0
      floats[diagonal + i] = 1 / matrix[i * stride + i]
      at += width
    }
  }

  substitute(vector: Float64Array, to: Float64Array): void {
    if (!this.#factors) return
    const { all, vector: at } = this.#factors
    const x = this.#engine.floats.subarray(at / 4, at / 4 + vector.length)
    x.set(vector)
    this.#kernels.substitute(all, at, this.classes, 4 * this.stride)
    to.set(x)
  }

  #linear(spread: (row: number, to: Float64Array) => void): Float64Array {
    const { classes, stride } = this
    const { floats } = this.#engine
    const soft = new Float64Array(classes)
    const total = this.#spread?.fill(0) ?? this.#doubles(classes * stride)
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

  #doubles(length: number): Float64Array {
    const at = this.#reserve(8 * length) / 8
    return this.#engine.doubles.subarray(at, at + length).fill(0)
  }

  #reserve(bytes: number): number {
    const at = this.#engine.heap.allocate(bytes)
    if (at === undefined) throw FULL
    this.#blocks.push(at)
    return at
  }
}

/** Floats of a factor as the kernel takes it: rows in multiples of four, and the diagonal. */
function factorSize(stride: number): number {
  return stride ** 2 / 2 + 2 * stride
}

/** What `make` makes, if there is room for it. */
function roomy<T>(make: () => T): T | undefined {
  try {
    return make()
  } catch (error) {
    if (error === FULL) return undefined
    throw error
  }
}
