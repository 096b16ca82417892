/** What the loss of vector scaling curves like, class by class: variables in which L-BFGS has little left to learn. */
import { softmaxRow } from '../kernels/js/softmax.ts'
import type { Minimization } from '../optimize/lbfgs.ts'
import { eachLogits, type LabelledRows } from './labelled.ts'

/**
 * The problem in other variables, u_k = C_kᵀ (w_k, b_k) for each class k, and the way back.
 *
 * Method: between a class's factor and its offset the Hessian at the start has the block mean_i p (1 − p) (s, 1)(s, 1)ᵀ,
 * s = x / T, plus the penalty. The factor and the offset of a rare class are nearly one variable, as s hardly differs
 * among the rows where p is not 0; C_k, the Cholesky factor of the block, tells them apart. What couples classes, −p_j p_k, is
 * left to L-BFGS.
 */
export interface Whitened {
  readonly start: Float64Array
  readonly evaluate: Minimization['evaluate']
  /** Within this of 0 in u, the gradient in (w, b) is within 1e-7. */
  readonly tolerance: number
  /** From u to (w, b). */
  readonly unwhiten: (u: Float64Array) => Float64Array<ArrayBuffer>
}

/** Where the gradient of the mean loss ends. */
const TOLERANCE = 1e-7

/** The least of a block's pivots, as a part of the largest of all: for classes that are never probable. */
const LEAST = 1e-9

export function whitened(
  data: LabelledRows,
  temperature: number,
  strength: number,
  evaluate: Minimization['evaluate'],
  start: Float64Array,
): Whitened {
  const { length } = data.rows
  const { first, mixed, second, largest } = factors(data, temperature, strength, start)
  const unwhiten = (u: Float64Array): Float64Array<ArrayBuffer> => {
    const parameters = new Float64Array(2 * length)
    for (let k = 0; k < length; k++) {
      const offset = u[length + k] / second[k]
      parameters[length + k] = offset
      parameters[k] = (u[k] - mixed[k] * offset) / first[k]
    }
    return parameters
  }
  return {
    start: start.map((_, i) =>
      i < length ? first[i] * start[i] + mixed[i] * start[length + i] : second[i - length] * start[i],
    ),
    evaluate(u, gradient) {
      const value = evaluate(unwhiten(u), gradient)
      for (let k = 0; k < length; k++) {
        gradient[k] /= first[k]
        gradient[length + k] = (gradient[length + k] - mixed[k] * gradient[k]) / second[k]
      }
      return value
    },
    // |g| <= √2 · the root of the block's larger diagonal entry · |γ|
    tolerance: TOLERANCE / Math.sqrt(2 * largest),
    unwhiten,
  }
}

/** The Cholesky factors of the blocks, [first 0; mixed second], and the largest entry of a diagonal. */
function factors(data: LabelledRows, temperature: number, strength: number, at: Float64Array) {
  const { length, count } = data.rows
  const [first, mixed, second] = [0, 1, 2].map(() => new Float64Array(length))
  const scaled = new Float64Array(length)
  eachLogits(data, (_, x) => {
    for (let k = 0; k < length; k++) {
      const value = x[k] / temperature
      scaled[k] = value === -Infinity ? 0 : value
      x[k] = value === -Infinity ? value : at[k] * value + at[length + k]
    }
    softmaxRow([x], length, 1)
    for (let k = 0; k < length; k++) {
      const spread = x[k] * (1 - x[k])
      const part = spread * scaled[k]
      first[k] += part * scaled[k]
      mixed[k] += part
      second[k] += spread
    }
  })
  let largest = 0
  for (let k = 0; k < length; k++)
    largest = Math.max(largest, first[k] / count + strength, second[k] / count + strength)
  const pivot = (square: number) => Math.sqrt(Math.max(square, LEAST * largest)) || 1
  for (let k = 0; k < length; k++) {
    first[k] = pivot(first[k] / count + strength)
    mixed[k] /= count * first[k]
    second[k] = pivot(second[k] / count + strength - mixed[k] * mixed[k])
  }
  return { first, mixed, second, largest: largest || 1 }
}
