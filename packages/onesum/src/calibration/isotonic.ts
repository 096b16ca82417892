/** Isotonic regression: the best rising curve from probability to frequency. */
import { wrongValue } from '../check.ts'
import type { From } from '../metrics/settings.ts'
import type { Labels, Logits } from '../rows/types.ts'
import { readNumbers } from './calibrator.ts'
import { type FitOptions, type LabelledRows, openLabelled } from './labelled.ts'
import { type Curve, curvesOf, type Groups, OneVsRestCalibrator, readCurves, readShares } from './one-vs-rest.ts'

/** A rising curve through knots, straight between them and level outside. */
export class IsotonicCurve implements Curve {
  /** Where the knots are, ascending. */
  readonly x: Float64Array
  /** How high they are, never falling. */
  readonly y: Float64Array

  constructor(x: Float64Array, y: Float64Array) {
    this.x = x
    this.y = y
  }

  at(p: number): number {
    const { x, y } = this
    if (!(p > x[0])) return p <= x[0] ? y[0] : NaN
    let [low, high] = [0, x.length - 1]
    if (p >= x[high]) return y[high]
    // x[low] < p < x[high]
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if (x[middle] <= p) low = middle
      else high = middle
    }
    // rounding must not lift it past the next knot
    return Math.min(y[high], y[low] + ((y[high] - y[low]) * (p - x[low])) / (x[high] - x[low]))
  }
}

/** One rising curve per class, against the rest. */
export class IsotonicCalibrator extends OneVsRestCalibrator<IsotonicCurve> {
  readonly method = 'isotonic'

  protected fields(): Record<string, unknown> {
    return { curves: this.curves.map(({ x, y }) => ({ x: [...x], y: [...y] })) }
  }
}

/**
 * Finds, for each class against the rest, the rising curve that lies nearest to what happened.
 *
 *     argmin over rising f of Σ_i (f(p_ik) − [y_i = k])²,  then q_k = f_k(p_k) / Σ_j f_j(p_j)
 *
 * By pooling adjacent violators; straight between the knots, level outside. Two classes have one curve. It follows any rising
 * miscalibration, needs a thousand rows or more per class, and says 0 and 1 where all rows of a block agree: then the loss of a
 * later exception is infinite. Within a class it keeps the order or makes ties; between classes it can change the ranking.
 *
 * @param logits logits (or probabilities, with `from`) of rows that the model was not trained on
 * @param labels the true class of each row; every class needs one
 * @param options as for `fitTemperature`
 * @returns a calibrator with its `curves`, knots `x` and `y` each
 * @throws as `fitTemperature`; RangeError that names the classes without rows
 * @see Zadrozny and Elkan, Transforming Classifier Scores into Accurate Multiclass Probability Estimates, 2002
 * @example
 * import { fitIsotonic } from 'onesum/calibration'
 *
 * const p = [0.9, 0.1, 0.6, 0.4, 0.2, 0.8]
 * fitIsotonic(p, [0, 1, 1], { shape: [3, 2], from: 'probabilities' }).curves[0].y // → Float64Array [0, 1, 1]
 */
export function fitIsotonic(logits: Logits, labels: Labels, options?: FitOptions): IsotonicCalibrator {
  return isotonicOf(openLabelled('fitIsotonic', logits, labels, options).data)
}

/** The same for rows that are opened. */
export function isotonicOf(data: LabelledRows): IsotonicCalibrator {
  return new IsotonicCalibrator(data.from, data.rows.length, curvesOf(data, risingCurve))
}

/** Pools adjacent violators; of each level block only the ends are kept. */
export function risingCurve({ size, p, rows, hits }: Groups): IsotonicCurve {
  // blocks so far: the groups where they begin, their rows and hits
  const first = new Int32Array(size)
  const [mass, own] = [new Float64Array(size), new Float64Array(size)]
  let blocks = 0
  for (let group = 0; group < size; group++) {
    first[blocks] = group
    mass[blocks] = rows[group]
    own[blocks] = hits[group]
    // whole numbers: whether a frequency does not rise is compared exactly
    while (blocks > 0 && own[blocks - 1] * mass[blocks] >= own[blocks] * mass[blocks - 1]) {
      blocks--
      mass[blocks] += mass[blocks + 1]
      own[blocks] += own[blocks + 1]
    }
    blocks++
  }
  const x: number[] = []
  const y: number[] = []
  for (let block = 0; block < blocks; block++) {
    const last = block + 1 < blocks ? first[block + 1] - 1 : size - 1
    for (const end of first[block] === last ? [last] : [first[block], last]) {
      x.push(p[end])
      y.push(own[block] / mass[block])
    }
  }
  return new IsotonicCurve(Float64Array.from(x), Float64Array.from(y))
}

/** An isotonic calibrator from JSON. */
export function isotonicFrom(
  where: string,
  fields: Record<string, unknown>,
  from: From,
  classes: number,
): IsotonicCalibrator {
  const curves = readCurves(where, fields.curves, classes).map((curve) => {
    const x = readNumbers(where, 'curves.x', curve.x)
    const y = readShares(where, 'curves.y', curve.y, x.length)
    const bad = x.findIndex((_, i) => i > 0 && !(x[i] > x[i - 1] && y[i] >= y[i - 1]))
    if (x.length === 0 || bad >= 0)
      throw wrongValue(where, 'curves', 'rising knots', bad < 0 ? 'none' : `a fall at ${bad}`)
    return new IsotonicCurve(x, y)
  })
  return new IsotonicCalibrator(from, classes, curves)
}
