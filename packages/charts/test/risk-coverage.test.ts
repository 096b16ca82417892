import { describe, expect, it } from 'vitest'
import { describeRiskCoverage, riskCoverageCurve } from '../src/index.ts'
import { document, marks, plain, scale, texts } from './support/read.ts'

const curve = [
  { coverage: 0.25, risk: 0 },
  { coverage: 0.5, risk: 0.1 },
  { coverage: 1, risk: 0.2 },
]

describe('risk and coverage', () => {
  const svg = riskCoverageCurve(curve, { document })

  it('has the text it had', async () => {
    await expect(`${svg.outerHTML}\n`).toMatchFileSnapshot('snapshots/risk-coverage.svg')
  })

  it('draws the part that is wrong above the part that is answered', () => {
    const [x, y] = [scale(svg, 'x'), scale(svg, 'y')]
    const points = (marks(svg, 'line', 'path')[0][0].getAttribute('d') ?? '').match(/[-\d.]+/g)?.map(Number) ?? []
    const expected = curve.flatMap(({ coverage, risk }) => [x(coverage), y(risk)])
    // coordinates are rounded to a hundredth of a pixel, and the axis is read off rounded ones
    for (const [i, value] of expected.entries()) expect(points[i]).toBeCloseTo(value, 1)
    expect(texts(svg)).toEqual(expect.arrayContaining(['10 %', '20 %', 'answered, the surest first →']))
  })

  it('says in words what it shows', () => {
    expect(plain(describeRiskCoverage(curve))).toBe('Of all answers, 20 % are wrong; of the surer half, 10 %.')
    // where all rows are equally sure there is no surer half
    expect(plain(describeRiskCoverage(curve.slice(2)))).toBe('Of all answers, 20 % are wrong.')
    expect(describeRiskCoverage([])).toBe('There are no rows.')
  })

  it('is drawn where nothing is wrong, too', () => {
    const perfect = riskCoverageCurve([{ coverage: 1, risk: 0 }], { document })
    expect(perfect.outerHTML).not.toMatch(/NaN|Infinity/)
  })
})
