/**
 * What the functions give for one float32 row, in float64 from the definitions: within 1e-13 relative, a millionth of a
 * float32 unit in the last place, so that no bound has to make room for it. `Math.exp` and `Math.log1p` are the engine's,
 * not the library's.
 */
import { compensatedSum } from '../support/softmax-reference.ts'

/** A row seen from its maximum. */
export interface Seen {
  readonly max: number
  /** (x_j − max) / T */
  readonly q: Float64Array
  /** exp(q_j) */
  readonly e: Float64Array
  /** Σ e but one maximum's. */
  readonly rest: number
}

/** A row of finite logits or -Infinity, at least one finite. */
export function seen(x: ArrayLike<number>, temperature = 1): Seen {
  const size = x.length
  let at = 0
  for (let j = 1; j < size; j++) if (x[j] > x[at]) at = j
  const max = x[at]
  const q = new Float64Array(size)
  const e = new Float64Array(size)
  for (let j = 0; j < size; j++) {
    q[j] = (x[j] - max) / temperature
    e[j] = Math.exp(q[j])
  }
  return { max, q, e, rest: sumBut(e, at) }
}

/** The sum of all but one. */
function sumBut(e: Float64Array, left: number): number {
  const own = e[left]
  e[left] = 0
  const sum = compensatedSum(e)
  e[left] = own
  return sum
}

export function softmaxOf(x: ArrayLike<number>, temperature = 1): Float64Array {
  const { e, rest } = seen(x, temperature)
  for (let j = 0; j < e.length; j++) e[j] /= 1 + rest
  return e
}

/** Both terms are <= 0: nothing cancels, near 0 either. */
export function logSoftmaxOf(x: ArrayLike<number>, temperature = 1): Float64Array {
  const { q, rest } = seen(x, temperature)
  const log = Math.log1p(rest)
  for (let j = 0; j < q.length; j++) q[j] -= log
  return q
}

/** By bisection of the c that makes Σ (c − s_j)₊^(1 / a) one, s_j = a (max − x_j) / T, a = alpha − 1. */
export function entmaxOf(x: ArrayLike<number>, alpha: number, temperature = 1): Float64Array {
  const a = alpha - 1
  const s = seen(x, temperature).q.map((q) => -a * q)
  const candidates = s.filter((v) => v < 1)
  const share = (v: number, c: number) => (v < c ? (c - v) ** (1 / a) : 0)
  let [low, high] = [0, 1]
  for (let middle = 0.5; middle > low && middle < high; middle = (low + high) / 2) {
    if (compensatedSum(candidates.map((v) => share(v, middle))) > 1) high = middle
    else low = middle
  }
  return s.map((v) => share(v, high))
}

export function logSumExpOf(x: ArrayLike<number>): number {
  const { max, rest } = seen(x)
  return max + Math.log1p(rest)
}

/** y_j (gy_j − ⟨y, gy⟩) / T: products of two float32 are exact in float64. */
export function softmaxBackwardOf(y: ArrayLike<number>, gy: ArrayLike<number>, temperature: number): Float64Array {
  const want = new Float64Array(y.length)
  for (let j = 0; j < want.length; j++) want[j] = y[j] * gy[j]
  const dot = compensatedSum(want)
  for (let j = 0; j < want.length; j++) want[j] = (y[j] * (gy[j] - dot)) / temperature
  return want
}

/** (gy_j − exp(logY_j) Σ gy) / T */
export function logSoftmaxBackwardOf(
  logY: ArrayLike<number>,
  gy: ArrayLike<number>,
  temperature: number,
): Float64Array {
  const total = compensatedSum(gy)
  const want = new Float64Array(gy.length)
  for (let j = 0; j < want.length; j++) want[j] = (gy[j] - Math.exp(logY[j]) * total) / temperature
  return want
}

/** The loss at a label, and its gradient: at the label minus the sum of the *other* probabilities. */
export function crossEntropyOf(x: ArrayLike<number>, label: number, weight: number, factor: number) {
  const { max, e: grad, rest } = seen(x)
  const others = sumBut(grad, label)
  const w = weight * factor
  for (let j = 0; j < grad.length; j++) grad[j] = w * (grad[j] / (1 + rest))
  grad[label] = -w * (others / (1 + rest))
  return { loss: weight === 0 ? 0 : weight * (max - x[label] + Math.log1p(rest)), grad }
}

/** The nearest float32: beyond its range an infinity. */
export function rounded(values: Float64Array): Float64Array {
  for (let j = 0; j < values.length; j++) values[j] = Math.fround(values[j])
  return values
}
