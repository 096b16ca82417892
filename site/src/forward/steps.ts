/** Softmax taken apart: every number between a row of logits and its probabilities. */
import { softmax } from 'onesum'

export interface Steps {
  /** logit / T. */
  readonly scaled: readonly number[]
  /** The largest of them. */
  readonly largest: number
  /** exp(scaled − largest). */
  readonly exponentials: readonly number[]
  /** Their sum. */
  readonly sum: number
  /** The library's probabilities. */
  readonly probabilities: readonly number[]
  /** What exp(x) / Σ exp(x) gives when it is computed as it is written. */
  readonly naive: readonly number[]
}

export function stepsOf(logits: readonly number[], temperature: number): Steps {
  const scaled = logits.map((logit) => logit / temperature)
  const largest = Math.max(...scaled)
  const exponentials = scaled.map((value) => Math.exp(value - largest))
  const raw = scaled.map(Math.exp)
  const total = raw.reduce((sum, value) => sum + value, 0)
  return {
    scaled,
    largest,
    exponentials,
    sum: exponentials.reduce((sum, value) => sum + value, 0),
    probabilities: softmax(logits, { temperature }),
    naive: raw.map((value) => value / total),
  }
}
