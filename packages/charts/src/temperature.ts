/** How the loss depends on the temperature. */
import { axisX, axisY, dot, line, ruleX, text } from '@observablehq/plot'
import { type ChartOptions, draw } from './chart.ts'
import { right } from './patterns.ts'

/** The mean loss at one temperature. */
export interface TemperaturePoint {
  temperature: number
  /** Mean negative log-likelihood, in nats. */
  nll: number
}

/** Options of the curve. */
export interface TemperatureOptions extends ChartOptions {
  /** The temperature that was chosen; by default that of the curve's lowest point. */
  best?: number
}

/**
 * Draws the negative log-likelihood as a function of the temperature, on a logarithmic scale, with the temperature 1
 * (the model as it is) and the best one.
 *
 * @param curve points by growing temperature; those without a finite loss, and far above the lowest, are left out
 * @param options `document`, `width` (default 340), `id`, `title`, `best`
 * @returns an SVG element
 * @example
 * import { parseHTML } from 'linkedom'
 * import { temperatureCurve } from '@onesum/charts'
 *
 * const { document } = parseHTML('<html></html>')
 * const curve = [{ temperature: 1, nll: 0.9 }, { temperature: 2, nll: 0.7 }]
 * temperatureCurve(curve, { document }).getAttribute('role') // → 'img'
 */
export function temperatureCurve(curve: readonly TemperaturePoint[], options: TemperatureOptions): SVGSVGElement {
  const points = around(finite(curve))
  const best = options.best ?? lowestOf(points)?.temperature
  const first = points[0]?.temperature ?? 0.1
  const last = points.at(-1)?.temperature ?? 10
  const chosen = best !== undefined && best >= first && best <= last ? [at(points, best)] : []
  const asItIs = first <= 1 && last >= 1 ? [1] : []
  return draw(options, {
    kind: 'temperature',
    title: 'Loss by temperature',
    finding: describeTemperature(curve, best),
    plot: {
      height: 240,
      marginLeft: 46,
      marginRight: 16,
      marginTop: 40,
      marginBottom: 38,
      x: { type: 'log', domain: [first, last], label: null },
      y: { nice: true, label: null },
      marks: [
        axisY({ ticks: 5, label: 'NLL', labelArrow: 'none', tickSize: 3 }),
        axisX(ticksWithin(first, last), {
          // a tick format would leave out labels that a logarithmic scale finds too many
          text: (value: number) => String(value),
          label: 'temperature',
          labelArrow: 'right',
          tickSize: 3,
        }),
        ruleX(asItIs, { stroke: 'currentColor', strokeDasharray: '2 3' }),
        text(asItIs, { x: (one: number) => one, text: () => 'as it is: 1', frameAnchor: 'top', dy: -10 }),
        ruleX(chosen, { x: 'temperature', stroke: right }),
        line(points, { x: 'temperature', y: 'nll', stroke: right, strokeWidth: 2 }),
        dot(chosen, { x: 'temperature', y: 'nll', r: 5, fill: right, stroke: 'currentColor' }),
        // above the other label, since both may stand for nearly the same temperature
        text(chosen, {
          x: 'temperature',
          text: ({ temperature }: TemperaturePoint) => `best: ${rounded(temperature)}`,
          frameAnchor: 'top',
          dy: -24,
          fontWeight: 600,
        }),
      ],
    },
  })
}

function finite(curve: readonly TemperaturePoint[]): TemperaturePoint[] {
  return curve.filter(({ temperature, nll }) => temperature > 0 && Number.isFinite(temperature) && Number.isFinite(nll))
}

/** The part of the curve that shows its lowest point: temperatures far from it would flatten the rest. */
function around(points: readonly TemperaturePoint[]): TemperaturePoint[] {
  const lowest = lowestOf(points)?.nll ?? 0
  const one = points.filter(({ temperature }) => temperature <= 1).at(-1)?.nll ?? lowest
  const highest = lowest + Math.max(3 * (one - lowest), 0.5 * Math.abs(lowest))
  return points.filter(({ nll }) => nll <= highest)
}

function lowestOf(points: readonly TemperaturePoint[]): TemperaturePoint | undefined {
  return points.reduce<TemperaturePoint | undefined>(
    (low, point) => (low === undefined || point.nll < low.nll ? point : low),
    undefined,
  )
}

/** The point of the drawn line at a temperature within it. */
function at(points: readonly TemperaturePoint[], temperature: number): TemperaturePoint {
  const next = points.findIndex((point) => point.temperature >= temperature)
  const [a, b] = [points[Math.max(0, next - 1)], points[next]]
  const span = Math.log(b.temperature / a.temperature)
  const part = span > 0 ? Math.log(temperature / a.temperature) / span : 0
  return { temperature, nll: a.nll + part * (b.nll - a.nll) }
}

/** A few round temperatures: 1, 2 and 5 times a power of ten. */
function ticksWithin(first: number, last: number): number[] {
  const decades = Array.from({ length: 13 }, (_, i) => i - 6)
  const all = decades.flatMap((decade) => [1, 2, 5].map((digit) => Number(`${digit}e${decade}`)))
  const inside = all.filter((value) => value >= first && value <= last)
  return inside.length <= 9 ? inside : inside.filter((value) => /^(0\.0*)?10*$/.test(String(value)))
}

function rounded(value: number): string {
  return String(Number(value.toPrecision(3)))
}

/** What the curve shows, in words. */
export function describeTemperature(curve: readonly TemperaturePoint[], chosen?: number): string {
  const points = finite(curve)
  const lowest = lowestOf(points)
  if (lowest === undefined) return 'There is no temperature with a finite loss.'
  const best = chosen ?? lowest.temperature
  const inside = best >= points[0].temperature && best <= points[points.length - 1].temperature
  const one = points[0].temperature <= 1 && points[points.length - 1].temperature >= 1 ? at(points, 1).nll : undefined
  const before = one === undefined ? '' : `, against ${one.toFixed(3)} as it is`
  return inside
    ? `The loss is lowest at temperature ${rounded(best)}: ${at(points, best).nll.toFixed(3)} nats${before}.`
    : `The loss is lowest at temperature ${rounded(best)}, beyond what is drawn.`
}
