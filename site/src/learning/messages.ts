/** What the page and the worker that trains say to each other. */
import type { ActivationName } from 'onesum/classifier'
import type { Points } from './points.ts'

/** A network of none to two hidden layers ending in softmax. */
export interface Network {
  readonly hidden: readonly number[]
  readonly activation: ActivationName
  readonly seed: number
}

export type Order =
  | {
      /** Starts anew, and goes to an epoch at once. */
      readonly kind: 'begin'
      readonly run: number
      readonly points: Points
      readonly network: Network
      readonly epochs: number
    }
  | { readonly kind: 'play' }
  | { readonly kind: 'pause' }
  | { readonly kind: 'step' }

/** How far a training is. */
export interface Milestone {
  readonly epoch: number
  /** Mean cross-entropy over all points. */
  readonly loss: number
  readonly accuracy: number
}

/** The same, with what the network says of every place. */
export interface Snapshot extends Milestone {
  /** The training it is of. */
  readonly run: number
  /** Of each place of a grid, row by row from the top left, the probability of each class. */
  readonly field: Float32Array<ArrayBuffer>
  readonly classes: number
}

/** How many places the grid has on each side. */
export const side = 64

export const learningRate = 0.01
