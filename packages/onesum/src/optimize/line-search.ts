/**
 * A line search for the strong Wolfe conditions.
 *
 * Method: Nocedal and Wright, Numerical Optimization, 2nd edition, algorithms 3.5 (bracketing) and 3.6 (zoom), with the
 * minimum of the cubic through both ends. Near a minimum, where differences of values are rounding, the approximate
 * condition of Hager and Zhang (A new conjugate gradient method with guaranteed descent, 2005, equation 4.1) stands in for
 * sufficient decrease: it looks at slopes alone.
 */

/** A function along a line: its value and slope at a step. */
export type Line = (step: number) => readonly [value: number, slope: number]

/** A point of the line. */
interface Point {
  readonly step: number
  readonly value: number
  readonly slope: number
}

/** Sufficient decrease, and how flat the slope must become. */
const DECREASE = 1e-4
const FLAT = 0.9

/** Evaluations of one search. */
const MOST = 40

/**
 * A step that satisfies the conditions, or undefined where none was found. `line` is evaluated at the step that is
 * returned last of all. `value` and `slope` are those at 0; the slope is negative.
 */
export function lineSearch(line: Line, value: number, slope: number, first: number): number | undefined {
  const noise = 1e-12 * Math.abs(value)
  const decreases = (p: Point) =>
    p.value <= value + DECREASE * p.step * slope || (p.value <= value + noise && p.slope <= (2 * DECREASE - 1) * slope)
  const flat = (p: Point) => Math.abs(p.slope) <= -FLAT * slope
  let evaluations = 0
  const at = (step: number): Point => {
    evaluations++
    const [value, slope] = line(step)
    return { step, value, slope }
  }
  let low: Point = { step: 0, value, slope }
  let high: Point | undefined
  let step = first
  while (evaluations < MOST) {
    const p = at(step)
    if (!decreases(p) || (low.step > 0 && !high && p.value > low.value + noise)) high = p
    else if (flat(p)) return p.step
    else {
      // the minimum lies between the better end and the one whose slope points to it
      if (p.slope * ((high ? high.step : Infinity) - low.step) >= 0) high = low
      low = p
    }
    step = high ? between(low, high) : 4 * step
    if (high && Math.abs(high.step - low.step) <= 1e-16 * low.step) break
  }
  // a decrease that is not flat is still a decrease
  if (low.step === 0) return undefined
  line(low.step)
  return low.step
}

/** The minimum of the cubic through both ends, kept a tenth away from them; the middle where there is none. */
function between(low: Point, high: Point): number {
  const width = high.step - low.step
  const middle = low.step + width / 2
  const d = low.slope + high.slope - (3 * (low.value - high.value)) / -width
  const root = Math.sign(width) * Math.sqrt(d * d - low.slope * high.slope)
  const cubic = high.step - (width * (high.slope + root - d)) / (high.slope - low.slope + 2 * root)
  const [nearest, farthest] = [low.step + 0.1 * width, high.step - 0.1 * width]
  const inside = cubic >= Math.min(nearest, farthest) && cubic <= Math.max(nearest, farthest)
  return inside ? cubic : middle
}
