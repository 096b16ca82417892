/** Vector scaling: each class has a factor and an offset of its own. */
import { readFlag, readNumber } from '../check.ts'
import { softmaxRow } from '../kernels/js/softmax.ts'
import { Total } from '../kernels/js/total.ts'
import type { From } from '../metrics/settings.ts'
import { type Minimization, minimize } from '../optimize/lbfgs.ts'
import type { Labels, Logits } from '../rows/types.ts'
import { Calibrator, readNumbers } from './calibrator.ts'
import { checkEveryClass, eachLogits, type FitOptions, type LabelledRows, openLabelled, toLogits } from './labelled.ts'
import { lossAndResidual } from './residual.ts'
import { temperatureOf } from './temperature.ts'
import { whitened } from './vector-curvature.ts'

/** softmax(w ∘ x + b): a class at -Infinity stays impossible. */
export class VectorCalibrator extends Calibrator {
  readonly method = 'vector'
  /** One factor per class. */
  readonly weights: Float64Array
  /** One offset per class. */
  readonly bias: Float64Array
  /** Whether the fit reached its minimum. */
  readonly converged: boolean

  constructor(from: From, weights: Float64Array, bias: Float64Array, converged: boolean) {
    super(from, weights.length)
    this.weights = weights
    this.bias = bias
    this.converged = converged
  }

  row(x: Float64Array, size: number): void {
    toLogits(x, size, this.from)
    const { weights, bias } = this
    for (let j = 0; j < size; j++) if (x[j] !== -Infinity) x[j] = weights[j] * x[j] + bias[j]
    softmaxRow([x], size, 1)
  }

  protected fields(): Record<string, unknown> {
    return { weights: [...this.weights], bias: [...this.bias], converged: this.converged }
  }
}

/** Options of vector scaling. */
export interface VectorOptions extends FitOptions {
  /** How strongly parameters are drawn towards temperature scaling; by default 1, a standard normal prior. */
  l2?: number
}

/**
 * Finds a factor and an offset for each class.
 *
 *     argmin Σ_i −log softmax(w ∘ x_i + b)_y + (l2 / 2) (‖T w − 1‖² + ‖b‖²)
 *
 * T is that of temperature scaling, to which the penalty draws; it fades as rows are added, and keeps the minimum finite. Mends
 * classes that are favoured or neglected as a whole; it can change the ranking. L-BFGS in float64, some twenty passes that cost
 * what float64 softmax costs. Memory is that of a few parameter vectors.
 *
 * @param logits logits (or probabilities, with `from`) of rows that the model was not trained on
 * @param labels the true class of each row; every class needs one
 * @param options as for `fitTemperature`, and `l2` (default 1)
 * @returns a calibrator with its `weights`, `bias` and whether the fit `converged`
 * @throws as `fitTemperature`; RangeError that names the classes without rows
 * @see Guo et al., On Calibration of Modern Neural Networks, 2017, section 4.2
 * @example
 * import { fitVectorScaling } from 'onesum/calibration'
 *
 * const calibrator = fitVectorScaling([2, 0, 2, 0, 0, 2, 0, 2], [0, 0, 1, 0], { shape: [4, 2] })
 * calibrator.converged // → true
 */
export function fitVectorScaling(logits: Logits, labels: Labels, options?: VectorOptions): VectorCalibrator {
  const where = 'fitVectorScaling'
  const { data } = openLabelled(where, logits, labels, options, ['l2'])
  return vectorOf(data, readNumber(where, 'l2', options?.l2, 1, 0, Number.MAX_VALUE))
}

/** Steps with the curvature at temperature scaling, and with that where they lead. */
const FIRST_STEPS = 4
const MOST_STEPS = 500

/** The same for rows that are opened. */
export function vectorOf(data: LabelledRows, l2 = 1): VectorCalibrator {
  checkEveryClass(data)
  const { temperature } = temperatureOf(data)
  const classes = data.rows.length
  const objective = vectorObjective(data, temperature, l2)
  let fitted = new Float64Array(2 * classes).fill(1, 0, classes)
  let found = false
  for (const iterations of [FIRST_STEPS, MOST_STEPS]) {
    const { unwhiten, ...problem } = whitened(data, temperature, l2 / data.rows.count, objective, fitted)
    const { x, converged } = minimize({ dimension: 2 * classes, ...problem, iterations })
    fitted = unwhiten(x)
    found = converged
  }
  const weights = fitted.slice(0, classes).map((factor) => factor / temperature)
  return new VectorCalibrator(data.from, weights, fitted.slice(classes), found)
}

/** The mean of what is minimised, in (T w, b). */
export function vectorObjective(data: LabelledRows, temperature: number, l2: number): Minimization['evaluate'] {
  const { length, count } = data.rows
  const strength = l2 / count
  const scaled = new Float64Array(length)
  return (parameters, gradient) => {
    const loss = new Total()
    gradient.fill(0)
    eachLogits(data, (_, x, label) => {
      for (let j = 0; j < length; j++) {
        const value = x[j] / temperature
        scaled[j] = value === -Infinity ? 0 : value
        x[j] = value === -Infinity ? value : parameters[j] * value + parameters[length + j]
      }
      loss.add(lossAndResidual(x, length, label))
      for (let j = 0; j < length; j++) {
        gradient[j] += x[j] * scaled[j]
        gradient[length + j] += x[j]
      }
    })
    let penalty = 0
    for (let k = 0; k < 2 * length; k++) {
      const off = k < length ? parameters[k] - 1 : parameters[k]
      penalty += off * off
      gradient[k] = gradient[k] / count + strength * off
    }
    return loss.value / count + 0.5 * strength * penalty
  }
}

/** A vector calibrator from JSON. */
export function vectorFrom(
  where: string,
  fields: Record<string, unknown>,
  from: From,
  classes: number,
): VectorCalibrator {
  const weights = readNumbers(where, 'weights', fields.weights, classes)
  const bias = readNumbers(where, 'bias', fields.bias, classes)
  return new VectorCalibrator(from, weights, bias, readFlag(where, 'converged', fields.converged ?? null))
}
