/** What the training of a network is told, checked. */
import { readChoice, readFlag, readInteger, readNumber, readOptions, show, wrongKind, wrongValue } from '../check.ts'
import type { ActivationName } from '../kernels/js/elementwise.ts'
import type { DataOptions, DataSettings } from './options.ts'

export type { ActivationName }

/** Options of hidden layers and of their training. */
export interface NetworkOptions extends DataOptions {
  /** How many units each hidden layer has. */
  hidden: readonly number[]
  /** What hidden units do with their sum; by default `'relu'`. */
  activation?: ActivationName
  /** The part of the rows that is held out and tells when to stop; by default 0.1, none with 0. */
  heldOut?: number
  /** Stops after so many epochs without a better held-out loss; by default 10. */
  patience?: number
  /** The most epochs; by default 200. */
  epochs?: number
  /** Rows of a mini-batch; by default 32. */
  batchSize?: number
  /** By default 1e-3. */
  learningRate?: number
  /** How likely a hidden unit is silent in a step of the training; by default 0. */
  dropout?: number
  /** The part of each weight that decays in a step, times the learning rate; by default 0. */
  weightDecay?: number
}

/** Activations by their names. */
const ACTIVATIONS: readonly ActivationName[] = [
  'relu',
  'identity',
  'leakyRelu',
  'elu',
  'gelu',
  'silu',
  'softplus',
  'sigmoid',
  'tanh',
]

export const NETWORK_OPTIONS = [
  'shape',
  'classes',
  'standardize',
  'classWeight',
  'sampleWeight',
  'labelSmoothing',
  'prior',
  'seed',
  'classNames',
  'featureNames',
  'hidden',
  'activation',
  'heldOut',
  'patience',
  'epochs',
  'batchSize',
  'learningRate',
  'dropout',
  'weightDecay',
] as const

export interface NetworkSettings extends DataSettings {
  readonly hidden: readonly number[]
  readonly activation: ActivationName
  readonly heldOut: number
  readonly patience: number
  readonly epochs: number
  readonly batchSize: number
  readonly learningRate: number
  readonly dropout: number
  readonly weightDecay: number
  readonly seed: number
}

export function readNetworkSettings(where: string, options: NetworkOptions, known: readonly string[]): NetworkSettings {
  const given = readOptions(where, options, known)
  const dropout = readNumber(where, 'dropout', given.dropout, 0, 0, 1)
  if (dropout === 1) throw wrongValue(where, 'dropout', 'a number below 1', '1')
  const heldOut = readNumber(where, 'heldOut', given.heldOut, 0.1, 0, 1)
  if (heldOut === 1) throw wrongValue(where, 'heldOut', 'a number below 1', '1')
  return {
    given,
    standardize: readFlag(where, 'standardize', given.standardize),
    smoothing: readNumber(where, 'labelSmoothing', given.labelSmoothing, 0, 0, 1),
    seed: readInteger(where, 'seed', given.seed, 0, 0, Number.MAX_SAFE_INTEGER),
    hidden: readHidden(where, given.hidden),
    activation: readActivation(where, given.activation),
    heldOut,
    patience: readInteger(where, 'patience', given.patience, 10, 1, Infinity),
    epochs: readInteger(where, 'epochs', given.epochs, 200, 0, Infinity),
    batchSize: readInteger(where, 'batchSize', given.batchSize, 32, 1, 1 << 16),
    learningRate: readNumber(where, 'learningRate', given.learningRate, 1e-3, 0, 1e3),
    dropout,
    weightDecay: readNumber(where, 'weightDecay', given.weightDecay, 0, 0, 1e3),
  }
}

export function readActivation(where: string, value: unknown): ActivationName {
  return readChoice(where, 'activation', value, ACTIVATIONS)
}

function readHidden(where: string, value: unknown): readonly number[] {
  if (!Array.isArray(value)) throw wrongKind(where, 'hidden', 'an array of whole numbers >= 1', show(value))
  return value.map((units) => readInteger(where, 'hidden', units, undefined, 1, 1 << 20))
}
