/** Rows whose truth is known: labels drawn from the very softmax that a model then distorts. */

/** Uniform numbers from a seed (mulberry32): the tests' own, so that nothing of the library is in their data. */
export function randoms(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

export interface Rows {
  /** One list of logits a row. */
  logits: number[][]
  labels: number[]
}

export interface SourceOptions {
  rows: number
  classes?: number
  seed?: number
  /** How far apart logits lie: the standard deviation of the true ones. */
  spread?: number
  /** What the model reports are the true logits times this: 1 is calibrated, above 1 overconfident. */
  scale?: number
  /** Labels that have nothing to do with the rows. */
  shuffled?: boolean
}

/** Draws true logits, labels from their softmax, and gives out the logits distorted. */
export function source({ rows, classes = 5, seed = 1, spread = 2, scale = 1, shuffled = false }: SourceOptions): Rows {
  const random = randoms(seed)
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  const truth = Array.from({ length: rows }, () => Array.from({ length: classes }, () => spread * normal()))
  const labels = truth.map((row) => draw(softmax(row, 1), random()))
  if (shuffled) labels.sort(() => random() - 0.5)
  return { logits: truth.map((row) => row.map((logit) => logit * scale)), labels }
}

function draw(probabilities: readonly number[], at: number): number {
  let sum = 0
  const found = probabilities.findIndex((probability) => {
    sum += probability
    return at < sum
  })
  return Math.max(0, found)
}

/** By the definition, after the maximum is taken away. */
export function softmax(logits: readonly number[], temperature: number): number[] {
  const peak = Math.max(...logits)
  const powers = logits.map((logit) => Math.exp((logit - peak) / temperature))
  const total = powers.reduce((sum, power) => sum + power, 0)
  return powers.map((power) => power / total)
}
