/** Temperature scaling: one number that the logits are divided by. */
import { readInteger, readNumber, show, wrongKind, wrongValue } from '../check.ts'
import { softmaxRow } from '../kernels/js/softmax.ts'
import { run } from '../kernels/kernel.ts'
import { softmaxKernel } from '../kernels/softmax.ts'
import type { From } from '../metrics/settings.ts'
import { increasingRoot, type Root } from '../optimize/newton.ts'
import type { Elements } from '../rows/open.ts'
import type { Rows } from '../rows/rows.ts'
import type { Labels, Logits } from '../rows/types.ts'
import { Calibrator } from './calibrator.ts'
import { eachPossible, type FitOptions, type LabelledRows, missingClasses, openLabelled, toLogits } from './labelled.ts'
import { takeLabelled } from './subset.ts'
import { type TemperatureLoss, temperatureLoss } from './temperature-objective.ts'

/** Divides the logits by one temperature, which keeps their order. */
export class TemperatureCalibrator extends Calibrator {
  readonly method = 'temperature'
  /** Above 1 the model was too sure, below 1 not sure enough. */
  readonly temperature: number
  /**
   * Null where the loss has a minimum. `'low'`: every row is right, so that it falls for ever as T → 0; `'high'`: the model
   * is no better than chance, so that it falls for ever as T → ∞.
   */
  readonly bound: 'low' | 'high' | null
  /** Classes that no row had: what is said of them rests on the others. */
  readonly missing: readonly number[]

  constructor(
    from: From,
    classes: number,
    fitted: { temperature: number; bound: 'low' | 'high' | null; missing: readonly number[] },
  ) {
    super(from, classes)
    this.temperature = fitted.temperature
    this.bound = fitted.bound
    this.missing = fitted.missing
  }

  row(x: Float64Array, size: number): void {
    toLogits(x, size, this.from)
    softmaxRow([x], size, this.temperature)
  }

  override fill(rows: Rows, output: Elements): void {
    if (this.from === 'probabilities') super.fill(rows, output)
    else run(softmaxKernel, { ...rows, temperature: this.temperature }, output)
  }

  protected fields(): Record<string, unknown> {
    return { temperature: this.temperature, bound: this.bound, missing: [...this.missing] }
  }
}

/** Entries of the sample from which Newton's first steps are taken. */
const SAMPLE = 1 << 19

/** How far the temperature may be from the logits' standard deviation, as a factor. */
const LOWEST = 1e6
const HIGHEST = 1e3

/** The last step in log T: what is left of it is of the order of its square. */
const LAST_STEP = 1e-5

/**
 * Finds the temperature at which the probabilities of the true classes are largest.
 *
 *     T = argmin mean_i (log Σ_k exp(x_ik / T) − x_iy / T)
 *
 * Newton's method on log T, exact to 1e-6; sums in float64; five to seven softmax passes over the data, no copy of it. The
 * ranking of the classes stays. Where every row is right the loss falls for ever as T → 0: the fit stops at the mean loss
 * log 2 / (rows + 1), as if one more row had been seen that is a toss-up, and `bound` is `'low'`. Where the model is no better
 * than chance it stops at T = 1000 σ, σ the logits' standard deviation within rows, and `bound` is `'high'`. It never goes below
 * σ / 10⁶.
 *
 * @param logits logits (or probabilities, with `from`) of rows that the model was not trained on: an array or a tensor
 * @param labels the true class of each row: whole numbers from 0
 * @param options `shape`, `axis` (default the last), `dtype`, `from` (default `'logits'`)
 * @returns a calibrator with its `temperature`, `bound`, and the classes that were `missing`
 * @throws RangeError that names the row, for a label out of range, a row without a softmax, or a true class of probability
 *   0; where all labels are one class; and where `from` was left out and every row looks like probabilities
 * @see Guo et al., On Calibration of Modern Neural Networks, 2017, section 4.2
 * @example
 * import { fitTemperature } from 'onesum/calibration'
 *
 * fitTemperature([2, 0, 2, 0, 0, 2, 0, 2], [0, 0, 1, 0], { shape: [4, 2] }).temperature // → 1.82
 */
