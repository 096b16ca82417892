/** How large prediction sets are. */
import { axisX, axisY, barY, ruleY, text } from '@observablehq/plot'
import { type ChartOptions, draw } from './chart.ts'
import { right } from './patterns.ts'
import { counted, percent } from './words.ts'

/** Prediction sets over some rows. */
export interface SetSizes {
  /** How many sets have 0, 1, 2, … classes. */
  sizes: readonly number[]
  /** The part of the sets that was to hold the true class. */
  target: number
  /** The part that does. */
  coverage: number
}

/** So many sizes have a bar of their own; larger ones share the last. */
const bars = 10

/**
 * Draws how many prediction sets have no class, one, two and so on; sets of ten classes and more share a bar.
 *
 * @param sets their sizes, and how many hold the true class
 * @param options `document`, `width` (default 340), `id`, `title`
 * @returns an SVG element
 * @see Angelopoulos and Bates, A Gentle Introduction to Conformal Prediction, 2021
 * @example
 * import { parseHTML } from 'linkedom'
 * import { setSizeChart } from '@onesum/charts'
 *
 * const { document } = parseHTML('<html></html>')
 * const sets = { sizes: [0, 8, 2], target: 0.9, coverage: 0.91 }
 * setSizeChart(sets, { document }).getAttribute('role') // → 'img'
 */
export function setSizeChart(sets: SetSizes, options: ChartOptions): SVGSVGElement {
  const total = totalOf(sets.sizes)
  const largest = sets.sizes.reduce((last, count, size) => (count > 0 ? size : last), 1)
  const labels = Array.from({ length: Math.min(largest, bars) + 1 }, (_, size) => sizeLabel(size, largest))
  const shown = labels.map((label, size) => {
    const count = size < bars ? (sets.sizes[size] ?? 0) : totalOf(sets.sizes.slice(bars))
    const share = total === 0 ? 0 : count / total
    return {
      label,
      share,
      says: `${label} ${label === '1' ? 'class' : 'classes'}: ${counted(count, 'row')}, ${percent(share)}`,
    }
  })
  const highest = Math.max(...shown.map(({ share }) => share))
  return draw(options, {
    kind: 'set-sizes',
    title: 'Sizes of the prediction sets',
    finding: describeSetSizes(sets),
    plot: {
      height: 240,
      marginLeft: 46,
      marginRight: 12,
      marginTop: 26,
      marginBottom: 38,
      x: { type: 'band', domain: labels, label: null, padding: 0.15 },
      y: { domain: [0, highest > 0 ? highest * 1.12 : 1], label: null },
      marks: [
        axisY({
          ticks: 4,
          tickFormat: (share: number) => percent(share),
          label: 'rows',
          labelArrow: 'none',
          tickSize: 3,
        }),
        axisX({ label: 'classes in the set', labelArrow: 'none', tickSize: 0 }),
        barY(shown, { x: 'label', y: 'share', fill: right, fillOpacity: 0.8, title: 'says' }),
        text(
          shown.filter(({ share }) => share >= 0.01),
          { x: 'label', y: 'share', text: ({ share }) => `${Math.round(share * 100)}\u00a0%`, dy: -8 },
        ),
        ruleY([0], { stroke: 'currentColor' }),
      ],
    },
  })
}

function sizeLabel(size: number, largest: number): string {
  return size === bars && largest > bars ? `${bars}+` : String(size)
}

function totalOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0)
}

/** What the sizes come to, in words. */
export function describeSetSizes({ sizes, target, coverage }: SetSizes): string {
  const total = totalOf(sizes)
  if (total === 0) return 'There are no rows.'
  const mean = sizes.reduce((sum, count, size) => sum + count * size, 0) / total
  return (
    `${percent(coverage)} of the sets hold the true class; ${percent(target)} was asked for. ` +
    `A set has ${mean.toFixed(mean < 10 ? 2 : 1)} classes on average; ${percent((sizes[1] ?? 0) / total)} have just one.`
  )
}
