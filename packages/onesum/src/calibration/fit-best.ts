/** The choice among calibrators, by rows that their fits did not see. */
import { show, wrongKind, wrongValue } from '../check.ts'
import { peak } from '../kernels/js/exponentials.ts'
import { Total } from '../kernels/js/total.ts'
import { scoreProbabilities } from '../metrics/score.ts'
import type { Labels, Logits } from '../rows/types.ts'
import { type Calibrator, METHODS, type Method } from './calibrator.ts'
import { outOfFold } from './cross-fit.ts'
import { dealFolds, readFolds, readSeed } from './folds.ts'
import { eachLabelled, type FitOptions, type LabelledRows, openLabelled } from './labelled.ts'
import { fitBy } from './methods.ts'

/** Options of the choice. */
export interface BestOptions extends FitOptions {
  /**
   * The candidates, by default all that suit: temperature, vector, isotonic and histogram; dirichlet up to 32 classes; platt for
   * two.
   */
  methods?: readonly Method[]
  /** By default 5. */
  folds?: number
  /** By default 0. */
  seed?: number
}

/** How a candidate did on rows that its fits did not see. */
export interface Candidate {
  readonly method: Method
  /** Mean negative log-likelihood; Infinity where the method said 0 of what came true, or could not be fitted. */
  readonly nll: number
  /** Mean of Σ_k (p_k − y_k)². */
  readonly brier: number
  /** Why it could not be fitted; null where it could. */
  readonly failure: string | null
}

/** The chosen calibrator and all candidates. */
export interface Best {
  /** The best method's, fitted on all rows. */
  readonly calibrator: Calibrator
  readonly candidates: readonly Candidate[]
}

/** Most classes for which Dirichlet calibration is tried unasked. */
const MOST_DIRICHLET = 32

/**
 * Tries calibrators on rows that their fits did not see, and fits the best on all rows.
 *
 * The best has the smallest held-out negative log-likelihood; of equals the one named first. Folds are dealt by class.
 *
 * @param logits logits, or probabilities with `from`: an array or a tensor
 * @param labels the true class of each row
 * @param options as for `fitTemperature`; `methods` (default all that suit), `folds` (default 5), `seed` (default 0)
 * @returns the `calibrator`, and every one of the `candidates` with its held-out `nll` and `brier`
 * @throws as `fitTemperature`; where no candidate could be fitted, what the first said
 * @example
 * import { fitBest } from 'onesum/calibration'
 *
 * const logits = [2, 0, 2, 0, 0, 2, 0, 2, 2, 0, 0, 2]
 * fitBest(logits, [0, 0, 1, 0, 1, 1], { shape: [6, 2], folds: 2 }).candidates.length // → 6
 */
export function fitBest(logits: Logits, labels: Labels, options?: BestOptions): Best {
  const where = 'fitBest'
  const { data } = openLabelled(where, logits, labels, options, ['methods', 'folds', 'seed'])
  const methods = readMethods(where, options?.methods, data.rows.length)
  const folds = readFolds(where, options?.folds, 5)
  const fold = dealFolds(data.labels, folds, readSeed(where, options?.seed, 0))
  // what is wrong with the rows themselves is no candidate's fault
  eachLabelled(data, () => {})
  const candidates = methods.map((method) => judged(data, method, fold, folds))
  const best = candidates.reduce((best, next) => (next.nll < best.nll || best.failure ? next : best))
  if (best.failure) throw new RangeError(candidates[0].failure ?? '')
  return { calibrator: fitBy(best.method, data), candidates }
}

function readMethods(where: string, methods: readonly Method[] | undefined, classes: number): readonly Method[] {
  const suited = (method: Method) =>
    method === 'platt' ? classes === 2 : method !== 'dirichlet' || classes <= MOST_DIRICHLET
  if (methods === undefined) return METHODS.filter(suited)
  const expected = `a list of methods among ${METHODS.join(', ')}`
  if (!Array.isArray(methods)) throw wrongKind(where, 'methods', expected, show(methods))
  const bad = methods.find((method) => !METHODS.includes(method))
  if (bad !== undefined || methods.length === 0) {
    throw wrongValue(where, 'methods', expected, methods.length === 0 ? 'none' : show(bad))
  }
  return methods
}

function judged(data: LabelledRows, method: Method, fold: Int32Array, folds: number): Candidate {
  const { count, length } = data.rows
  const [nll, brier] = [new Total(), new Total()]
  try {
    outOfFold(data, method, fold, folds, true, (numbers, all) => {
      for (let i = 0; i < numbers.length; i++) {
        const p = Float64Array.from(all.subarray(i * length, (i + 1) * length))
        const score = scoreProbabilities(p, length, peak(p, length), data.labels[numbers[i]])
        nll.add(score.nll)
        brier.add(score.brier)
      }
    })
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return { method, nll: Infinity, brier: Infinity, failure: error.message }
  }
  return { method, nll: nll.value / count, brier: brier.value / count, failure: null }
}
