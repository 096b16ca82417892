/**
 * The arithmetic of training a linear layer by WebAssembly.
 *
 * The features are copied once, as float32, into groups of eight rows (kernels/panels.ts). A panel of groups goes through
 * logits, softmax and gradient while it is in the cache; nothing is stored for all rows and all classes.
 */
import { readRow } from '../js/linear.ts'
import { log } from '../js/log.ts'
import { type Features, type Linear, strideOf, type Targets } from '../linear.ts'
import { relaxed, strict } from './code/training.ts'
import { type Engine, type Exports, engine, family, instance } from './engine.ts'

const TRAINING = /* @__PURE__ */ family({ strict, relaxed })

/** Rows of a group, and bytes of one of its columns. */
const GROUP = 8
const COLUMN = 4 * GROUP

/** Most groups of a panel: its float32 sums stay short, and its features in the second-level cache. */
const PANEL = 30
const PANEL_BYTES = 1 << 20

/** Classes of a tile. */
const TILE = 5

/** A product of row sums below this may be multiplied once more. */
const LARGE = 1e290

/** Some neighbouring classes: the first, how many, and where their weights are. */
interface Tile {
  readonly first: number
  readonly width: number
  readonly weights: number
}

export class WasmLinear implements Linear {
  readonly stride: number
  readonly classes: number
  readonly #rows: number
  readonly #groups: number
  /** Groups of a panel. */
  readonly #panel: number
  readonly #engine: Engine
  readonly #kernels: Exports
  readonly #blocks: number[] = []
  readonly #x: number
  readonly #z: number
  readonly #labels: number
  readonly #masses: number
  readonly #sums: Float64Array
  readonly #gradient: Float64Array
  readonly #tiles: readonly Tile[]
  #mass: Float64Array = new Float64Array(0)
  /** The mass that all rows have, if they have the same. */
  #common: number | undefined
  /** Σ target · x beyond the labels, which is linear in the weights. */
  #spread: Float64Array | undefined
  #inverse: { matrix: readonly Tile[]; vector: number; product: number } | undefined

  /** Undefined where there are no kernels, or no room for the features. */
  static open(features: Features, classes: number): WasmLinear | undefined {
    const running = engine()
    const kernels = running && instance(TRAINING, running, running.variant)
    if (!kernels) return undefined
    try {
      return new WasmLinear(features, classes, running, kernels)
    } catch (error) {
      if (error === FULL) return undefined
      throw error
    }
  }

  private constructor(features: Features, classes: number, running: Engine, kernels: Exports) {
    this.classes = classes
    this.stride = strideOf(features.columns)
    this.#engine = running
    this.#kernels = kernels
    this.#rows = features.rows
    this.#groups = Math.ceil(features.rows / GROUP)
    const widest = COLUMN * Math.max(this.stride, classes)
    this.#panel = Math.max(1, Math.min(PANEL, this.#groups, Math.floor(PANEL_BYTES / widest)))
    try {
      this.#x = this.#reserve(COLUMN * this.stride * this.#groups)
      this.#z = this.#reserve(COLUMN * classes * this.#panel)
      this.#labels = this.#reserve(COLUMN * this.#groups)
      this.#masses = this.#reserve(2 * COLUMN * this.#groups)
      this.#sums = this.#doubles(GROUP * this.#groups)
      this.#gradient = this.#doubles(classes * this.stride)
      this.#tiles = tilesOf(classes, this.stride, this.#reserve(4 * classes * this.stride))
    } catch (error) {
      this.release()
      throw error
    }
    this.#pack(features)
  }

  allocate(length: number): Float64Array | undefined {
    try {
      return this.#doubles(length)
    } catch (error) {
      if (error === FULL) return undefined
      throw error
    }
  }

