/** The confusion matrix: which class is taken for which. */
import { axisX, axisY, rect, ruleX, ruleY, text } from '@observablehq/plot'
import { type ChartOptions, draw } from './chart.ts'
import { right, wrong } from './patterns.ts'
import { className, count, counted, isolate, percent, shorten } from './words.ts'

/** Options of a confusion matrix. */
export interface ConfusionOptions extends ChartOptions {
  classNames?: readonly string[]
}

/** Beyond so many classes, those that are confused most are drawn, and the others as one. */
const most = 20
/** Up to so many classes, each cell shows its number. */
const numbered = 12

interface Cell {
  truth: number
  predicted: number
  count: number
  /** Of the rows of the true class. */
  share: number
}

/**
 * Draws, for each true class (a line) and each predicted class (a column), how many rows there are: as a number, and
 * beyond 12 classes as a square whose area is the share of the true class's rows. On the diagonal the class is right, everywhere else it is taken for another.
 *
 * @param matrix rows by true class and predicted class, a square
 * @param options `document`, `width` (default 340), `id`, `title`, `classNames`
 * @returns an SVG element; beyond 20 classes those that are confused most, and the others as one
 * @example
 * import { parseHTML } from 'linkedom'
 * import { confusionMatrix } from '@onesum/charts'
 *
 * const { document } = parseHTML('<html></html>')
 * confusionMatrix([[8, 2], [1, 9]], { document, classNames: ['cat', 'dog'] }).getAttribute('role') // → 'img'
 */
export function confusionMatrix(matrix: readonly (readonly number[])[], options: ConfusionOptions): SVGSVGElement {
  const { names, counts } = condense(matrix, options.classNames)
  const cells = cellsOf(counts)
  const size = names.length
  const longest = Math.max(...names.map((name) => Math.min(12, name.length)), 1)
  const width = options.width ?? 340
  const margin = 26 + longest * 6.2
  const says = ({ truth, predicted, count, share }: Cell) =>
    `${isolate(names[truth])} ${truth === predicted ? 'recognised' : `taken for ${isolate(names[predicted])}`}: ` +
    `${counted(count, 'row')}, ${percent(share)} of its own`
  const withNumbers = size <= numbered
  const square = (fill: string) => ({
    x1: ({ predicted, share }: Cell) => predicted - side(share, withNumbers) / 2,
    x2: ({ predicted, share }: Cell) => predicted + side(share, withNumbers) / 2,
    y1: ({ truth, share }: Cell) => truth - side(share, withNumbers) / 2,
    y2: ({ truth, share }: Cell) => truth + side(share, withNumbers) / 2,
    fill,
    // a number needs a quiet ground, and says itself how much it is
    fillOpacity: withNumbers ? ({ share }: Cell) => 0.12 + 0.4 * Math.sqrt(share) : 0.75,
    title: says,
  })
  const steps = Array.from({ length: size + 1 }, (_, i) => i - 0.5)
  const ticks = names.map((_, i) => i)
  const label = (i: number) => isolate(shorten(names[i], 12))
  const cell = (width - margin - 8) / size
  const digits = Math.max(1, ...cells.map(({ count }) => String(count).length))
  // a digit is less than two thirds as wide as it is high
  const fontSize = Math.min(11, cell / (digits * 0.66))
  const lines = Math.min(11, cell * 0.85)
  return draw(options, {
    kind: 'confusion',
    title: 'Confusion matrix',
    finding: describeConfusion(matrix, options.classNames),
    plot: {
      // as high as wide, within the margins
      height: width - margin - 8 + 30 + margin,
      marginLeft: margin,
      marginRight: 8,
      marginTop: 30,
      marginBottom: margin,
      x: { domain: [-0.5, size - 0.5], label: null },
      y: { domain: [-0.5, size - 0.5], label: null, reverse: true },
      marks: [
        ruleX(steps, { stroke: 'currentColor', strokeOpacity: 0.12 }),
        ruleY(steps, { stroke: 'currentColor', strokeOpacity: 0.12 }),
        rect(
          cells.filter(({ truth, predicted }) => truth === predicted),
          square(right),
        ),
        rect(
          cells.filter(({ truth, predicted }) => truth !== predicted),
          square(wrong),
        ),
        text(withNumbers ? cells : [], { x: 'predicted', y: 'truth', text: 'count', fontWeight: 600, fontSize }),
        axisY(ticks, { fontSize: lines, tickFormat: label, tickSize: 0, label: 'true class', labelArrow: 'none' }),
        axisX(ticks, {
          fontSize: lines,
          tickFormat: label,
          tickRotate: -90,
          tickSize: 0,
          label: 'predicted class',
          labelArrow: 'none',
        }),
      ],
    },
  })
}

/** Areas compare shares, unless numbers do; a share too small to see is still a point. */
function side(share: number, withNumber: boolean): number {
  return withNumber ? 0.96 : Math.max(0.12, Math.sqrt(share)) * 0.94
}

/** The cells that hold rows: few, where there are many classes. */
function cellsOf(counts: readonly (readonly number[])[]): Cell[] {
  const cells: Cell[] = []
  for (const [truth, row] of counts.entries()) {
    const total = row.reduce((sum, count) => sum + count, 0)
    for (let predicted = 0; predicted < row.length; predicted++) {
      const count = row[predicted]
      if (count > 0) cells.push({ truth, predicted, count, share: count / total })
    }
  }
  return cells
}

/** The classes that take part in most confusions, in their order, and the others as the last. */
function condense(matrix: readonly (readonly number[])[], classNames: readonly string[] | undefined) {
  const all = matrix.map((_, i) => i)
  const nameOf = (i: number) => className(i, classNames)
  if (matrix.length <= most) return { names: all.map(nameOf), counts: matrix }
  const confused = new Float64Array(matrix.length)
  const cells = cellsOf(matrix)
  for (const { truth, predicted, count } of cells) {
    if (truth === predicted) continue
    confused[truth] += count
    confused[predicted] += count
  }
  const kept = all
    .sort((a, b) => confused[b] - confused[a] || a - b)
    .slice(0, most)
    .sort((a, b) => a - b)
  const slot = new Map(kept.map((index, i) => [index, i]))
  const counts = Array.from({ length: most + 1 }, () => new Array<number>(most + 1).fill(0))
  for (const { truth, predicted, count } of cells) {
    counts[slot.get(truth) ?? most][slot.get(predicted) ?? most] += count
  }
  return { names: [...kept.map(nameOf), 'others'], counts }
}

/** What a confusion matrix shows, in words. */
export function describeConfusion(matrix: readonly (readonly number[])[], classNames?: readonly string[]): string {
  const cells = cellsOf(matrix)
  const rows = cells.reduce((sum, { count }) => sum + count, 0)
  const wrongOnes = cells.filter(({ truth, predicted }) => truth !== predicted)
  const many = wrongOnes.reduce((sum, { count }) => sum + count, 0)
  const total = `${counted(rows - many, 'row')} of ${count(rows)} are on the diagonal, where the class is right.`
  if (many === 0) return total
  const named = (index: number) => isolate(shorten(className(index, classNames), 30))
  const pairs = wrongOnes
    .sort((a, b) => b.count - a.count)
    .slice(0, 3)
    .map(({ truth, predicted, count }) => `${named(truth)} taken for ${named(predicted)} (${counted(count, 'row')})`)
  return `${total} Most frequent: ${pairs.join(', ')}.`
}
