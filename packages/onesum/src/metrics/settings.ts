/** The options of an evaluation and of its batches. */
import { readChoice, readFlag, readInteger, readOptions, show, wrongKind, wrongValue } from '../check.ts'
import type { Dtype, Logits } from '../rows/types.ts'

/** What the scores are. */
export type From = 'logits' | 'probabilities'

/** Options of an evaluation. */
export interface EvaluationOptions {
  /** What the scores are; given explicitly, it is not questioned. */
  from?: From
  /** How many equal-width confidence bins; by default 15. */
  bins?: number
  /** For which k the top-k accuracy is wanted; by default 1, 3 and 5. */
  topK?: readonly number[]
  /** How many of the most confidently wrong rows are listed; by default 10. */
  worst?: number
  /** How many bootstrap replicates give intervals; by default 0, none. */
  bootstrap?: number
  /** Where the bootstrap's random numbers start; by default 0. */
  seed?: number
  /**
   * `'exact'` leaves the classes' `auc` out beyond 2^18 rows × classes, where it is an approximation that takes a quarter of
   * the time; by default `'always'`.
   */
  auc?: 'always' | 'exact'
  /** Leaves out, and counts, rows that have no softmax (NaN, +Infinity, nothing but -Infinity) instead of refusing. */
  skipUndefined?: boolean
}

/** Options of one batch. */
export interface BatchOptions {
  shape?: readonly number[]
  axis?: number
  dtype?: Dtype
  /** How much each row counts, numbers >= 0; by default all the same. Means are then over weights, a weight of 0 leaves out. */
  sampleWeight?: Logits
}

/** Options of one batch of several. */
export interface AddOptions extends BatchOptions {
  /** The number of the batch's first row in the whole; by default the batch follows on what was added before. */
  firstRow?: number
}

export const EVALUATION_OPTIONS = ['from', 'bins', 'topK', 'worst', 'bootstrap', 'seed', 'auc', 'skipUndefined']
export const BATCH_OPTIONS = ['shape', 'axis', 'dtype', 'sampleWeight']

/** Replicates × bins that are held. */
const MOST_REPLICATES = 2 ** 20

/** Checks the options and fills in what is left out, under the name of the function that was called. */
export function readSettings(where: string, options: EvaluationOptions | undefined): Required<EvaluationOptions> {
  const { from, bins, topK, worst, bootstrap, seed, auc, skipUndefined } = readOptions(
    where,
    options,
    EVALUATION_OPTIONS,
  )
  const settings = {
    from: readChoice(where, 'from', from, ['logits', 'probabilities'] as const),
    bins: readInteger(where, 'bins', bins, 15, 1, 1e6),
    topK: readTopK(where, topK),
    worst: readInteger(where, 'worst', worst, 10, 0, 1e4),
    bootstrap: readInteger(where, 'bootstrap', bootstrap, 0, 0, 1e5),
    seed: readInteger(where, 'seed', seed, 0, 0, Number.MAX_SAFE_INTEGER),
    auc: readChoice(where, 'auc', auc, ['always', 'exact'] as const),
    skipUndefined: readFlag(where, 'skipUndefined', skipUndefined),
  }
  if (settings.bootstrap * settings.bins > MOST_REPLICATES) {
    const got = `${settings.bootstrap} of ${settings.bins}`
    throw wrongValue(where, 'bootstrap', `at most ${MOST_REPLICATES} replicates × bins`, got)
  }
  return settings
}

function readTopK(where: string, value: readonly number[] | undefined): readonly number[] {
  if (value === undefined) return [1, 3, 5]
  if (!Array.isArray(value)) throw wrongKind(where, 'topK', 'an array of whole numbers >= 1', show(value))
  return value.map((k) => readInteger(where, 'topK', k, undefined, 1, Infinity))
}
