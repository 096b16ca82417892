import { normals, seeded } from '../support/random.ts'

/** Logits with their labels. */
export interface Source {
  readonly logits: Float64Array
  readonly labels: Int32Array
  readonly shape: [number, number]
}

/** Labels drawn from softmax(logits / temperature): a model whose right temperature is known. */
export function drawn(seed: number, rows: number, classes: number, temperature = 1, spread = 2): Source {
  const logits = normals(seed, rows * classes, spread)
  const uniform = seeded(seed + 1)
  const labels = Int32Array.from({ length: rows }, (_, row) => {
    const e = Array.from(logits.subarray(row * classes, (row + 1) * classes), (x) => Math.exp(x / temperature))
    let left = uniform() * e.reduce((a, b) => a + b)
    const label = e.findIndex((mass) => {
      left -= mass
      return left < 0
    })
    return label < 0 ? classes - 1 : label
  })
  return { logits, labels, shape: [rows, classes] }
}

/** A row of probabilities. */
export function probabilitiesOf(x: ArrayLike<number>, temperature = 1): number[] {
  const max = Math.max(...Array.from(x))
  const e = Array.from(x, (value) => Math.exp((value - max) / temperature))
  const total = e.reduce((a, b) => a + b)
  return e.map((value) => value / total)
}

/** Mean −log of the true class's probability. */
export function nllOf({ logits, labels, shape: [rows, classes] }: Source, temperature = 1): number {
  let total = 0
  for (let row = 0; row < rows; row++) {
    total -= Math.log(probabilitiesOf(logits.subarray(row * classes, (row + 1) * classes), temperature)[labels[row]])
  }
  return total / rows
}

/** The derivative of a function of many variables in one of them, by central differences of fourth order. */
export function differenceQuotient(f: (x: Float64Array) => number, x: Float64Array, i: number, h: number): number {
  const at = (step: number) => f(Float64Array.from(x, (value, k) => (k === i ? value + step : value)))
  return (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h)
}
