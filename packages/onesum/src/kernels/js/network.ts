/** The arithmetic of layers in float64, on every engine. */
import { GROUP, type Moments, type Network, type Numbers } from '../network.ts'
import { differentiate } from './linear.ts'

export class JsNetwork implements Network {
  readonly #labels: Int32Array
  readonly #mass: Float64Array
  readonly #own: Float64Array

  constructor(rows: number) {
    const room = Math.ceil(rows / GROUP) * GROUP
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

  pack(weights: Float64Array, to: Numbers): void {
    to.set(weights)
  }

  multiply(x: Numbers, w: Numbers, z: Numbers, groups: number, columns: number, units: number): void {
    for (let group = 0; group < groups; group++) {
      for (let unit = 0; unit < units; unit++) {
        const to = (group * units + unit) * GROUP
        z.fill(0, to, to + GROUP)
        for (let j = 0; j < columns; j++) {
          const weight = w[unit * columns + j]
          const from = (group * columns + j) * GROUP
          for (let r = 0; r < GROUP; r++) z[to + r] += weight * x[from + r]
        }
      }
    }
  }

  collect(x: Numbers, g: Numbers, out: Float64Array, groups: number, columns: number, units: number): void {
    for (let group = 0; group < groups; group++) {
      for (let unit = 0; unit < units; unit++) {
        const slope = (group * units + unit) * GROUP
        for (let j = 0; j < columns; j++) {
          const from = (group * columns + j) * GROUP
          let sum = 0
          for (let r = 0; r < GROUP; r++) sum += g[slope + r] * x[from + r]
          out[unit * columns + j] += sum
        }
      }
    }
  }

  aim(row: number, label: number, mass: number, own: number): void {
    this.#labels[row] = label
    this.#mass[row] = mass
    this.#own[row] = own
  }

  softmax(z: Numbers, groups: number, classes: number): number {
    const own = new Float64Array(classes)
    let loss = 0
    for (let row = 0; row < groups * GROUP; row++) {
      const at = (row - (row % GROUP)) * classes + (row % GROUP)
      for (let c = 0; c < classes; c++) own[c] = z[at + c * GROUP]
      const mass = this.#mass[row]
      if (mass === 0) own.fill(0)
      else loss += differentiate(own, this.#labels[row], mass, this.#own[row])
      for (let c = 0; c < classes; c++) z[at + c * GROUP] = own[c]
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
