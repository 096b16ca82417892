import { describe, expect, it } from 'vitest'
import { describeReliability, reliabilityDiagram } from '../src/index.ts'
import { document, marks, number, plain, scale } from './support/read.ts'

// one bin claims too much, one is empty, one claims too little
const bins = [
  { lower: 0, upper: 0.5, count: 40, accuracy: 0.25, confidence: 0.45 },
  { lower: 0.5, upper: 0.75, count: 0, accuracy: 0, confidence: 0 },
  { lower: 0.75, upper: 1, count: 10, accuracy: 0.9, confidence: 0.8 },
]

describe('the reliability diagram', () => {
  const svg = reliabilityDiagram(bins, { document })
  const [x, y] = [scale(svg, 'x'), scale(svg, 'y')]
  const [bars, tooMuch, tooLittle, histogram] = marks(svg, 'rect', 'rect')
  const bottom = (rect: Element | undefined) => number(rect, 'y') + number(rect, 'height')

  it('has the text it had', async () => {
    await expect(`${svg.outerHTML}\n`).toMatchFileSnapshot('snapshots/reliability.svg')
  })

  // a hundredth of a pixel is what coordinates are rounded to
  it('draws what came true as bars over their bins, a pixel apart, and nothing for an empty bin', () => {
    expect(bars).toHaveLength(2)
    expect(number(bars[0], 'x')).toBeCloseTo(x(0) + 1, 1)
    expect(number(bars[0], 'width')).toBeCloseTo(x(0.5) - x(0) - 2, 1)
    expect(number(bars[0], 'y')).toBeCloseTo(y(0.25), 1)
    expect(bottom(bars[0])).toBeCloseTo(y(0), 1)
  })

  it('hatches the gap from truth to claim, one way above the truth and another below', () => {
    expect(tooMuch).toHaveLength(1)
    expect(number(tooMuch[0], 'y')).toBeCloseTo(y(0.45), 1)
    expect(bottom(tooMuch[0])).toBeCloseTo(y(0.25), 1)
    expect(tooLittle).toHaveLength(1)
    expect(number(tooLittle[0], 'y')).toBeCloseTo(y(0.9), 1)
    expect(bottom(tooLittle[0])).toBeCloseTo(y(0.8), 1)
    const fills = [tooMuch[0], tooLittle[0]].map((rect) => rect.parentElement?.getAttribute('fill'))
    expect(fills).toEqual(['url(#reliability-rising)', 'url(#reliability-falling)'])
    expect(svg.querySelectorAll('pattern')).toHaveLength(2)
  })

  it('hangs the histogram below, as deep as there are rows', () => {
    const [many, few] = histogram.map((rect) => number(rect, 'height'))
    expect(few / many).toBeCloseTo(10 / 40, 2)
    expect(number(histogram[0], 'y')).toBeGreaterThan(y(0))
  })

  it('puts a bracket where chance would leave a bar, by the binomial distribution', () => {
    // the third links are the vertical lines of the brackets, after the ends of the bars and the diagonal
    const path = marks(svg, 'link', 'path')[2][0].getAttribute('d') ?? ''
    const [, from, to] = /M[\d.]+,([\d.]+)L[\d.]+,([\d.]+)/.exec(path) ?? []
    // 40 trials at 0.45: P(k ≤ 11) = 0.0179, P(k ≤ 12) = 0.0386; P(k ≥ 24) = 0.0405, P(k ≥ 25) = 0.0196
    expect(Number(from)).toBeCloseTo(y(12 / 40), 1)
    expect(Number(to)).toBeCloseTo(y(24 / 40), 1)
  })

  it('says in words what it shows', () => {
    // (40 · 0.2 + 10 · 0.1) / 50
    expect(plain(describeReliability(bins))).toBe(
      'On average, claim and truth are 18 points apart over 50 rows. ' +
        'Most of that comes from 40 rows that claim 45 % and are right 25 % of the time.',
    )
    expect(svg.querySelector('desc')?.textContent).toBe(describeReliability(bins))
    expect(describeReliability([bins[1]])).toBe('There are no rows.')
    const titles = bars.map((rect) => plain(rect.querySelector('title')?.textContent ?? ''))
    expect(titles[0]).toBe('0 % to 50 %: 40 rows, claimed 45 %, right 25 %')
  })
})
