/** Reads a picture back: where its axes put a value, and what its marks are. */
import { parseHTML } from 'linkedom'

/** A document as on a server. */
export const document = parseHTML('<!doctype html><html><body></body></html>').document

/** The elements of one kind of mark, in the order of the plot. */
export function marks(svg: Element, kind: string, tag: string): Element[][] {
  return [...svg.querySelectorAll(`g[aria-label="${kind}"]`)].map((group) => [...group.querySelectorAll(tag)])
}

/** All text that is drawn, bidirectional marks left out. */
export function texts(svg: Element): string[] {
  return [...svg.querySelectorAll('text')].map((text) => plain(text.textContent ?? ''))
}

export function plain(text: string): string {
  return text.replace(/[\u2066-\u2069]/g, '').replaceAll('\u00a0', ' ')
}

export function number(element: Element | undefined, attribute: string): number {
  return Number(element?.getAttribute(attribute))
}

/** Where an axis puts a value, from two of its labels: percentages or plain numbers. */
export function scale(svg: Element, axis: 'x' | 'y'): (value: number) => number {
  const labels = [...svg.querySelectorAll(`g[aria-label="${axis}-axis tick label"] text`)].map((text) => {
    const shown = plain(text.textContent ?? '')
    const [, x, y] = /translate\(([-\d.]+),([-\d.]+)\)/.exec(text.getAttribute('transform') ?? '') ?? []
    return { value: Number.parseFloat(shown) / (shown.endsWith('%') ? 100 : 1), at: Number(axis === 'x' ? x : y) }
  })
  const [a, b] = [labels[0], labels[labels.length - 1]]
  return (value) => a.at + ((value - a.value) / (b.value - a.value)) * (b.at - a.at)
}
