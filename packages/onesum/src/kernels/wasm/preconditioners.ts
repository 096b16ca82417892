/** Preconditioners of a linear layer by WebAssembly, in float32. */
import type { Factors, Inverse } from '../preconditioners.ts'
import type { Arena } from './arena.ts'
import type { Engine } from './engine.ts'
import type { Exports } from './family.ts'
import { COLUMN, GROUP } from './pack-features.ts'

export class WasmInverse implements Inverse {
  readonly #kernels: Exports
  readonly #classes: number
  readonly #stride: number
  /** Groups of eight classes. */
  readonly #groups: number
  /** Addresses: the matrix by tiles, vector and product by groups. */
  readonly #matrix: number
  readonly #vector: number
  readonly #product: number

  constructor(arena: Arena, kernels: Exports, classes: number, stride: number) {
    this.#kernels = kernels
    this.#classes = classes
    this.#stride = stride
    this.#groups = Math.ceil(classes / GROUP)
    this.#matrix = arena.reserve(4 * stride * stride)
    // zeros: what stands beyond the last class stays so
    this.#vector = arena.floats(stride * this.#groups * GROUP).byteOffset
    this.#product = arena.reserve(COLUMN * stride * this.#groups)
  }

  set(matrix: Float64Array): void {
    this.#kernels.packTiles(matrix.byteOffset, this.#matrix, this.#stride, 8 * this.#stride)
  }

  multiply(vector: Float64Array, to: Float64Array): void {
    const stride = this.#stride
    const bytes = COLUMN * stride
    const kernels = this.#kernels
    kernels.packGroups(vector.byteOffset, this.#vector, this.#classes, 8 * stride)
    kernels.multiply(this.#vector, this.#matrix, this.#product, this.#groups, bytes, bytes, stride)
    kernels.unpackGroups(to.byteOffset, this.#product, this.#classes, 8 * stride)
  }
}

export class WasmFactors implements Factors {
  readonly #engine: Engine
  readonly #kernels: Exports
  readonly #classes: number
  readonly #stride: number
  /** Floats of a factor as the kernel takes it: rows in multiples of four, and the diagonal. */
  readonly #size: number
  /** Addresses: all factors, and what is solved. */
  readonly #factors: number
  readonly #vector: number

  constructor(arena: Arena, kernels: Exports, classes: number, stride: number) {
    this.#engine = arena.engine
    this.#kernels = kernels
    this.#classes = classes
    this.#stride = stride
    this.#size = stride ** 2 / 2 + 2 * stride
    this.#factors = arena.reserve(4 * classes * this.#size)
    this.#vector = arena.reserve(4 * classes * stride)
  }

  set(c: number, matrix: Float64Array): void {
    const stride = this.#stride
    const { floats } = this.#engine
    let at = this.#factors / 4 + c * this.#size
    const diagonal = at + this.#size - stride
    for (let i = 0; i < stride; i++) {
      const width = Math.ceil(i / 4) * 4
      for (let j = 0; j < i; j++) floats[at + j] = matrix[i * stride + j]
      for (let j = i; j < width; j++) floats[at + j] = 0
      floats[diagonal + i] = 1 / matrix[i * stride + i]
      at += width
    }
  }

  solve(vector: Float64Array, to: Float64Array): void {
    const start = this.#vector / 4
    const x = this.#engine.floats.subarray(start, start + vector.length)
    x.set(vector)
    this.#kernels.substitute(this.#factors, this.#vector, this.#classes, 4 * this.#stride)
    to.set(x)
  }
}
