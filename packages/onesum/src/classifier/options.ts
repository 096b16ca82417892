/** What a fit is told, checked. */
import { readChoice, readFlag, readInteger, readNumber, readOptions, show, wrongKind, wrongValue } from '../check.ts'
import type { Logits } from '../rows/types.ts'
import type { SoftmaxClassifier } from './softmax-classifier.ts'

/** Options that say what the data are and how much of them counts. */
export interface DataOptions {
  /** [rows, features]; a tensor brings its own. */
  shape?: readonly number[]
  /** How many classes; by default as many as names, or as the labels need. */
  classes?: number
  /** Penalises the weights of standardised features, by default those of the features as they are. */
  standardize?: boolean
  /** A factor on the loss of each class, or `'balanced'`: inversely proportional to its rows. */
  classWeight?: 'balanced' | Logits
  /** A factor on the loss of each row. */
  sampleWeight?: Logits
  /** The part of each target's mass that is spread evenly over the classes, from 0 (default) to 1. */
  labelSmoothing?: number
  /** `'temperature'` divides the logits by what makes held-out rows most probable. */
  calibrate?: 'temperature'
  /** The part of the rows that is held out, by default 0.1: to calibrate on, and to tell a network when to stop. */
  heldOut?: number
  /** How often each class is to be expected where the classifier is used; by default as often as in the training. */
  prior?: Logits
  /** The seed of what is random: folds, first weights, order, dropout. By default 0. */
  seed?: number
  classNames?: readonly string[]
  featureNames?: readonly string[]
}

/** Options of softmax regression. */
export interface RegressionOptions extends DataOptions {
  /** The penalty l2 / 2 · Σ w², 1 by default; `'auto'` chooses it by the held-out loss of five folds. */
  l2?: number | 'auto'
  /** Stops where another iteration would gain less than this part of the objective; by default 2e-8. */
  tolerance?: number
  /** By default 1000. */
  maxIterations?: number
  /** Where to begin: a classifier of the same features and classes. */
  warmStart?: SoftmaxClassifier
}

export const FIT_OPTIONS = [
  'shape',
  'classes',
  'l2',
  'standardize',
  'classWeight',
  'sampleWeight',
  'labelSmoothing',
  'tolerance',
  'maxIterations',
  'warmStart',
  'calibrate',
  'heldOut',
  'prior',
  'seed',
  'classNames',
  'featureNames',
] as const

/** What the data are read by. */
export interface DataSettings {
  readonly given: DataOptions
  readonly calibrate: boolean
  readonly heldOut: number
  readonly seed: number
  readonly standardize: boolean
  readonly smoothing: number
}

/** The options that need no data to be checked. */
export interface Settings extends DataSettings {
  readonly given: RegressionOptions
  readonly l2: number | 'auto'
  readonly tolerance: number
  readonly maxIterations: number
}

export function readSettings(
  where: string,
  options: RegressionOptions | undefined,
  known: readonly string[],
): Settings {
  const given = readOptions(where, options, known)
  const common = readDataSettings(where, given)
  if (given.heldOut !== undefined && !common.calibrate) {
    throw wrongKind(where, 'heldOut', "calibrate: 'temperature' or hidden beside it", 'neither')
  }
  return {
    ...common,
    given,
    l2: typeof given.l2 === 'string' ? readChoice(where, 'l2', given.l2, ['auto'] as const) : readL2(where, given.l2),
    tolerance: readNumber(where, 'tolerance', given.tolerance, 2e-8, 0, 1),
    maxIterations: readInteger(where, 'maxIterations', given.maxIterations, 1000, 0, Infinity),
  }
}

/** What softmax regression and networks are told alike. */
export function readDataSettings(where: string, given: DataOptions): DataSettings {
  if (given.calibrate !== undefined) readChoice(where, 'calibrate', given.calibrate, ['temperature'] as const)
  const heldOut = readNumber(where, 'heldOut', given.heldOut, 0.1, 0, 1)
  if (heldOut === 1) throw wrongValue(where, 'heldOut', 'a number below 1', '1')
  return {
    given,
    calibrate: given.calibrate !== undefined,
    heldOut,
    standardize: readFlag(where, 'standardize', given.standardize),
    smoothing: readNumber(where, 'labelSmoothing', given.labelSmoothing, 0, 0, 1),
    seed: readInteger(where, 'seed', given.seed, 0, 0, Number.MAX_SAFE_INTEGER),
  }
}

function readL2(where: string, value: unknown): number {
  const l2 = readNumber(where, 'l2', value, 1, 0, Infinity)
  if (l2 === Infinity) throw wrongValue(where, 'l2', 'a finite number >= 0', 'Infinity')
  return l2
}

/** Different names, one for each class or feature; undefined where they are left out. */
export function readNames(
  where: string,
  name: string,
  value: unknown,
  length: number | undefined,
): string[] | undefined {
  if (value === undefined) return undefined
  if (!Array.isArray(value)) throw wrongKind(where, name, 'an array of names', show(value))
  const bad = value.findIndex((each) => typeof each !== 'string')
  if (bad >= 0) throw wrongKind(where, name, 'names', `${show(value[bad])} at index ${bad}`)
  if (length !== undefined && value.length !== length) {
    throw wrongValue(where, name, `${length} names`, String(value.length))
  }
  const seen = new Set<string>()
  for (const each of value) {
    if (seen.has(each)) throw wrongValue(where, name, 'different names', `${show(each)} twice`)
    seen.add(each)
  }
  return [...value]
}
