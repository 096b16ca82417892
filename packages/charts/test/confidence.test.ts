import { describe, expect, it } from 'vitest'
import { confidenceHistogram, describeConfidence } from '../src/index.ts'
import { document, marks, number, plain, texts } from './support/read.ts'

// 3 of 10 rows right, and 9 of 10
const bins = [
  { lower: 0, upper: 0.5, count: 10, accuracy: 0.3, confidence: 0.4 },
  { lower: 0.5, upper: 0.9, count: 0, accuracy: 0, confidence: 0 },
  { lower: 0.9, upper: 1, count: 10, accuracy: 0.9, confidence: 0.95 },
]

describe('the confidence of right and wrong rows', () => {
  const svg = confidenceHistogram(bins, { document })

  it('has the text it had', async () => {
    await expect(`${svg.outerHTML}\n`).toMatchFileSnapshot('snapshots/confidence.svg')
  })

  it('draws right rows upward and wrong rows downward, each as a share of their kind', () => {
    // a share has no sign, upward or downward
    const labels = texts(svg).filter((text) => text.endsWith('%'))
    expect(labels.every((text) => !/[-−]/.test(text))).toBe(true)
    const [right, wrong] = marks(svg, 'rect', 'rect')
    const heights = (rects: Element[]) => rects.map((rect) => number(rect, 'height'))
    // 3 and 9 of 12; 7 and 1 of 8
    expect(heights(right)[1] / heights(right)[0]).toBeCloseTo(3, 1)
    expect(heights(wrong)[0] / heights(wrong)[1]).toBeCloseTo(7, 0)
    expect(heights(wrong)[0] / heights(right)[1]).toBeCloseTo(7 / 8 / (9 / 12), 1)
    expect(number(right[0], 'y') + number(right[0], 'height')).toBeCloseTo(number(wrong[0], 'y'), 1)
    expect(texts(svg)).toEqual(expect.arrayContaining(['right: 12 rows', 'wrong: 8 rows']))
  })

  it('says in words what it shows', () => {
    // right: (3 · 0.4 + 9 · 0.95) / 12 = 0.8125; wrong: (7 · 0.4 + 1 · 0.95) / 8 = 0.469
    expect(plain(describeConfidence(bins))).toBe(
      'On these 20 rows, right rows claim about 81 % on average, and wrong rows claim about 47 % on average. ' +
        '13 % of the wrong rows claim more than 90 %.',
    )
    expect(plain(describeConfidence([{ ...bins[2], accuracy: 1 }]))).toContain('no row is wrong')
    expect(describeConfidence([bins[1]])).toBe('There are no rows.')
  })
})
