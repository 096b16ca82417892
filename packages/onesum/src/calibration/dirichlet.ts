/** Dirichlet calibration: a full matrix over log-probabilities, with what lies off its diagonal held down. */
import { readFlag, readNumber, wrongValue } from '../check.ts'
import { softmaxRow } from '../kernels/js/softmax.ts'
import { Total } from '../kernels/js/total.ts'
import type { From } from '../metrics/settings.ts'
import { type Minimization, minimize } from '../optimize/lbfgs.ts'
import type { Labels, Logits } from '../rows/types.ts'
import { Calibrator, readNumbers } from './calibrator.ts'
import {
  checkEveryClass,
  eachPossible,
  type FitOptions,
  type LabelledRows,
  openLabelled,
  originOf,
  toLogits,
} from './labelled.ts'
import { toLogProbabilities } from './probabilities.ts'
import { lossAndResidual } from './residual.ts'
import { temperatureOf } from './temperature.ts'

/** log of the least normal number: what a probability of 0 counts as, so that W log p is a number. */
const LEAST_LOG = Math.log(2 ** -1022)

/** softmax(W log p + b). */
export class DirichletCalibrator extends Calibrator {
  readonly method = 'dirichlet'
  /** W, classes × classes, row-major. */
  readonly weights: Float64Array
  /** b, one offset per class. */
  readonly bias: Float64Array
  /** Whether the fit reached its minimum. */
  readonly converged: boolean

  constructor(from: From, weights: Float64Array, bias: Float64Array, converged: boolean) {
    super(from, bias.length)
    this.weights = weights
    this.bias = bias
    this.converged = converged
  }

  row(x: Float64Array, size: number): void {
    toLogits(x, size, this.from)
    toLogProbabilities(x, size)
    const scores = x.slice(0, size)
    for (let j = 0; j < size; j++) if (scores[j] === -Infinity) scores[j] = LEAST_LOG
    affine(this.weights, this.bias, scores, x, size)
    softmaxRow([x], size, 1)
  }

  protected fields(): Record<string, unknown> {
    return { weights: [...this.weights], bias: [...this.bias], converged: this.converged }
  }
}

/** z = W s + b. */
function affine(weights: Float64Array, bias: ArrayLike<number>, s: Float64Array, z: Float64Array, size: number): void {
  for (let i = 0, at = 0; i < size; i++) {
    let total = bias[i]
    for (let j = 0; j < size; j++, at++) total += weights[at] * s[j]
    z[i] = total
  }
}

/** Options of Dirichlet calibration. */
export interface DirichletOptions extends FitOptions {
  /** λ: the penalty off the diagonal; by default k (k − 1) / 2n, a standard normal prior. */
  lambda?: number
  /** μ: the penalty of the offsets; by default k / 2n, the same prior. */
  mu?: number
}

/**
 * Finds a matrix over log-probabilities, and offsets.
 *
 *     argmin (1/n) Σ_i −log softmax(W log p_i + b)_y + λ / (k (k − 1)) Σ_{i ≠ j} W_ij² + (μ / k) ‖b‖²
 *
 * Mends confusions of one class with another, and can change the ranking. It has k² + k parameters, a million at 1000 classes,
 * and needs as many rows; a pass over n rows costs 4 n k² operations, and memory holds some 25 copies of the parameters. L-BFGS
 * in float64, from temperature scaling, some hundred passes. `transform` takes a class of probability 0 as one of 2^-1022.
 *
 * @param logits logits (or probabilities, with `from`), none of them -Infinity
 * @param labels the true class of each row; every class needs one
 * @param options as for `fitTemperature`; `lambda` (default k (k − 1) / 2n), `mu` (default k / 2n), which make each penalised
 *   parameter's prior a standard normal
 * @returns a calibrator with its `weights` (W, row-major), `bias` and whether the fit `converged`
 * @throws as `fitTemperature`; RangeError that names the classes without rows, or the row of an impossible class
 * @see Kull et al., Beyond temperature scaling: Obtaining well-calibrated multiclass probabilities with Dirichlet calibration,
 *   2019, section 3 (ODIR)
 * @example
 * import { fitDirichlet } from 'onesum/calibration'
 *
 * fitDirichlet([2, 0, 2, 0, 0, 2, 0, 2], [0, 0, 1, 0], { shape: [4, 2] }).weights.length // → 4
 */
