/** The reliability diagram: does a claim of 90 % come true nine times in ten? */
import { axisX, axisY, link, rect, ruleY, text } from '@observablehq/plot'
import { binomialRange } from './binomial.ts'
import { calibrationError, filled, type ReliabilityBin, rowsOf, worstBin } from './bins.ts'
import { type ChartOptions, draw, weaveUrl } from './chart.ts'
import { right } from './patterns.ts'
import { counted, percent, points } from './words.ts'

// the histogram hangs below zero: from `top` down to `floor`
const top = -0.06
const floor = -0.34

/**
 * Draws the accuracy of each confidence bin as a bar, the gap to what was claimed as hatching, and how many rows each
 * bin holds as a histogram below. Lines that rise mark what was claimed and not right, lines that fall what was right
 * beyond the claim. A bracket is where a bar would end in 95 of 100 cases, were each of the bin's claims true: a bar
 * that ends within its bracket proves nothing.
 *
 * @param bins equal-width bins of the confidence, as `onesum/metrics` gives them
 * @param options `document`, `width` (default 340), `id`, `title`
 * @returns an SVG element
 * @see Niculescu-Mizil and Caruana, Predicting Good Probabilities with Supervised Learning, 2005; Bröcker and Smith,
 *   Increasing the Reliability of Reliability Diagrams, 2007, for the brackets
 * @example
 * import { parseHTML } from 'linkedom'
 * import { reliabilityDiagram } from '@onesum/charts'
 *
 * const { document } = parseHTML('<html></html>')
 * const bins = [{ lower: 0.9, upper: 1, count: 50, accuracy: 0.78, confidence: 0.95 }]
 * reliabilityDiagram(bins, { document }).getAttribute('role') // → 'img'
 */
export function reliabilityDiagram(bins: readonly ReliabilityBin[], options: ChartOptions): SVGSVGElement {
  const id = options.id ?? 'reliability'
  const shown = bins.map((bin) => ({ ...bin, chance: binomialRange(bin.count, bin.confidence), says: binInWords(bin) }))
  const drawn = filled(shown)
  const most = Math.max(1, ...bins.map(({ count }) => count))
  const gap = (sign: number) => drawn.filter((bin) => (bin.confidence - bin.accuracy) * sign > 0)
  const between = (weave: 'rising' | 'falling') => ({
    x1: 'lower',
    x2: 'upper',
    y1: 'accuracy',
    y2: 'confidence',
    insetLeft: 1,
    insetRight: 1,
    fill: weaveUrl(id, weave),
    title: 'says',
  })
  const cap = (side: 'lower' | 'upper') =>
    link(drawn, {
      x1: ({ lower, upper }) => lower + (upper - lower) * 0.3,
      x2: ({ lower, upper }) => upper - (upper - lower) * 0.3,
      y1: ({ chance }) => chance[side],
      y2: ({ chance }) => chance[side],
      stroke: 'currentColor',
      strokeOpacity: 0.75,
    })
  return draw(options, {
    kind: 'reliability',
    title: 'Reliability diagram',
    finding: describeReliability(bins),
    weaves: ['rising', 'falling'],
    plot: {
      height: Math.round((options.width ?? 340) * 1.06),
      marginLeft: 46,
      marginRight: 12,
      marginTop: 24,
      marginBottom: 38,
      x: { domain: [0, 1], label: null },
      y: { domain: [floor, 1], label: null },
      marks: [
        ruleY([0.25, 0.5, 0.75, 1], { stroke: 'currentColor', strokeOpacity: 0.12 }),
        rect(drawn, {
          x1: 'lower',
          x2: 'upper',
          y1: 0,
          y2: ({ accuracy, confidence }) => Math.min(accuracy, confidence),
          insetLeft: 1,
          insetRight: 1,
          fill: right,
          fillOpacity: 0.8,
          title: 'says',
        }),
        rect(gap(1), between('rising')),
        rect(gap(-1), between('falling')),
        // the bar ends at the accuracy, whichever side the claim is on
        link(drawn, {
          x1: 'lower',
          x2: 'upper',
          y1: 'accuracy',
          y2: 'accuracy',
          stroke: right,
          strokeWidth: 2.5,
        }),
        link([0], { x1: 0, y1: 0, x2: 1, y2: 1, stroke: 'currentColor', strokeDasharray: '5 4', strokeWidth: 1.25 }),
        link(drawn, {
          x1: middle,
          x2: middle,
          y1: ({ chance }) => chance.lower,
          y2: ({ chance }) => chance.upper,
          stroke: 'currentColor',
          strokeOpacity: 0.75,
        }),
        cap('lower'),
        cap('upper'),
        ruleY([0, top], { stroke: 'currentColor', strokeOpacity: 0.5 }),
        rect(drawn, {
          x1: 'lower',
          x2: 'upper',
          y1: top,
          y2: ({ count }) => top + (floor - top) * (count / most),
          insetLeft: 1,
          insetRight: 1,
          fill: 'currentColor',
          fillOpacity: 0.45,
          title: 'says',
        }),
        text(['rows'], { x: 0, y: (top + floor) / 2, text: (label: string) => label, textAnchor: 'end', dx: -9 }),
        axisY([0, 0.25, 0.5, 0.75, 1], {
          tickFormat: (share: number) => percent(share),
          label: 'right',
          labelArrow: 'up',
          tickSize: 3,
        }),
        axisX([0, 0.25, 0.5, 0.75, 1], {
          tickFormat: (share: number) => percent(share),
          label: 'claimed',
          labelArrow: 'right',
          tickSize: 3,
        }),
      ],
    },
  })
}

function middle({ lower, upper }: ReliabilityBin): number {
  return (lower + upper) / 2
}

function binInWords({ lower, upper, count, accuracy, confidence }: ReliabilityBin): string {
  return (
    `${percent(lower)} to ${percent(upper)}: ${counted(count, 'row')}, claimed ${percent(confidence)}, ` +
    `right ${percent(accuracy)}`
  )
}

/** What a reliability diagram shows, in words. */
export function describeReliability(bins: readonly ReliabilityBin[]): string {
  const worst = worstBin(bins)
  if (worst === undefined) return 'There are no rows.'
  const { count, accuracy, confidence } = worst
  const most =
    accuracy === confidence
      ? 'Every bin is right as often as it claims.'
      : `Most of that comes from ${counted(count, 'row')} that claim ${percent(confidence)} ` +
        `and are right ${percent(accuracy)} of the time.`
  return `On average, claim and truth are ${points(calibrationError(bins))} apart over ${counted(rowsOf(bins), 'row')}. ${most}`
}
