import { describe, expect, it } from 'vitest'
import {
  type ChartOptions,
  classReliability,
  confidenceHistogram,
  confusionMatrix,
  reliabilityDiagram,
  riskCoverageCurve,
  setSizeChart,
  temperatureCurve,
} from '../src/index.ts'
import { document, texts } from './support/read.ts'

const bins = [{ lower: 0.5, upper: 1, count: 7, accuracy: 5 / 7, confidence: 0.9 }]
const none = [{ lower: 0.5, upper: 1, count: 0, accuracy: 0, confidence: 0 }]
const hostile = [
  '<script>alert(1)</script>',
  `"quotes" & 'more'`,
  '\u05e9\u05dc\u05d5\u05dd\u2069\u202eabc',
  '👩‍👩‍👧‍👦'.repeat(40),
  ' ',
]
const square = hostile.map((_, i) => hostile.map((_, j) => (i === j ? 5 : i)))

type Chart = (options: ChartOptions) => SVGSVGElement

const charts: Record<string, Chart> = {
  reliabilityDiagram: (options) => reliabilityDiagram(bins, options),
  classReliability: (options) => classReliability([{ name: 'a', bins }], options),
  confusionMatrix: (options) => confusionMatrix(square, { ...options, classNames: hostile }),
  temperatureCurve: (options) =>
    temperatureCurve(
      [1, 2, 3].map((t) => ({ temperature: t, nll: t })),
      options,
    ),
  riskCoverageCurve: (options) => riskCoverageCurve([{ coverage: 1, risk: 0.1 }], options),
  setSizeChart: (options) => setSizeChart({ sizes: [0, 4], target: 0.9, coverage: 1 }, options),
  confidenceHistogram: (options) => confidenceHistogram(bins, options),
}

const empty: Record<string, Chart> = {
  reliabilityDiagram: (options) => reliabilityDiagram(none, options),
  classReliability: (options) => classReliability([{ name: 'a', bins: none }], options),
  'classReliability without classes': (options) => classReliability([], options),
  confusionMatrix: (options) => confusionMatrix([[0]], options),
  temperatureCurve: (options) => temperatureCurve([], options),
  riskCoverageCurve: (options) => riskCoverageCurve([], options),
  setSizeChart: (options) => setSizeChart({ sizes: [], target: 0.9, coverage: 0 }, options),
  confidenceHistogram: (options) => confidenceHistogram(none, options),
}

describe.each(Object.entries(charts))('%s', (_, chart) => {
  const svg = chart({ document, id: 'mine', title: 'A title', width: 300 })

  it('is an image with a name and a description', () => {
    expect(svg.tagName.toLowerCase()).toBe('svg')
    expect(svg.getAttribute('role')).toBe('img')
    expect(svg.getAttribute('aria-label')).toBe('A title')
    const described = svg.getAttribute('aria-describedby')
    expect(described).toBe('mine-finding')
    expect(svg.querySelector(`[id="${described}"]`)?.textContent).toMatch(/\w.*\.$/)
  })

  it('has ids of its own, each address among them, and none of another picture', () => {
    const ids = [...svg.querySelectorAll('[id]')].map((element) => element.id)
    expect(ids).toEqual([...new Set(ids)])
    expect(ids.filter((id) => !id.startsWith('mine-'))).toEqual([])
    const addresses = [...svg.outerHTML.matchAll(/url\(#([^)]*)\)/g)].map(([, id]) => id)
    expect(addresses.filter((id) => !ids.includes(id))).toEqual([])
  })

  it('has no colour of its own but those that a page may set, and no style, script or address', () => {
    const colours = [...svg.outerHTML.matchAll(/(?:fill|stroke)="([^"]*)"/g)].map(([, colour]) => colour)
    const known = /^(currentColor|none|url\(#mine-(rising|falling)\)|var\(--onesum-(right|wrong), #\w{6}\))$/
    expect(colours.filter((colour) => !known.test(colour))).toEqual([])
    expect(svg.querySelector('style, script, image, foreignObject, a')).toBeNull()
    expect(svg.outerHTML.match(/\bon\w+=|https?:(?!\/\/www\.w3\.org\/2000\/svg)/)).toBeNull()
  })

  it('is as wide as asked for, shrinks where there is less room, and is the same each time', () => {
    expect(svg.getAttribute('width')).toBe('300')
    expect(svg.getAttribute('style')).toContain('max-width: 100%')
    expect(chart({ document, id: 'mine', title: 'A title', width: 300 }).outerHTML).toBe(svg.outerHTML)
  })
})

describe('a chart of nothing', () => {
  it.each(Object.entries(empty))('%s is drawn, and has no number that is none', (_, chart) => {
    expect(chart({ document }).outerHTML).not.toMatch(/NaN|Infinity|undefined/)
  })
})

describe('hostile names', () => {
  const svg = charts.confusionMatrix({ document })

  it('are text and nothing else', () => {
    expect(svg.querySelectorAll('script')).toHaveLength(0)
    expect(svg.outerHTML).not.toContain('<script')
    expect(svg.querySelector('desc')?.textContent).toContain('<script>alert(1)</script>')
  })

  it('keep their direction of writing to themselves', () => {
    const name = [...svg.querySelectorAll('text')]
      .map((text) => text.textContent ?? '')
      .find((text) => /abc/.test(text))
    expect(texts(svg)).toEqual(expect.arrayContaining(['\u05e9\u05dc\u05d5\u05ddabc']))
    expect(name).toMatch(/^\u2068[^\u202e\u2069]*\u2069$/)
  })

  it('are cut between characters as a reader counts them, and replaced by a number where nothing is seen', () => {
    expect(texts(svg)).toEqual(expect.arrayContaining([`${'👩‍👩‍👧‍👦'.repeat(11)}…`, '4']))
  })
})
