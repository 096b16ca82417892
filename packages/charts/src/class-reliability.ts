/** Reliability, class by class, as small pictures side by side. */
import { dot, frame, link, text } from '@observablehq/plot'
import { calibrationError, filled, type ReliabilityBin } from './bins.ts'
import { type ChartOptions, draw } from './chart.ts'
import { right, wrong } from './patterns.ts'
import { counted, isolate, percent, points, shorten } from './words.ts'

/** One class: its bins hold every row by the probability the class was given; `accuracy` is how often it was true. */
export interface ClassReliability {
  name: string
  bins: readonly ReliabilityBin[]
}

/** The room for the lines of text around a panel. */
const labels = 40

/** Options of the small pictures. */
export interface ClassReliabilityOptions extends ChartOptions {
  /** How many stand in a row; by default as many as find room. */
  columns?: number
}

/** The classes whose probabilities are furthest from what happened, worst first; ties in their order. */
export function worstClasses(classes: readonly ClassReliability[], limit = 24): ClassReliability[] {
  return classes
    .map((entry, order) => ({ entry, order, error: calibrationError(entry.bins) }))
    .sort((a, b) => b.error - a.error || a.order - b.order)
    .slice(0, limit)
    .map(({ entry }) => entry)
}

/**
 * Draws, for each of the 24 classes that are furthest off, how often the class was true (a dot) against the probability
 * it was given; a line leads to where the dot belongs. Larger dots stand for more rows.
 *
 * @param classes each class's name and bins; every class may be given
 * @param options `document`, `width` (default 340), `id`, `title`, `columns`
 * @returns an SVG element
 * @see Kull et al., Beyond Temperature Scaling, 2019, for reliability class by class
 * @example
 * import { parseHTML } from 'linkedom'
 * import { classReliability } from '@onesum/charts'
 *
 * const { document } = parseHTML('<html></html>')
 * const bins = [{ lower: 0.5, upper: 1, count: 50, accuracy: 0.6, confidence: 0.8 }]
 * classReliability([{ name: 'cat', bins }], { document }).getAttribute('role') // → 'img'
 */
export function classReliability(
  classes: readonly ClassReliability[],
  options: ClassReliabilityOptions,
): SVGSVGElement {
  const worst = worstClasses(classes)
  const width = options.width ?? 340
  const columns = Math.max(1, Math.min(options.columns ?? Math.floor(width / 110), worst.length))
  const rows = Math.ceil(worst.length / columns)
  const place = (i: number) => ({ column: i % columns, row: Math.floor(i / columns) })
  const panels = worst.map(({ name, bins }, i) => ({
    ...place(i),
    label: isolate(shorten(name, 14)),
    gap: points(calibrationError(bins)),
  }))
  const dots = worst.flatMap(({ name, bins }, i) =>
    filled(bins).map((bin) => ({ ...bin, ...place(i), says: `${isolate(name)}: ${binInWords(bin)}` })),
  )
  const facet = { fx: 'column', fy: 'row' } as const
  return draw(options, {
    kind: 'class-reliability',
    title: 'Reliability by class',
    finding: describeClassReliability(classes),
    plot: {
      height: (width / columns + labels) * rows,
      marginLeft: 6,
      marginRight: 6,
      marginTop: labels / 2,
      marginBottom: labels / 2,
      x: { domain: [0, 1], axis: null },
      y: { domain: [0, 1], axis: null },
      fx: { axis: null, padding: 0.08 },
      fy: { axis: null, paddingInner: labels / (width / columns + labels), paddingOuter: 0 },
      r: { range: [1.5, 5] },
      marks: [
        frame({ stroke: 'currentColor', strokeOpacity: 0.25 }),
        link([0], { x1: 0, y1: 0, x2: 1, y2: 1, stroke: 'currentColor', strokeDasharray: '4 3' }),
        link(dots, {
          ...facet,
          x1: 'confidence',
          x2: 'confidence',
          y1: 'confidence',
          y2: 'accuracy',
          stroke: wrong,
          strokeWidth: 2,
        }),
        dot(dots, { ...facet, x: 'confidence', y: 'accuracy', r: 'count', fill: right, title: 'says' }),
        text(panels, { ...facet, text: 'label', frameAnchor: 'top-left', dy: -16, fontWeight: 600 }),
        text(panels, { ...facet, text: 'gap', frameAnchor: 'bottom-left', dy: 14, fillOpacity: 0.8 }),
      ],
    },
  })
}

function binInWords({ count, accuracy, confidence }: ReliabilityBin): string {
  return `${counted(count, 'row')} given ${percent(confidence)}, true in ${percent(accuracy)}`
}

/** What the small pictures show, in words. */
export function describeClassReliability(classes: readonly ClassReliability[]): string {
  const worst = worstClasses(classes)
  if (worst.length === 0) return 'There are no classes.'
  const names = worst
    .slice(0, 3)
    .map(({ name, bins }) => `${isolate(shorten(name, 30))} (${points(calibrationError(bins))} on average)`)
  const scope =
    classes.length > worst.length ? `The ${worst.length} of ${counted(classes.length, 'class')} ` : 'Classes '
  return `${scope}furthest from what they claim, worst first: ${names.join(', ')}${worst.length > 3 ? ' and so on' : ''}.`
}
