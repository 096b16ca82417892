/** What the page and the worker that trains say to each other. */
import type { ActivationName } from 'onesum'
import type { Points } from './points.ts'

/** A network of none to two hidden layers ending in softmax. */
export interface Network {
  readonly hidden: readonly number[]
  readonly activation: ActivationName
  readonly seed: number
}

export type Order =
  | { readonly kind: 'begin'; readonly points: Points; readonly network: Network }
  | { readonly kind: 'play' }
  | { readonly kind: 'pause' }
  | { readonly kind: 'step' }

/** How far the training is, and what the network says of every place. */
export interface Snapshot {
  readonly epoch: number
  readonly loss: number
  readonly accuracy: number
  /** Of each place of a grid, row by row from the top left, the probability of each class. */
  readonly field: Float32Array<ArrayBuffer>
  readonly classes: number
}

/** How many places the grid has on each side. */
export const side = 64
