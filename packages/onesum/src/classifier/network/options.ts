/** What the training of a network is told, checked. */
import { readChoice, readInteger, readNumber, readOptions, show, wrongKind, wrongValue } from '../../check.ts'
import type { ActivationName } from '../../kernels/js/elementwise.ts'
import { type DataOptions, type DataSettings, readDataSettings } from '../options.ts'

export type { ActivationName }

/** Options of hidden layers and of their training. */
export interface NetworkOptions extends DataOptions {
  /** How many units each hidden layer has. */
  hidden: readonly number[]
  /** What hidden units do with their sum; by default `'relu'`. */
  activation?: ActivationName
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
  'calibrate',
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
  readonly given: NetworkOptions
  readonly hidden: readonly number[]
  readonly activation: ActivationName
  readonly patience: number
  readonly epochs: number
  readonly batchSize: number
  readonly learningRate: number
  readonly dropout: number
  readonly weightDecay: number
}

export function readNetworkSettings(where: string, options: NetworkOptions, known: readonly string[]): NetworkSettings {
  const given = readOptions(where, options, known)
  const dropout = readNumber(where, 'dropout', given.dropout, 0, 0, 1)
  if (dropout === 1) throw wrongValue(where, 'dropout', 'a number below 1', '1')
  return {
    ...readDataSettings(where, given),
    given,
    hidden: readHidden(where, given.hidden),
    activation: readActivation(where, given.activation),
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
