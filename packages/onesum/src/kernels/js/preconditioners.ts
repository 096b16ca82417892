/** Preconditioners of a linear layer on every engine: an inverse in float64, factors of classes in float32. */
import type { Factors, Inverse } from '../preconditioners.ts'

export class JsInverse implements Inverse {
  readonly #stride: number
  readonly #classes: number
  #matrix: Float64Array = new Float64Array(0)

  constructor(classes: number, stride: number) {
    this.#classes = classes
    this.#stride = stride
  }

  set(matrix: Float64Array): void {
    this.#matrix = matrix
  }

  multiply(vector: Float64Array, to: Float64Array): void {
    const stride = this.#stride
    const matrix = this.#matrix
    to.fill(0)
    for (let c = 0; c < this.#classes; c++) {
      const own = to.subarray(c * stride, (c + 1) * stride)
      for (let i = 0; i < stride; i++) {
        const value = vector[c * stride + i]
        if (value === 0) continue
        for (let j = 0; j < stride; j++) own[j] += value * matrix[i * stride + j]
      }
    }
  }
}

export class JsFactors implements Factors {
  readonly #stride: number
  /** Rows of lower triangles, for each class. */
  readonly #triangles: readonly Float32Array[]

  constructor(classes: number, stride: number) {
    this.#stride = stride
    this.#triangles = Array.from({ length: classes }, () => new Float32Array((stride * (stride + 1)) / 2))
  }

  set(c: number, matrix: Float64Array): void {
    const stride = this.#stride
    for (let i = 0; i < stride; i++) {
      this.#triangles[c].set(matrix.subarray(i * stride, i * stride + i + 1), (i * (i + 1)) / 2)
    }
  }

  solve(vector: Float64Array, to: Float64Array): void {
    const stride = this.#stride
    to.set(vector)
    for (const [c, l] of this.#triangles.entries()) {
      const x = to.subarray(c * stride, (c + 1) * stride)
      for (let i = 0, at = 0; i < stride; i++, at += i) {
        for (let j = 0; j < i; j++) x[i] -= l[at + j] * x[j]
        x[i] /= l[at + i]
      }
      for (let i = stride - 1, at = (i * stride) / 2; i >= 0; at -= i, i--) {
        x[i] /= l[at + i]
        for (let j = 0; j < i; j++) x[j] -= l[at + j] * x[i]
      }
    }
  }
}
