/** Platt scaling: a logistic curve over the log-odds of two classes. */
import { wrongValue } from '../check.ts'
import { exp } from '../kernels/js/exp.ts'
import { log1p } from '../kernels/js/log.ts'
import { Total } from '../kernels/js/total.ts'
import type { From } from '../metrics/settings.ts'
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

/** p of class 1 = 1 / (1 + exp(−(slope · (x_1 − x_0) + intercept))). */
export class PlattCalibrator extends Calibrator {
  readonly method = 'platt'
  readonly slope: number
  readonly intercept: number

  constructor(from: From, slope: number, intercept: number) {
    super(from, 2)
    this.slope = slope
    this.intercept = intercept
  }

  row(x: Float64Array, size: number): void {
    toLogits(x, size, this.from)
    const z = this.slope * (x[1] - x[0]) + this.intercept
    x[1] = 1 / (1 + exp(-z))
    x[0] = 1 / (1 + exp(z))
  }

  protected fields(): Record<string, unknown> {
    return { slope: this.slope, intercept: this.intercept }
  }
}

/**
 * Fits a logistic curve to the log-odds of two classes.
 *
 *     argmin Σ_i −t_i log p_i − (1 − t_i) log(1 − p_i),  p_i = 1 / (1 + exp(−(a f_i + b))),  f = x_1 − x_0
 *
 * Targets are t = (n₁ + 1) / (n₁ + 2) for class 1 and 1 / (n₀ + 2) for class 0, so that a few rows that are all right do not
 * make it certain. Newton's method with halved steps.
 *
 * @param logits finite logits (or probabilities strictly between 0 and 1, with `from`) of two classes
 * @param labels the true class of each row, 0 or 1; each needs one
 * @param options as for `fitTemperature`
 * @returns a calibrator with its `slope` (a) and `intercept` (b)
 * @throws as `fitTemperature`; RangeError for other than two classes, or a row whose log-odds are infinite
 * @see Platt, Probabilistic Outputs for Support Vector Machines, 1999; Lin, Lin and Weng, A Note on Platt's Probabilistic
 *   Outputs for Support Vector Machines, 2007
 * @example
 * import { fitPlatt } from 'onesum/calibration'
 *
 * fitPlatt([2, 0, 0, 2], [0, 1], { shape: [2, 2] }).slope // → 0.3466
 */
export function fitPlatt(logits: Logits, labels: Labels, options?: FitOptions): PlattCalibrator {
  return plattOf(openLabelled('fitPlatt', logits, labels, options).data)
}

/** The value, gradient and Hessian (aa, ab, bb) of the objective. */
interface Curvature {
  readonly value: number
  readonly gradient: readonly [number, number]
  readonly hessian: readonly [number, number, number]
}

/** The same for rows that are opened. */
export function plattOf(data: LabelledRows): PlattCalibrator {
  const { where, rows, from } = data
  if (rows.length !== 2) throw wrongValue(where, 'scores', 'two classes', String(rows.length), 'fit vector scaling')
  checkEveryClass(data)
  const odds = logOdds(data)
  // in units of their size, so that both parameters are alike
  const size = odds.reduce((most, f) => Math.max(most, Math.abs(f)), 0) || 1
  const objective = plattObjective(
    odds.map((f) => f / size),
    data,
  )
  let [a, b] = [0, Math.log((data.counts[1] + 1) / (data.counts[0] + 1))]
  let here = objective(a, b)
  for (let i = 0; i < 100; i++) {
    const [ga, gb] = here.gradient
    if (Math.max(Math.abs(ga), Math.abs(gb)) <= 1e-11 * rows.count) break
    const [aa, ab, bb] = here.hessian
    // a ridge far below both curvatures keeps equal log-odds solvable
    const ridge = 1e-12 * (aa + bb)
    const determinant = (aa + ridge) * (bb + ridge) - ab * ab
    const da = -((bb + ridge) * ga - ab * gb) / determinant
    const db = -((aa + ridge) * gb - ab * ga) / determinant
    const slope = ga * da + gb * db
    let step = 1
    let next = objective(a + da, b + db)
    while (!(next.value <= here.value + 1e-4 * step * slope) && step > 1e-10) {
      step /= 2
      next = objective(a + step * da, b + step * db)
    }
    if (!(next.value <= here.value)) break
    a += step * da
    b += step * db
    here = next
  }
  return new PlattCalibrator(from, a / size, b)
}

function logOdds(data: LabelledRows): Float64Array {
  const odds = new Float64Array(data.rows.count)
  eachPossible(data, (row, x) => {
    odds[row] = x[1] - x[0]
    if (Number.isFinite(odds[row])) return
    const got = `log-odds ${odds[row]} in row ${originOf(data, row)}`
    throw wrongValue(data.where, 'scores', 'two possible classes in every row', got, 'leave the row out')
  })
  return odds
}

/** The objective in (a, b), of log-odds f. */
export function plattObjective(f: Float64Array, { labels, counts }: LabelledRows): (a: number, b: number) => Curvature {
  const targets = [1 / (counts[0] + 2), (counts[1] + 1) / (counts[1] + 2)]
  return (a, b) => {
    const [value, ga, gb, aa, ab, bb] = Array.from({ length: 6 }, () => new Total())
    for (let i = 0; i < f.length; i++) {
      const t = targets[labels[i]]
      const z = a * f[i] + b
      const small = exp(-Math.abs(z))
      // log(1 + exp(z)) − t z, whose terms are both >= 0 for either sign
      value.add(log1p(small) + (z > 0 ? (1 - t) * z : -t * z))
      const [p, q] = z > 0 ? [1 / (1 + small), small / (1 + small)] : [small / (1 + small), 1 / (1 + small)]
      const residual = t > 0.5 ? 1 - t - q : p - t
      ga.add(residual * f[i])
      gb.add(residual)
      aa.add(p * q * f[i] * f[i])
      ab.add(p * q * f[i])
      bb.add(p * q)
    }
    return {
      value: value.value,
      gradient: [ga.value, gb.value],
      hessian: [aa.value, ab.value, bb.value],
    }
  }
}

/** A Platt calibrator from JSON. */
export function plattFrom(
  where: string,
  fields: Record<string, unknown>,
  from: From,
  classes: number,
): PlattCalibrator {
  if (classes !== 2) throw wrongValue(where, 'classes', '2', String(classes))
  const [slope, intercept] = readNumbers(where, 'slope and intercept', [fields.slope, fields.intercept], 2)
  return new PlattCalibrator(from, slope, intercept)
}
