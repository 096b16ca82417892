/** What refusing the least confident rows does to the errors. */
import { areaY, axisX, axisY, line, ruleX, ruleY, text } from '@observablehq/plot'
import { type ChartOptions, draw } from './chart.ts'
import { right } from './patterns.ts'
import { percent } from './words.ts'

/** A point of the curve. */
export interface RiskPoint {
  /** The part of the rows that are answered, the most confident first. */
  coverage: number
  /** The part of those that are wrong. */
  risk: number
}

/**
 * Draws which part of the answers is wrong when only the most confident rows are answered, by how many those are.
 *
 * @param curve points by growing coverage
 * @param options `document`, `width` (default 340), `id`, `title`
 * @returns an SVG element
 * @see Geifman and El-Yaniv, Selective Classification for Deep Neural Networks, 2017
 * @example
 * import { parseHTML } from 'linkedom'
 * import { riskCoverageCurve } from '@onesum/charts'
 *
 * const { document } = parseHTML('<html></html>')
 * const curve = [{ coverage: 0.5, risk: 0.1 }, { coverage: 1, risk: 0.2 }]
 * riskCoverageCurve(curve, { document }).getAttribute('role') // → 'img'
 */
export function riskCoverageCurve(curve: readonly RiskPoint[], options: ChartOptions): SVGSVGElement {
  const highest = Math.max(0, ...curve.map(({ risk }) => risk))
  const all = curve.slice(-1)
  const half = halfOf(curve)
  return draw(options, {
    kind: 'risk-coverage',
    title: 'Risk and coverage',
    finding: describeRiskCoverage(curve),
    plot: {
      height: 240,
      marginLeft: 46,
      marginRight: 16,
      marginTop: 26,
      marginBottom: 38,
      x: { domain: [0, 1], label: null },
      y: { domain: [0, highest > 0 ? highest * 1.25 : 1], label: null },
      marks: [
        axisY({
          ticks: 4,
          tickFormat: (share: number) => percent(share),
          label: 'wrong',
          labelArrow: 'none',
          tickSize: 3,
        }),
        axisX([0, 0.25, 0.5, 0.75, 1], {
          tickFormat: (share: number) => percent(share),
          label: 'answered, the surest first',
          labelArrow: 'right',
          tickSize: 3,
        }),
        ruleY([0], { stroke: 'currentColor', strokeOpacity: 0.5 }),
        areaY(curve, { x: 'coverage', y: 'risk', fill: right, fillOpacity: 0.15 }),
        line(curve, { x: 'coverage', y: 'risk', stroke: right, strokeWidth: 2 }),
        ruleX(half, { x: 'coverage', y1: 0, y2: 'risk', stroke: 'currentColor', strokeDasharray: '2 3' }),
        text(half, { x: 'coverage', y: 'risk', text: label, dy: -12, fontWeight: 600 }),
        text(all, { x: 'coverage', y: 'risk', text: label, dy: -12, textAnchor: 'end', fontWeight: 600 }),
      ],
    },
  })
}

function label({ risk }: RiskPoint): string {
  return percent(risk)
}

/** The first point at which half the rows are answered, unless all are. */
function halfOf(curve: readonly RiskPoint[]): RiskPoint[] {
  const half = curve.find(({ coverage }) => coverage >= 0.5)
  return half === undefined || half.coverage > 0.75 ? [] : [half]
}

/** What the curve shows, in words. */
export function describeRiskCoverage(curve: readonly RiskPoint[]): string {
  const all = curve.at(-1)
  if (all === undefined) return 'There are no rows.'
  const [half] = halfOf(curve)
  const whole = `Of all answers, ${percent(all.risk)} are wrong`
  return half ? `${whole}; of the surer half, ${percent(half.risk)}.` : `${whole}.`
}