  release(): void {
    for (const block of this.#blocks.splice(0)) this.#engine.heap.release(block)
  }

  aim({ labels, mass, own, spread }: Targets): void {
    const { ints, floats } = this.#engine
    const [at, masses] = [this.#labels / 4, this.#masses / 4]
    for (let row = 0; row < this.#rows; row++) {
      const place = masses + 2 * row - (row % GROUP)
      ints[at + row] = COLUMN * labels[row]
      floats[place] = mass[row]
      floats[place + GROUP] = own[row]
    }
    this.#mass = mass
    this.#common = mass.every((value) => value === mass[0]) ? mass[0] : undefined
    this.#spread = spread && this.#linear(spread)
  }

  evaluate(weights: Float64Array, gradientOut: Float64Array): number {
    const gradient = this.#gradient
    const { classes, stride } = this
    const kernels = this.#kernels
    const [z, labels, masses, sums] = [this.#z, this.#labels, this.#masses, this.#sums.byteOffset]
    const [xBytes, zBytes] = [COLUMN * stride, COLUMN * classes]
    packWeights(this.#engine.floats, this.#tiles, weights, stride)
    let loss = 0
    if (this.#spread) {
      for (let i = 0; i < gradient.length; i++) {
        gradient[i] = -this.#spread[i]
        loss += gradient[i] * weights[i]
      }
    } else gradient.fill(0)
    for (let group = 0; group < this.#groups; group += this.#panel) {
      const count = Math.min(this.#panel, this.#groups - group)
      const x = this.#x + group * xBytes
      for (const tile of this.#tiles) {
        kernels[FORWARD[tile.width]](x, tile.weights, z + COLUMN * tile.first, count, xBytes, zBytes)
      }
      const at = COLUMN * group
      loss += kernels.panelSoftmax(z, count, zBytes, labels + at, masses + 2 * at, sums + 2 * at)
      this.#accumulate(x, z, zBytes, this.#tiles, gradient, 0, count)
    }
    gradientOut.set(gradient)
    return loss + this.#logarithms()
  }

  gram(to: Float64Array): void {
    const xBytes = COLUMN * this.stride
    to.fill(0)
    const tiles = tilesOf(this.stride, 0, 0)
    for (let group = 0; group < this.#groups; group += this.#panel) {
      const x = this.#x + group * xBytes
      for (const tile of tiles) {
        // columns up to the tile's last, in pairs
        const pairs = Math.ceil((tile.first + tile.width) / 2)
        this.#accumulate(x, x, xBytes, [tile], to, pairs, Math.min(this.#panel, this.#groups - group))
      }
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
    const bytes = 8 * stride
    this.#kernels.rowProducts(at(a, aAt), at(b, bAt), at(c, cAt), rows, columns, 8 * length, bytes, bytes, bytes)
  }

  setInverse(matrix: Float64Array): boolean {
    const { stride, classes } = this
    const size = stride * Math.ceil(classes / GROUP) * GROUP
    try {
      this.#inverse ??= {
        matrix: tilesOf(stride, stride, this.#reserve(4 * stride * stride)),
        // zeros, as what stands beyond the last class stays so
        vector: this.#doubles(size / 2).byteOffset,
        product: this.#reserve(4 * size),
      }
    } catch (error) {
      if (error === FULL) return false
      throw error
    }
    packWeights(this.#engine.floats, this.#inverse.matrix, matrix, stride)
    return true
  }

  precondition(vector: Float64Array, to: Float64Array): void {
    if (!this.#inverse) return
    const { stride, classes } = this
    const { floats } = this.#engine
    const { matrix, vector: x, product } = this.#inverse
    const bytes = COLUMN * stride
    const groups = Math.ceil(classes / GROUP)
    for (let c = 0; c < classes; c++) {
      const from = c * stride
      const at = x / 4 + (c - (c % GROUP)) * stride + (c % GROUP)
      for (let j = 0; j < stride; j++) floats[at + GROUP * j] = vector[from + j]
    }
    for (const tile of matrix) {
      this.#kernels[FORWARD[tile.width]](x, tile.weights, product + COLUMN * tile.first, groups, bytes, bytes)
    }
    for (let c = 0; c < classes; c++) {
      const from = c * stride
      const at = product / 4 + (c - (c % GROUP)) * stride + (c % GROUP)
      for (let j = 0; j < stride; j++) to[from + j] = floats[at + GROUP * j]
    }
  }

  /** to += gᵀ · x over some groups; all columns of x where `pairs` is 0. */
  #accumulate(
    x: number,
    g: number,
    gBytes: number,
    tiles: readonly Tile[],
    to: Float64Array,
    pairs: number,
    groups: number,
  ): void {
    const { stride } = this
    for (const { first, width } of tiles) {
      const out = to.byteOffset + 8 * first * stride
      this.#kernels[ACCUMULATE[width]](
        x,
        g + COLUMN * first,
        out,
        groups,
        COLUMN * stride,
        gBytes,
        pairs || stride / 2,
        8 * stride,
      )
    }
  }

  /** Σ mass · log Σ exp: one logarithm for many rows where they weigh the same. */
  #logarithms(): number {
    const sums = this.#sums
    let total = 0
    if (this.#common === undefined) {
      for (let row = 0; row < this.#rows; row++) {
        if (this.#mass[row] !== 0) total += this.#mass[row] * log(sums[row])
      }
      return total
    }
    let product = 1
    for (let row = 0; row < this.#rows; row++) {
      product *= sums[row]
      if (product < LARGE) continue
      total += log(product)
      product = 1
    }
    return this.#common * (total + log(product))
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
      this.#accumulate(x, this.#z, COLUMN * classes, this.#tiles, total, 0, count)
    }
    return total
  }

  #pack(features: Features): void {
    const { stride } = this
    const { floats } = this.#engine
    const row = new Float64Array(stride)
    const start = this.#x / 4
    floats.fill(0, start + GROUP * stride * (this.#groups - 1), start + GROUP * stride * this.#groups)
    for (let r = 0; r < this.#rows; r++) {
      readRow(features, r, row)
      const at = start + (r - (r % GROUP)) * stride + (r % GROUP)
      for (let j = 0; j < stride; j++) floats[at + GROUP * j] = row[j]
    }
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

/** Thrown where the kernels' memory has no room. */
const FULL = new RangeError('no room in the kernels’ memory')

const FORWARD = ['', 'forward1', 'forward2', 'forward3', 'forward4', 'forward5']
const ACCUMULATE = ['', 'accumulate1', 'accumulate2', 'accumulate3', 'accumulate4', 'accumulate5']

/** Classes in tiles, their weights one after the other from an address. */
function tilesOf(classes: number, stride: number, weights: number): Tile[] {
  const tiles: Tile[] = []
  for (let first = 0; first < classes; first += TILE) {
    tiles.push({ first, width: Math.min(TILE, classes - first), weights: weights + 4 * first * stride })
  }
  return tiles
}

/** Rounds weights to float32, feature by feature within each tile. */
function packWeights(floats: Float32Array, tiles: readonly Tile[], weights: Float64Array, stride: number): void {
  for (const { first, width, weights: address } of tiles) {
    for (let c = 0; c < width; c++) {
      const from = (first + c) * stride
      const to = address / 4 + c
      for (let j = 0; j < stride; j++) floats[to + j * width] = weights[from + j]
    }
  }
}