export function fitDirichlet(logits: Logits, labels: Labels, options?: DirichletOptions): DirichletCalibrator {
  const where = 'fitDirichlet'
  const { data } = openLabelled(where, logits, labels, options, ['lambda', 'mu'])
  const penalty = (name: 'lambda' | 'mu', fallback: number) =>
    readNumber(where, name, options?.[name], fallback, 0, Number.MAX_VALUE)
  const { lambda, mu } = priors(data)
  return dirichletOf(data, { lambda: penalty('lambda', lambda), mu: penalty('mu', mu) })
}

interface Penalties {
  readonly lambda: number
  readonly mu: number
}

/** Penalties that are a standard normal prior on each parameter. */
function priors({ rows: { length, count } }: LabelledRows): Penalties {
  return { lambda: (length * (length - 1)) / (2 * count), mu: length / (2 * count) }
}

/** The same for rows that are opened. */
export function dirichletOf(data: LabelledRows, penalties: Penalties = priors(data)): DirichletCalibrator {
  checkEveryClass(data)
  const { temperature } = temperatureOf(data)
  const classes = data.rows.length
  const dimension = classes * (classes + 1)
  const start = new Float64Array(dimension)
  for (let k = 0; k < classes; k++) start[k * (classes + 1)] = 1 / temperature
  const evaluate = dirichletObjective(data, penalties)
  const { x, converged } = minimize({ dimension, start, evaluate, tolerance: 1e-6, iterations: 1000 })
  return new DirichletCalibrator(data.from, x.slice(0, classes ** 2), x.slice(classes ** 2), converged)
}

/** What is minimised, in (W, b). */
export function dirichletObjective(data: LabelledRows, { lambda, mu }: Penalties): Minimization['evaluate'] {
  const { length, count } = data.rows
  const square = length * length
  const [off, own] = [lambda / (length * (length - 1)), mu / length]
  return (parameters, gradient) => {
    const bias = parameters.subarray(square)
    const loss = new Total()
    const z = new Float64Array(length)
    gradient.fill(0)
    eachPossible(data, (row, s, label) => {
      toLogProbabilities(s, length)
      checkFinite(data, originOf(data, row), s)
      affine(parameters, bias, s, z, length)
      loss.add(lossAndResidual(z, length, label))
      for (let i = 0, at = 0; i < length; i++) {
        const residual = z[i]
        gradient[square + i] += residual
        for (let j = 0; j < length; j++, at++) gradient[at] += residual * s[j]
      }
    })
    let penalty = 0
    for (let at = 0; at < gradient.length; at++) {
      const strength = at >= square ? own : at % (length + 1) === 0 ? 0 : off
      penalty += strength * parameters[at] * parameters[at]
      gradient[at] = gradient[at] / count + 2 * strength * parameters[at]
    }
    return loss.value / count + penalty
  }
}

function checkFinite({ where, rows }: LabelledRows, row: number, s: Float64Array): void {
  for (let j = 0; j < rows.length; j++) {
    if (s[j] > -Infinity) continue
    const got = `an impossible class ${j} in row ${row}`
    throw wrongValue(where, 'scores', 'classes that are possible in every row', got, 'fit vector scaling instead')
  }
}

/** A Dirichlet calibrator from JSON. */
export function dirichletFrom(
  where: string,
  fields: Record<string, unknown>,
  from: From,
  classes: number,
): DirichletCalibrator {
  const weights = readNumbers(where, 'weights', fields.weights, classes * classes)
  const bias = readNumbers(where, 'bias', fields.bias, classes)
  return new DirichletCalibrator(from, weights, bias, readFlag(where, 'converged', fields.converged ?? null))
}
