/** Conformal prediction: sets of classes that hold the true one as often as was asked for. */
import { encodeNumber, readChoice, readFlag, readInteger, readNumber, wrongValue } from '../check.ts'
import { denseRow, loadRow } from '../kernels/js/dense.ts'
import { softmaxRow } from '../kernels/js/softmax.ts'
import type { From } from '../metrics/settings.ts'
import { uniform } from '../random.ts'
import { openRows } from '../rows/rows.ts'
import type { Dtype, Labels, Logits } from '../rows/types.ts'
import { type ConformalScore, conformalQuantile, RowScores, SCORES, type ScoreRule } from './conformal-scores.ts'
import { readSeed } from './folds.ts'
import { checkScores, type FitOptions, openLabelled } from './labelled.ts'
import type { PredictionSets } from './prediction-sets.ts'

/** Streams of random numbers: of the rows that were fitted, and of those that are predicted. */
const FITTED = 10
const PREDICTED = 11

/** Options of conformal prediction. */
export interface ConformalOptions extends FitOptions {
  /** How often the true class may be missed, from 0 to 1; by default 0.1. */
  alpha?: number
  /** By default `'lac'`, the smallest sets; `'aps'` and `'raps'` give hard rows larger ones. */
  score?: ConformalScore
  /** A threshold for each class, so that each is covered; by default one for all. */
  classConditional?: boolean
  /** Draws a number for each row, so that APS and RAPS cover exactly; by default false. */
  randomize?: boolean
  /** By default 0. */
  seed?: number
  /** RAPS: what each rank beyond `freeRanks` adds; by default 0.01. */
  lambda?: number
  /** RAPS: how many ranks are free; by default 5. */
  freeRanks?: number
}

/** Options of `predictSets`. */
export interface SetOptions {
  shape?: readonly number[]
  axis?: number
  dtype?: Dtype
  /** The number of the first row, where rows come in batches: randomized sets then do not repeat their draws. */
  firstRow?: number
}

/** What was fitted. */
export interface FittedConformal extends ScoreRule {
  readonly from: From
  readonly classes: number
  readonly alpha: number
  readonly randomize: boolean
  readonly seed: number
  readonly thresholds: Float64Array
  readonly rows: Int32Array
}

/** Predicts sets of classes with a guaranteed coverage. */
export class ConformalPredictor {
  readonly from: From
  readonly classes: number
  readonly alpha: number
  readonly score: ConformalScore
  /** The largest score that is let in: one for all classes, or one for each. Infinity lets everything in. */
  readonly thresholds: Float64Array
  /** How many rows each threshold rests on. */
  readonly rows: Int32Array
  readonly #fitted: FittedConformal

  /** @internal */
  constructor(fitted: FittedConformal) {
    this.#fitted = fitted
    this.from = fitted.from
    this.classes = fitted.classes
    this.alpha = fitted.alpha
    this.score = fitted.score
    this.thresholds = fitted.thresholds
    this.rows = fitted.rows
  }

  /** Classes that are in every set, as there were fewer than 1 / alpha − 1 rows to tell anything from. */
  get alwaysIncluded(): number[] {
    const { thresholds, classes } = this
    return Array.from({ length: classes }, (_, k) => k).filter((k) => thresholds[k % thresholds.length] === Infinity)
  }

