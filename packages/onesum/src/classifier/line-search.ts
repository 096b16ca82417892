/**
 * A line search that stands the rounding of float32 sums.
 *
 * Method: bracketing by slopes, which keep more digits than differences of values: twice as far, or to the root of the
 * secant, until the Wolfe conditions hold, of which sufficient decrease may be the approximate one of Hager and Zhang (A
 * new conjugate gradient method with guaranteed descent and an efficient line search, 2005): a value no higher than
 * rounding explains, and a slope that has turned by no more than it stood.
 */

/** What a value may rise by, relative to it: objectives summed in float32 blocks carry about 2e-8. */
const NOISE = 1e-7

/** Sufficient decrease, and sufficient flattening. */
const DECREASE = 1e-4
const FLATTEN = 0.9

const TRIALS = 30

/** Value and slope at a step along the line. */
export interface Trial {
  readonly value: number
  readonly slope: number
}

/** The first step found that is good enough; undefined where rounding lets none be found. */
export function searchLine(at: (step: number) => Trial, { value, slope }: Trial): number | undefined {
  const most = value + NOISE * Math.abs(value)
  let low = 0
  let lowSlope = slope
  let high = Infinity
  let highSlope = 0
  let step = 1
  for (let trial = 0; trial < TRIALS; trial++) {
    const next = at(step)
    const decreased = next.value <= value + DECREASE * step * slope
    const level = next.value <= most && next.slope <= -0.8 * slope
    if ((decreased || level) && Math.abs(next.slope) <= -FLATTEN * slope) return step
    if (next.value <= most && next.slope < 0) {
      low = step
      lowSlope = next.slope
    } else {
      high = step
      highSlope = next.value <= most || next.slope > 0 ? next.slope : Number.NaN
    }
    step = between(low, lowSlope, high, highSlope)
    if (!(step > low && step < high)) break
  }
  return undefined
}

/** The root of the secant, well inside; the middle where there is none; ahead where nothing bounds the step. */
function between(low: number, lowSlope: number, high: number, highSlope: number): number {
  if (high === Infinity) return 3 * low
  const width = high - low
  const root = low - (lowSlope * width) / (highSlope - lowSlope)
  return Number.isFinite(root) ? Math.min(high - 0.1 * width, Math.max(low + 0.1 * width, root)) : low + 0.5 * width
}