export function fitTemperature(logits: Logits, labels: Labels, options?: FitOptions): TemperatureCalibrator {
  return temperatureOf(openLabelled('fitTemperature', logits, labels, options).data)
}

/** The same for rows that are opened. */
export function temperatureOf(data: LabelledRows): TemperatureCalibrator {
  const { rows, from } = data
  const made = (temperature: number, bound: 'low' | 'high' | null) =>
    new TemperatureCalibrator(from, rows.length, { temperature, bound, missing: missingClasses(data) })
  const stride = Math.floor(rows.count / Math.max(256, SAMPLE / rows.length))
  const sample = stride < 2 ? data : takeLabelled(data, everyOther(rows.count, stride))
  const sigma = deviation(sample) || (sample === data ? 0 : deviation(data))
  // rows of equal logits are uniform at every temperature
  if (sigma === 0) return made(1, null)
  if (!(sigma < 1e150)) throw wrongValue(data.where, 'scores', 'logits of less than 1e150', `a deviation of ${sigma}`)
  const start = sample === data ? Math.log(sigma) : solve(temperatureLoss(sample), sample, sigma, Math.log(sigma)).x
  const { x, bound } = solve(temperatureLoss(data), data, sigma, start)
  return made(Math.exp(x), bound)
}

function everyOther(count: number, stride: number): Int32Array {
  return Int32Array.from({ length: Math.floor(count / stride) }, (_, i) => i * stride)
}

/** log T, from the root of the derivative; or of the loss that `n` rows can vouch for, where every row is right. */
function solve(lossAt: TemperatureLoss, { rows }: LabelledRows, sigma: number, start: number): Root {
  const first = lossAt(Math.exp(start))
  const at = (x: number) => (x === start ? first : lossAt(Math.exp(x)))
  const right = first.miss === 0
  const least = Math.log(2) / (rows.count + 1)
  const root = increasingRoot({
    start,
    low: Math.log(sigma / LOWEST),
    high: Math.log(sigma * HIGHEST),
    reach: 2,
    tolerance: LAST_STEP,
    evaluate(x) {
      const b = Math.exp(-x)
      const { loss, slope, curvature } = at(x)
      if (right) return loss > 0 ? [Math.log(loss / least), (-b * slope) / loss] : [-1, 0]
      // left of the minimum in b the loss may be concave in log T: the curvature in b serves there, to the same order
      return [-b * slope, b * b * curvature + Math.max(0, b * slope)]
    },
  })
  return right ? { ...root, bound: 'low' } : root
}

/** The root mean square, over rows, of the standard deviation of a row's finite logits. */
function deviation(data: LabelledRows): number {
  const { rows } = data
  let total = 0
  eachPossible(data, (_, x) => {
    let [count, mean, squares] = [0, 0, 0]
    for (let j = 0; j < rows.length; j++) {
      if (x[j] === -Infinity) continue
      const off = x[j] - mean
      mean += off / ++count
      squares += off * (x[j] - mean)
    }
    total += squares / count
  })
  return Math.sqrt(total / rows.count)
}

/** A temperature calibrator from JSON. */
export function temperatureFrom(
  where: string,
  fields: Record<string, unknown>,
  from: From,
  classes: number,
): TemperatureCalibrator {
  const { bound, missing } = fields
  const temperature = readNumber(
    where,
    'temperature',
    fields.temperature ?? null,
    1,
    Number.MIN_VALUE,
    Number.MAX_VALUE,
  )
  if (bound !== null && bound !== 'low' && bound !== 'high') {
    throw wrongValue(where, 'bound', "'low', 'high' or null", show(bound))
  }
  if (!Array.isArray(missing)) throw wrongKind(where, 'missing', 'an array of classes', show(missing))
  const named = missing.map((k) => readInteger(where, 'missing', k, undefined, 0, classes - 1))
  return new TemperatureCalibrator(from, classes, { temperature, bound, missing: named })
}
