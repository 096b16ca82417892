/** What all charts share: their options, and how a plot becomes an SVG that says what it shows. */
import { type PlotOptions, plot } from '@observablehq/plot'
import { pattern, type Weave } from './patterns.ts'

/** What every chart takes beside its data. */
export interface ChartOptions {
  /** The document that makes the elements: the page's own, or linkedom's on a server. */
  document: Document
  /** In CSS pixels; the picture shrinks where there is less room. */
  width?: number
  /** Begins every id within the picture, so that two pictures on one page do not share any. */
  id?: string
  /** The name of the picture for those who do not see it. */
  title?: string
}

/** A chart before it is drawn. */
export interface Drawing {
  /** The chart's kind, for the id where none is given. */
  kind: string
  title: string
  /** What the picture shows, in words. */
  finding: string
  weaves?: readonly Weave[]
  plot: PlotOptions
}

/** The address of a weave within a chart. */
export function weaveUrl(id: string, weave: Weave): string {
  return `url(#${id}-${weave})`
}

/**
 * Draws it. The same data and options give the same picture on a server and in a browser, but that Plot moves lines by half
 * a pixel on screens that have no finer ones.
 */
export function draw({ document, width, id, title }: ChartOptions, drawing: Drawing): SVGSVGElement {
  const name = id ?? drawing.kind
  const svg = plot({
    document,
    width: width ?? 340,
    className: 'onesum-chart',
    ...drawing.plot,
  }) as unknown as SVGSVGElement
  // the style would colour the background, and only repeats what stands on the element
  svg.querySelector('style')?.remove()
  // as text, since documents write their style objects differently
  svg.setAttribute('style', 'max-width: 100%; height: auto; font-size: 11px; overflow: visible')
  svg.setAttribute('role', 'img')
  svg.setAttribute('aria-label', title ?? drawing.title)
  svg.setAttribute('aria-describedby', `${name}-finding`)
  const finding = document.createElementNS(svg.namespaceURI, 'desc')
  finding.id = `${name}-finding`
  finding.textContent = drawing.finding
  svg.prepend(finding, ...(drawing.weaves ?? []).map((weave) => pattern(document, `${name}-${weave}`, weave)))
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  roundNumbers(svg)
  return svg
}

const numeric = ['x', 'y', 'x1', 'y1', 'x2', 'y2', 'cx', 'cy', 'r', 'width', 'height', 'd', 'transform']

/** A hundredth of a pixel is nothing to see; the rest is half the size of a file. */
function roundNumbers(svg: SVGSVGElement): void {
  for (const element of svg.querySelectorAll('*')) {
    for (const name of numeric) {
      const value = element.getAttribute(name)
      if (value?.includes('.')) element.setAttribute(name, value.replace(/-?\d+\.\d+(e-?\d+)?/g, round))
    }
  }
}

function round(text: string): string {
  // -0 would be written with its sign
  return String(Math.round(Number(text) * 100) / 100 + 0)
}
