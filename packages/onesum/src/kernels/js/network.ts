/** The arithmetic of layers in float64, on every engine. */
import type { Features, Targets } from '../linear.ts'
import { GROUP, type Moments, type Network, type Numbers } from '../network.ts'
import { type ActivationName, applyActivation, applyActivationBackward } from './elementwise.ts'
import { differentiate, readRow } from './linear.ts'

export class JsNetwork implements Network {
  readonly #features: Features
  readonly #targets: Targets
  /** Of the rows of the batch. */
  readonly #labels: Int32Array
  readonly #mass: Float64Array
  readonly #own: Float64Array

  constructor(features: Features, targets: Targets, rows: number) {
    const room = Math.ceil(rows / GROUP) * GROUP
    this.#features = features
    this.#targets = targets
    this.#labels = new Int32Array(room)
    this.#mass = new Float64Array(room)
    this.#own = new Float64Array(room)
  }

  numbers(length: number): Numbers {
    return new Float64Array(length)
  }

  doubles(length: number): Float64Array {
    return new Float64Array(length)
  }

  take(rows: Int32Array, scale: number, x: Numbers): void {
    const { labels, mass, own } = this.#targets
    const stride = x.length / this.#mass.length
    this.#mass.fill(0)
    for (let r = 0; r < rows.length; r++) {
      const row = rows[r]
      readRow(this.#features, row, x, (r - (r % GROUP)) * stride + (r % GROUP), GROUP)
      this.#labels[r] = labels[row]
      this.#mass[r] = scale * mass[row]
      this.#own[r] = scale * own[row]
    }
  }

  pack(weights: Float64Array, to: Numbers): void {
    to.set(weights)
  }

  packAcross(weights: Float64Array, to: Numbers, units: number, columns: number, inputs: number, padded: number): void {
    for (let unit = 0; unit < units; unit++) {
      for (let j = 0; j < inputs; j++) to[j * padded + unit] = weights[unit * columns + j]
    }
  }

  multiply(x: Numbers, w: Numbers, z: Numbers, groups: number, columns: number, zColumns: number, units: number): void {
    for (let group = 0; group < groups; group++) {
      for (let unit = 0; unit < units; unit++) {
        const to = (group * zColumns + unit) * GROUP
        z.fill(0, to, to + GROUP)
        for (let j = 0; j < columns; j++) {
          const weight = w[unit * columns + j]
          const from = (group * columns + j) * GROUP
          for (let r = 0; r < GROUP; r++) z[to + r] += weight * x[from + r]
        }
      }
    }
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
    for (let group = 0; group < groups; group++) {
      for (let unit = 0; unit < units; unit++) {
        const slope = (group * gColumns + unit) * GROUP
        for (let j = 0; j < columns; j++) {
          const from = (group * columns + j) * GROUP
          let sum = 0
          for (let r = 0; r < GROUP; r++) sum += g[slope + r] * x[from + r]
          out[unit * columns + j] += sum
        }
      }
    }
  }

  activate(name: ActivationName, z: Numbers, y: Numbers, groups: number, columns: number, units: number): void {
    for (let group = 0; group < groups; group++) {
      applyActivation(name, z, y, group * columns * GROUP, units * GROUP)
    }
  }

  activateBackward(name: ActivationName, z: Numbers, g: Numbers, groups: number, columns: number, units: number): void {
    for (let group = 0; group < groups; group++) {
      applyActivationBackward(name, z, g, g, group * columns * GROUP, units * GROUP)
    }
  }

  softmax(z: Numbers, groups: number, columns: number, classes: number): number {
    const row = new Float64Array(classes)
    let loss = 0
    for (let r = 0; r < groups * GROUP; r++) {
      const at = (r - (r % GROUP)) * columns + (r % GROUP)
      for (let c = 0; c < classes; c++) row[c] = z[at + c * GROUP]
      if (this.#mass[r] === 0) row.fill(0)
      else loss += differentiate(row, this.#labels[r], this.#mass[r], this.#own[r])
      for (let c = 0; c < classes; c++) z[at + c * GROUP] = row[c]
    }
    return loss
  }

  move(weights: Float64Array, gradient: Float64Array, { first, second }: Moments, rate: number, root: number): void {
    for (let i = 0; i < weights.length; i++) {
      const g = gradient[i]
      const mean = 0.9 * first[i] + (1 - 0.9) * g
      const square = 0.999 * second[i] + (1 - 0.999) * (g * g)
      first[i] = mean
      second[i] = square
      weights[i] -= (rate * mean) / (root * Math.sqrt(square) + 1e-8)
    }
  }

  release(): void {}
}
