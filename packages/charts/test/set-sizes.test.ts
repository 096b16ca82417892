import { describe, expect, it } from 'vitest'
import { describeSetSizes, setSizeChart } from '../src/index.ts'
import { document, marks, number, plain, scale, texts } from './support/read.ts'

const sets = { sizes: [1, 6, 3], target: 0.9, coverage: 0.8 }

describe('the sizes of prediction sets', () => {
  const svg = setSizeChart(sets, { document })

  it('has the text it had', async () => {
    await expect(`${svg.outerHTML}\n`).toMatchFileSnapshot('snapshots/set-sizes.svg')
  })

  it('draws a bar for each size, as high as its share', () => {
    const y = scale(svg, 'y')
    const bars = marks(svg, 'bar', 'rect')[0]
    expect(bars.map((bar) => number(bar, 'height'))).toHaveLength(3)
    for (const [i, share] of [0.1, 0.6, 0.3].entries()) {
      expect(number(bars[i], 'height')).toBeCloseTo(y(0) - y(share), 1)
    }
    expect(texts(svg)).toEqual(expect.arrayContaining(['60 %', 'classes in the set']))
  })

  it('puts ten classes and more into one bar', () => {
    const sizes = new Array<number>(1001).fill(0)
    sizes[1] = 5
    sizes[10] = 1
    sizes[800] = 4
    const picture = setSizeChart({ ...sets, sizes }, { document })
    const bars = marks(picture, 'bar', 'rect')[0]
    expect(bars).toHaveLength(11)
    expect(number(bars[10], 'height')).toBeCloseTo(number(bars[1], 'height'), 1)
    expect(texts(picture)).toContain('10+')
  })

  it('says in words what it shows', () => {
    expect(plain(describeSetSizes(sets))).toBe(
      '80 % of the sets hold the true class; 90 % was asked for. A set has 1.20 classes on average; 60 % have just one.',
    )
    expect(describeSetSizes({ ...sets, sizes: [] })).toBe('There are no rows.')
  })
})
