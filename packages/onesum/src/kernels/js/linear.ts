/** The arithmetic of training a linear layer in float64, on every engine. */
import { fromHalf } from '../../rows/float16.ts'
import { type Features, type Linear, strideOf, type Targets } from '../linear.ts'
import { exp } from './exp.ts'
import { log1p } from './log.ts'
import { JsFactors, JsInverse } from './preconditioners.ts'
import { dotAt } from './vectors.ts'

export class JsLinear implements Linear {
  readonly stride: number
  readonly classes: number
  readonly vectors: readonly Float64Array[]
  readonly #features: Features
  readonly #row: Float64Array
  readonly #logits: Float64Array
  #targets: Targets | undefined
  #spreads: Float64Array = new Float64Array(0)

  constructor(features: Features, classes: number, vectors: number) {
    this.#features = features
    this.classes = classes
    this.stride = strideOf(features.taken.length)
    this.vectors = Array.from({ length: vectors }, () => new Float64Array(classes * this.stride))
    this.#row = new Float64Array(this.stride)
    this.#logits = new Float64Array(classes)
  }

  dot(a: Float64Array, b: Float64Array): number {
    return dotAt(a, 0, b)
  }

  combine(to: Float64Array, a: Float64Array, factor: number, b: Float64Array): void {
    for (let i = 0; i < to.length; i++) to[i] = a[i] + factor * b[i]
  }

  matrices(count: number): Float64Array[] {
    return Array.from({ length: count }, () => new Float64Array(this.stride ** 2))
  }

  aim(targets: Targets): void {
    this.#targets = targets
    this.#spreads = targets.mass.map((mass) => mass * (1 - 1 / this.classes))
  }

  evaluate(weights: Float64Array, gradient: Float64Array): number {
    const z = this.#logits
    const x = this.#row
    const { classes, stride } = this
    const targets = this.#targets as Targets
    const { spread } = targets
    const soft = spread && new Float64Array(classes)
    gradient.fill(0)
    let loss = 0
    for (let row = 0; row < this.#features.rows; row++) {
      const mass = targets.mass[row]
      if (mass === 0) continue
      readRow(this.#features, row, x)
      for (let c = 0; c < classes; c++) z[c] = dotAt(weights, c * stride, x)
      if (soft) {
        spread(row, soft)
        for (let c = 0; c < classes; c++) if (soft[c] !== 0) loss -= soft[c] * z[c]
      }
      loss += differentiate(z, targets.labels[row], mass, targets.own[row])
      this.#spreads[row] = spreadOf(z, targets.labels[row], mass, targets.own[row])
      if (soft) for (let c = 0; c < classes; c++) z[c] -= soft[c]
      for (let c = 0; c < classes; c++) addProduct(gradient, c * stride, z[c], x, stride)
    }
    return loss
  }

  hessian(to: Float64Array, every: number): void {
    const x = this.#row
    const { stride } = this
    for (let row = 0; row < this.#features.rows; row += every) {
      const spread = every * this.#spreads[row]
      if (spread === 0) continue
      readRow(this.#features, row, x)
      for (let i = 0; i < stride; i++) if (x[i] !== 0) addProduct(to, i * stride, spread * x[i], x, i + 1)
    }
  }

  curvatures(weights: Float64Array, visit: (row: number, curvatures: Float64Array) => void): void {
    const z = this.#logits
    const { classes, stride } = this
    const { labels, mass, own } = this.#targets as Targets
    for (let row = 0; row < this.#features.rows; row++) {
      if (mass[row] === 0) continue
      readRow(this.#features, row, this.#row)
      for (let c = 0; c < classes; c++) z[c] = dotAt(weights, c * stride, this.#row)
      differentiate(z, labels[row], mass[row], own[row])
      curve(z, labels[row], mass[row], own[row])
      visit(row, z)
    }
  }

  moments(to: Float64Array, rows: readonly number[], factors: readonly number[]): boolean {
    const x = this.#row
    const { stride } = this
    for (const [at, row] of rows.entries()) {
      readRow(this.#features, row, x)
      for (let i = 0; i < stride; i++) if (x[i] !== 0) addProduct(to, i * stride, factors[at] * x[i], x, i + 1)
    }
    return true
  }

  rowProducts(
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
  ): void {
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        let sum = 0
        for (let p = 0; p < length; p++) sum += a[aAt + i * stride + p] * b[bAt + j * stride + p]
        c[cAt + i * stride + j] -= sum
      }
    }
  }

  openInverse(): JsInverse {
    return new JsInverse(this.classes, this.stride)
  }

  openFactors(): JsFactors {
    return new JsFactors(this.classes, this.stride)
  }

  release(): void {}
}

/** mass · Σ p (1 − p), from mass · p less `own` at the label. */
function spreadOf(g: Float64Array, label: number, mass: number, own: number): number {
  let squares = 0
  for (let c = 0; c < g.length; c++) squares += (c === label ? g[c] + own : g[c]) ** 2
  return Math.max(0, mass - squares / mass)
}

/** mass · p (1 − p) in the place of what `differentiate` leaves. */
export function curve(g: Float64Array, label: number, mass: number, own: number): void {
  for (let c = 0; c < g.length; c++) {
    const each = c === label ? g[c] + own : g[c]
    g[c] = Math.max(0, each - (each * each) / mass)
  }
}

/** A row as the layer sees it, with a one for the intercept: from `at`, `step` apart. */
export function readRow(features: Features, row: number, to: Float32Array | Float64Array, at = 0, step = 1): void {
  const { elements, columns, taken, centre, factor } = features
  const start = row * columns
  const half = elements instanceof Uint16Array
  let place = at
  for (let i = 0; i < taken.length; i++, place += step) {
    const j = taken[i]
    const x = elements[start + j]
    to[place] = ((half ? fromHalf(x) : x) - centre[j]) * factor[j]
  }
  to[place] = 1
}

/** Logits become mass · p, less `own` at the label; returns mass · log Σ exp(z) − own · z_label. */
export function differentiate(z: Float64Array, label: number, mass: number, own: number): number {
  const classes = z.length
  let top = 0
  for (let c = 1; c < classes; c++) if (z[c] > z[top]) top = c
  const max = z[top]
  const gap = max - z[label]
  let rest = 0
  for (let c = 0; c < classes; c++) {
    z[c] = exp(z[c] - max)
    if (c !== top) rest += z[c]
  }
  const total = 1 + rest
  // 1 − p at the label from the sum of the others, so that a confident row keeps its digits
  const others = label === top ? rest : total - z[label]
  const atLabel = ((mass - own) * z[label] - own * others) / total
  for (let c = 0; c < classes; c++) z[c] *= mass / total
  z[label] = atLabel
  return own * gap + (mass - own) * max + mass * log1p(rest)
}

function addProduct(to: Float64Array, at: number, factor: number, x: Float64Array, length: number): void {
  for (let j = 0; j < length; j++) to[at + j] += factor * x[j]
}
