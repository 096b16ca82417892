import { describe, expect, it } from 'vitest'
import { classReliability, describeClassReliability, worstClasses } from '../src/index.ts'
import { document, marks, number, plain, texts } from './support/read.ts'

/** A class with one bin whose probabilities are off by so much. */
const off = (name: string, gap: number) => ({
  name,
  bins: [
    { lower: 0, upper: 0.5, count: 30, accuracy: 0.25, confidence: 0.25 },
    { lower: 0.5, upper: 1, count: 10, accuracy: 0.75 - gap, confidence: 0.75 },
  ],
})

describe('reliability by class', () => {
  const classes = [off('one', 0.1), off('two', 0.5), off('three', 0)]
  const svg = classReliability(classes, { document, columns: 3, width: 330 })

  it('has the text it had', async () => {
    await expect(`${svg.outerHTML}\n`).toMatchFileSnapshot('snapshots/class-reliability.svg')
  })

  it('puts the classes that are furthest off first, and equal ones in their order', () => {
    expect(worstClasses(classes).map(({ name }) => name)).toEqual(['two', 'one', 'three'])
    expect(worstClasses([off('a', 0.1), off('b', 0.1)]).map(({ name }) => name)).toEqual(['a', 'b'])
    expect(texts(svg).slice(0, 3)).toEqual(['two', 'one', 'three'])
  })

  it('names how far each is off: the mean over its rows', () => {
    // 10 of 40 rows, half a probability off: 12.5 points; a tenth off: 2.5
    expect(texts(svg).slice(3)).toEqual(['13 points', '2.5 points', '0 points'])
  })

  it('draws a dot at what came true, and a line from what was claimed', () => {
    const dots = marks(svg, 'dot', 'circle').flat()
    const lines = marks(svg, 'link', 'path')[1]
    expect(dots).toHaveLength(6)
    expect(lines).toHaveLength(6)
    const [, x, from, , to] = /M([\d.]+),([\d.]+)L([\d.]+),([\d.]+)/.exec(lines[1].getAttribute('d') ?? '') ?? []
    expect(number(dots[1], 'cx')).toBeCloseTo(Number(x), 1)
    expect(number(dots[1], 'cy')).toBeCloseTo(Number(to), 1)
    // claimed 0.75 lies above the true 0.25
    expect(Number(from)).toBeLessThan(Number(to))
  })

  it('leaves out all but the 24 that are worst, and says so', () => {
    const many = Array.from({ length: 30 }, (_, i) => off(`class ${i}`, i / 40))
    const picture = classReliability(many, { document, width: 700 })
    expect(marks(picture, 'dot', 'circle').flat()).toHaveLength(48)
    expect(plain(describeClassReliability(many))).toMatch(/^The 24 of 30 classes furthest .*: class 29 \(18 points/)
  })
})
