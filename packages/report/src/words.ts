/** Numbers as the report writes them, beside those of the pictures. */
import type { Interval } from './input.ts'

/** A share as tables compare it: to a tenth of a percent, and a hundredth below one. */
export function percentText(share: number): string {
  if (share > 0 && share < 0.00005) return '< 0.01\u00a0%'
  return `${(share * 100).toFixed(share > 0 && share < 0.01 ? 2 : 1)}\u00a0%`
}

/** A distance between shares, as tables compare it. */
export function pointsText(difference: number): string {
  const value = Math.abs(difference * 100)
  return `${value.toFixed(value > 0 && value < 0.095 ? 2 : 1)}\u00a0points`
}

/** A temperature to three digits. */
export function temperatureText(temperature: number): string {
  return String(Number(temperature.toPrecision(3)))
}

/** A loss to four places. */
export function lossText(loss: number): string {
  return Number.isFinite(loss) ? loss.toFixed(4) : loss === Infinity ? '∞' : String(loss)
}

/** A difference in points, with its sign. */
export function signedPoints(difference: number): string {
  const text = pointsText(difference)
  return Number.parseFloat(text) === 0 ? text : `${difference > 0 ? '+' : '−'}${text}`
}

/** Both ends of an interval, the unit once. */
export function intervalText([low, high]: Interval, show: (value: number) => string): string {
  const unit = /\s/.test(show(high))
  return `${unit ? show(low).replace(/\s.*$/, '') : show(low)} to ${show(high)}`
}
