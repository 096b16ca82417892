/** Fills that differ by their lines, not by colour alone. Colours are custom properties that a page may set. */

/** The colour of what is right, in light and in dark at least 3 : 1 against the page. */
export const right = 'var(--onesum-right, #0072b2)'
/** The colour of what is wrong, or missing. */
export const wrong = 'var(--onesum-wrong, #d55e00)'

/** Lines that rise or fall to the right. */
export type Weave = 'rising' | 'falling'

const paths: Record<Weave, string> = { rising: 'M-1,1l2,-2M0,6l6,-6M5,7l2,-2', falling: 'M-1,5l2,2M0,0l6,6M5,-1l2,2' }

/** A tile of 6 × 6 pixels: a tint, and the lines. */
export function pattern(document: Document, id: string, weave: Weave): Element {
  const make = (name: string, attributes: Record<string, string | number>): Element => {
    const element = document.createElementNS('http://www.w3.org/2000/svg', name)
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value))
    return element
  }
  const tile = make('pattern', { id, width: 6, height: 6, patternUnits: 'userSpaceOnUse' })
  tile.append(
    make('rect', { width: 6, height: 6, fill: wrong, 'fill-opacity': 0.15 }),
    make('path', { d: paths[weave], stroke: wrong, 'stroke-width': 1.2, fill: 'none' }),
  )
  return tile
}
