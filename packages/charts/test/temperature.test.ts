import { describe, expect, it } from 'vitest'
import { describeTemperature, temperatureCurve } from '../src/index.ts'
import { document, marks, number, plain, texts } from './support/read.ts'

const curve = [0.5, 1, 2, 4].map((temperature, i) => ({ temperature, nll: [0.85, 0.7, 0.6, 0.8][i] }))

describe('the loss by temperature', () => {
  const svg = temperatureCurve(curve, { document, best: 2 })

  it('has the text it had', async () => {
    await expect(`${svg.outerHTML}\n`).toMatchFileSnapshot('snapshots/temperature.svg')
  })

  it('puts the dot on the line at the best temperature, on a logarithmic axis', () => {
    const [line] = marks(svg, 'line', 'path')[0]
    const points = (line.getAttribute('d') ?? '').match(/[-\d.]+,[-\d.]+/g)?.map((pair) => pair.split(',').map(Number))
    expect(points).toHaveLength(4)
    const [dot] = marks(svg, 'dot', 'circle')[0]
    expect([number(dot, 'cx'), number(dot, 'cy')]).toEqual(points?.[2])
    // each temperature is twice the one before
    const steps = points?.slice(1).map(([at], i) => at - (points[i]?.[0] ?? 0)) ?? []
    expect(steps[1]).toBeCloseTo(steps[0], 1)
    expect(steps[2]).toBeCloseTo(steps[0], 1)
    expect(texts(svg)).toEqual(expect.arrayContaining(['as it is: 1', 'best: 2', '0.5', '1', '2']))
  })

  it('leaves out losses without end, and those that would flatten the rest', () => {
    const wild = [{ temperature: 0.01, nll: Infinity }, { temperature: 0.1, nll: 60 }, ...curve]
    const drawn = temperatureCurve(wild, { document })
    expect(marks(drawn, 'line', 'path')[0][0].getAttribute('d')).toBe(
      marks(svg, 'line', 'path')[0][0].getAttribute('d'),
    )
  })

  it('says in words what it shows, also where the best lies beyond it', () => {
    expect(plain(describeTemperature(curve))).toBe(
      'The loss is lowest at temperature 2: 0.600 nats, against 0.700 as it is.',
    )
    expect(plain(describeTemperature(curve, 1000))).toBe(
      'The loss is lowest at temperature 1000, beyond what is drawn.',
    )
    expect(describeTemperature([])).toBe('There is no temperature with a finite loss.')
    expect(marks(temperatureCurve(curve, { document, best: 1000 }), 'dot', 'circle').flat()).toEqual([])
  })
})
