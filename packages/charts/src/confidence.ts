/** Is the model less sure where it is wrong? */
import { axisX, axisY, rect, ruleY, text } from '@observablehq/plot'
import { filled, type ReliabilityBin, rowsOf } from './bins.ts'
import { type ChartOptions, draw, weaveUrl } from './chart.ts'
import { right } from './patterns.ts'
import { counted, percent } from './words.ts'

/**
 * Draws how confident the right rows are (upward, solid) and the wrong ones (downward, hatched), each as a share of
 * their own kind, so that a few wrong rows are seen beside many right ones.
 *
 * @param bins equal-width bins of the confidence, as `onesum/metrics` gives them
 * @param options `document`, `width` (default 340), `id`, `title`
 * @returns an SVG element
 * @example
 * import { parseHTML } from 'linkedom'
 * import { confidenceHistogram } from '@onesum/charts'
 *
 * const { document } = parseHTML('<html></html>')
 * const bins = [{ lower: 0.9, upper: 1, count: 50, accuracy: 0.78, confidence: 0.95 }]
 * confidenceHistogram(bins, { document }).getAttribute('role') // → 'img'
 */
export function confidenceHistogram(bins: readonly ReliabilityBin[], options: ChartOptions): SVGSVGElement {
  const id = options.id ?? 'confidence'
  const { right: rightRows, wrong: wrongRows } = split(bins)
  const shown = filled(bins).map((bin) => ({ ...bin, ...shares(bin, rightRows, wrongRows) }))
  const highest = Math.max(1e-9, ...shown.flatMap((bin) => [bin.ofRight, bin.ofWrong]))
  const inset = { insetLeft: 1, insetRight: 1 }
  const says = (kind: string, part: 'ofRight' | 'ofWrong') => (bin: (typeof shown)[number]) =>
    `${percent(bin.lower)} to ${percent(bin.upper)}: ${percent(bin[part])} of the ${kind} rows`
  return draw(options, {
    kind: 'confidence',
    title: 'Confidence of right and wrong rows',
    finding: describeConfidence(bins),
    weaves: ['rising'],
    plot: {
      height: 240,
      marginLeft: 46,
      marginRight: 16,
      marginTop: 26,
      marginBottom: 38,
      x: { domain: [0, 1], label: null },
      // room for the words above and below
      y: { domain: [-1.35 * highest, 1.35 * highest], label: null },
      marks: [
        axisY({
          ticks: 5,
          tickFormat: (share: number) => percent(Math.abs(share)),
          label: 'rows',
          labelArrow: 'none',
          tickSize: 3,
        }),
        axisX([0, 0.25, 0.5, 0.75, 1], {
          tickFormat: (share: number) => percent(share),
          label: 'claimed',
          labelArrow: 'right',
          tickSize: 3,
        }),
        rect(shown, {
          x1: 'lower',
          x2: 'upper',
          y1: 0,
          y2: 'ofRight',
          fill: right,
          fillOpacity: 0.8,
          title: says('right', 'ofRight'),
          ...inset,
        }),
        rect(shown, {
          x1: 'lower',
          x2: 'upper',
          y1: 0,
          y2: ({ ofWrong }) => -ofWrong,
          fill: weaveUrl(id, 'rising'),
          title: says('wrong', 'ofWrong'),
          ...inset,
        }),
        ruleY([0], { stroke: 'currentColor' }),
        text([`right: ${counted(rightRows, 'row')}`], {
          frameAnchor: 'top-left',
          dx: 4,
          dy: 0,
          fontWeight: 600,
          text: (label: string) => label,
        }),
        text([`wrong: ${counted(wrongRows, 'row')}`], {
          frameAnchor: 'bottom-left',
          dx: 4,
          dy: -2,
          fontWeight: 600,
          text: (label: string) => label,
        }),
      ],
    },
  })
}

/** How many rows are right and how many wrong. */
function split(bins: readonly ReliabilityBin[]): { right: number; wrong: number } {
  // an accuracy is a quotient of whole numbers, so the product is one but for rounding
  const hits = bins.reduce((sum, bin) => sum + Math.round(bin.count * bin.accuracy), 0)
  return { right: hits, wrong: rowsOf(bins) - hits }
}

function shares({ count, accuracy }: ReliabilityBin, rightRows: number, wrongRows: number) {
  const hits = Math.round(count * accuracy)
  return { ofRight: hits / Math.max(1, rightRows), ofWrong: (count - hits) / Math.max(1, wrongRows) }
}

/** What the histogram shows, in words. */
export function describeConfidence(bins: readonly ReliabilityBin[]): string {
  const { right: rightRows, wrong: wrongRows } = split(bins)
  if (rightRows + wrongRows === 0) return 'There are no rows.'
  const sure = bins.filter(({ lower }) => lower >= 0.9 - 1e-9)
  const mean = (part: 'ofRight' | 'ofWrong') =>
    filled(bins).reduce((sum, bin) => sum + bin.confidence * shares(bin, rightRows, wrongRows)[part], 0)
  const said = (rows: number, kind: string, part: 'ofRight' | 'ofWrong') =>
    rows === 0 ? `no row is ${kind}` : `${kind} rows claim about ${percent(mean(part))} on average`
  const surely = wrongRows > 0 && sure.length > 0 ? sureOnes(sure, wrongRows) : ''
  return `On these ${counted(rightRows + wrongRows, 'row')}, ${said(rightRows, 'right', 'ofRight')}, and ${said(wrongRows, 'wrong', 'ofWrong')}.${surely}`
}

function sureOnes(sure: readonly ReliabilityBin[], wrongRows: number): string {
  const { wrong } = split(sure)
  return ` ${percent(wrong / wrongRows)} of the wrong rows claim more than ${percent(sure[0].lower)}.`
}