  /**
   * The set of each row: all classes whose score is at most the threshold.
   *
   * @param scores logits, or probabilities if `from` said so: an array or a tensor
   * @param options `shape` (default one row), `axis` (default the last), `dtype`, `firstRow` (default 0)
   * @returns `mask`, rows × classes, 1 where a class is in the set, and the `sizes` of the sets
   * @throws RangeError that names the row, for one without a softmax; or for another number of classes
   */
  predictSets(scores: Logits, options?: SetOptions): PredictionSets {
    const where = 'conformal.predictSets'
    const { randomize, seed, from, classes, thresholds, score } = this.#fitted
    const signature = { name: where, operands: ['scores'], options: ['shape', 'axis', 'dtype', 'firstRow'] }
    const { rows } = openRows(signature, [scores], options)
    const firstRow = readInteger(where, 'firstRow', options?.firstRow, 0, 0, Number.MAX_SAFE_INTEGER)
    const { count, length } = rows
    if (length !== classes) throw wrongValue(where, 'scores', `${classes} classes, as fitted`, String(length))
    const mask = new Uint8Array(count * length)
    const sizes = new Int32Array(count)
    const rowScores = new RowScores(this.#fitted, classes)
    const dense = denseRow(rows)
    const [p] = dense.values
    for (let row = 0; row < count; row++) {
      loadRow(rows, row, dense)
      checkScores(where, from, p, length, row)
      if (from === 'logits') softmaxRow([p], length, 1)
      const u = randomize ? uniform(seed, firstRow + row, PREDICTED) : 1
      const keepFirst = score !== 'lac' && !randomize
      sizes[row] = rowScores.mark(p, length, u, thresholds, keepFirst, mask, row * length)
    }
    return { mask, sizes, rows: count, classes }
  }

  /** The predictor as plain data, for `conformalFromJSON`; non-finite numbers are strings. */
  toJSON(): Record<string, unknown> {
    const { from, classes, alpha, score, lambda, freeRanks, randomize, seed, thresholds, rows } = this.#fitted
    const saved = { from, classes, alpha, score, lambda, freeRanks, randomize, seed }
    return { version: 1, ...saved, thresholds: Array.from(thresholds, encodeNumber), rows: [...rows] }
  }
}

/**
 * Finds how badly a class may fit a row and still be in its set, so that sets hold the true class with probability 1 − alpha.
 *
 *     threshold = the ⌈(n + 1)(1 − alpha)⌉-th smallest score of the true classes of n rows
 *
 * The guarantee holds for any model and any number of rows, on average over fresh rows of the same source; with
 * `classConditional` for the rows of each class. Scores: LAC 1 − p_y; APS the mass of all classes down to y; RAPS the same and a
 * penalty for ranks. Where rows are too few for alpha the set is everything: `alwaysIncluded` says so. LAC sets may be
 * empty; those of APS and RAPS hold the most probable class, unless `randomize` makes their coverage exact.
 *
 * @param scores logits, or probabilities with `from`, of rows that the model was not trained on, nor the calibrator fitted on
 * @param labels the true class of each row
 * @param options `shape`, `axis`, `dtype`, `from`; `alpha` (default 0.1), `score` (default `'lac'`), `classConditional`,
 *   `randomize`, `seed` (default 0), `lambda` (default 0.01), `freeRanks` (default 5)
 * @returns a predictor with `predictSets`, its `thresholds`, and `alwaysIncluded`
 * @throws as `fitTemperature`
 * @see Sadinle, Lei and Wasserman, Least Ambiguous Set-Valued Classifiers with Bounded Error Levels, 2019; Romano, Sesia and
 *   Candès, Classification with Valid and Adaptive Coverage, 2020; Angelopoulos et al., Uncertainty Sets for Image Classifiers
 *   using Conformal Prediction, 2021; Vovk, Conditional Validity of Inductive Conformal Predictors, 2012
 * @example
 * import { fitConformal } from 'onesum/calibration'
 *
 * const p = [0.9, 0.1, 0.6, 0.4, 0.2, 0.8]
 * const conformal = fitConformal(p, [0, 1, 1], { shape: [3, 2], from: 'probabilities', alpha: 0.25 })
 * conformal.predictSets([0.5, 0.5]).sizes // → Int32Array [2]
 */
export function fitConformal(scores: Logits, labels: Labels, options?: ConformalOptions): ConformalPredictor {
  const where = 'fitConformal'
  const own = ['alpha', 'score', 'classConditional', 'randomize', 'seed', 'lambda', 'freeRanks']
  const { data } = openLabelled(where, scores, labels, options, own)
  const { rows, from, counts } = data
  const settings = {
    from,
    classes: rows.length,
    alpha: readNumber(where, 'alpha', options?.alpha, 0.1, 0, 1),
    score: readChoice(where, 'score', options?.score, SCORES),
    randomize: readFlag(where, 'randomize', options?.randomize),
    seed: readSeed(where, options?.seed, 0),
    lambda: readNumber(where, 'lambda', options?.lambda, 0.01, 0, Number.MAX_VALUE),
    freeRanks: readInteger(where, 'freeRanks', options?.freeRanks, 5, 0, Infinity),
  }
  const classwise = readFlag(where, 'classConditional', options?.classConditional)
  const fits = new Float64Array(rows.count)
  const rowScores = new RowScores(settings, rows.length)
  const dense = denseRow(rows)
  const [p] = dense.values
  for (let row = 0; row < rows.count; row++) {
    loadRow(rows, row, dense)
    checkScores(where, from, p, rows.length, row)
    if (from === 'logits') softmaxRow([p], rows.length, 1)
    const u = settings.randomize ? uniform(settings.seed, row, FITTED) : 1
    fits[row] = rowScores.of(p, rows.length, u, data.labels[row])
  }
  const groups = classwise ? Array.from(counts, (_, k) => fits.filter((_, row) => data.labels[row] === k)) : [fits]
  return new ConformalPredictor({
    ...settings,
    thresholds: Float64Array.from(groups, (group) => conformalQuantile(group, settings.alpha)),
    rows: Int32Array.from(groups, (group) => group.length),
  })
}
