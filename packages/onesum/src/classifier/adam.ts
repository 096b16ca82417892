/**
 * Adam: steps by running means of the gradient and of its square (Kingma and Ba, 2015, algorithm 1), with weight decay apart
 * from the gradient (Loshchilov and Hutter, Decoupled Weight Decay Regularization, 2019).
 */

const FIRST = 0.9
const SECOND = 0.999
const TINY = 1e-8

/** Weights in rows of `columns`, their gradient, and its running means. */
export interface Moments {
  readonly first: Float64Array
  readonly second: Float64Array
}

export interface Rates {
  readonly learningRate: number
  readonly weightDecay: number
}

/** Moves the weights; `step` counts from 1, the intercepts at column `intercept` do not decay. */
export function moveByAdam(
  weights: Float64Array,
  gradient: Float64Array,
  { first, second }: Moments,
  { learningRate, weightDecay }: Rates,
  step: number,
  columns: number,
  intercept: number,
): void {
  // both means begin at 0, and are divided by what that takes from them
  const rate = learningRate / (1 - FIRST ** step)
  const root = 1 / Math.sqrt(1 - SECOND ** step)
  const keep = 1 - learningRate * weightDecay
  for (let from = 0; from < weights.length; from += columns) {
    for (let j = from; j < from + columns; j++) {
      const g = gradient[j]
      const mean = FIRST * first[j] + (1 - FIRST) * g
      const square = SECOND * second[j] + (1 - SECOND) * g * g
      first[j] = mean
      second[j] = square
      const kept = j === from + intercept ? weights[j] : keep * weights[j]
      weights[j] = kept - (rate * mean) / (root * Math.sqrt(square) + TINY)
    }
  }
}
