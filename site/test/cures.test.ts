// Section 3 in the browser: each control, and its numbers as the library gives them in Node.
import { describe, expect, it } from 'vitest'
import { adjustLogits, crossEntropy, entmax, entropy, softmax, sparsemax } from '../../packages/onesum/src/index.ts'
import { runProgram } from './support/program.ts'
import { builtSite, numbersOf, reach, type } from './support/site.ts'

const site = await builtSite()
const logits = [2, 1, 0.1]

async function cures(hash = '') {
  const page = await site.open({ hash })
  await reach(page, 'cures')
  return page
}

describe('scale', () => {
  it('multiplies the logits', async () => {
    const page = await cures()
    await type(page, 'Scale of the logits', '3')
    expect(await numbersOf(page, 'data-scaled')).toEqual(softmax(logits.map((x) => 3 * x)))
  })
})

describe('label smoothing', () => {
  it('has its least loss where the page says', async () => {
    const page = await cures()
    await type(page, 'Label smoothing', '0.2')
    const [margin] = await numbersOf(page, 'data-best')
    const loss = (m: number) => crossEntropy([m, 0, 0], [0], { labelSmoothing: 0.2 })
    // a minimum: higher on both sides
    expect(loss(margin)).toBeLessThan(loss(margin - 0.01))
    expect(loss(margin)).toBeLessThan(loss(margin + 0.01))
  })

  it('of nothing has no least loss', async () => {
    const page = await cures('smoothing=0')
    await page.getByText('no margin is wide enough').waitFor()
  })
})

describe('sparsity', () => {
  it('goes from softmax to sparsemax', async () => {
    const page = await cures()
    expect(await numbersOf(page, 'data-sparse')).toEqual(entmax(logits))
    await page.getByRole('button', { name: 'sparsemax' }).click()
    expect(await numbersOf(page, 'data-sparse')).toEqual(sparsemax(logits))
    await page.getByRole('button', { name: 'softmax', exact: true }).click()
    expect(await numbersOf(page, 'data-sparse')).toEqual(softmax(logits))
    await page.getByLabel('Alpha of entmax', { exact: true }).focus()
    await page.keyboard.press('ArrowRight')
    expect(await numbersOf(page, 'data-sparse')).toEqual(entmax(logits, { alpha: 1.05 }))
  })

  it('has its point in the triangle where the probabilities put it', async () => {
    const page = await cures('alpha=2')
    const [a, b, c] = sparsemax(logits)
    const [x, y] = await page
      .locator('.simplex circle')
      .evaluate((circle) => ['cx', 'cy'].map((name) => Number(circle.getAttribute(name))))
    // corners at (150, 0), (0, h) and (300, h)
    expect(x).toBeCloseTo(150 * a + 0 * b + 300 * c, 6)
    expect(y).toBeCloseTo(150 * Math.sqrt(3) * (b + c), 6)
  })

  it('of more than three classes is shown by bars alone', async () => {
    const page = await cures('logits=3,2,1,0')
    expect(await page.locator('.simplex').count()).toBe(0)
    expect(await numbersOf(page, 'data-sparse')).toEqual(entmax([3, 2, 1, 0]))
  })
})

describe('imbalance', () => {
  it('is taken out of the logits', async () => {
    const page = await cures()
    await type(page, 'Share of A in training', '0.5')
    const prior = [0.5, 0.25, 0.25]
    expect(await numbersOf(page, 'data-adjusted')).toEqual(softmax(adjustLogits(logits, prior, { when: 'inference' })))
  })
})

describe('the programs', () => {
  it('compute what is on the screen', async () => {
    const page = await cures('scale=2&alpha=1.5&prior=0.8')
    const sources = await page.locator('#cures .code code').allTextContents()
    const printed = await Promise.all(sources.map(runProgram))
    const twice = logits.map((x) => 2 * x)
    expect(printed[0]).toEqual([[softmax(twice), entropy(twice)], [softmax(logits)]])
    expect(printed[1]).toHaveLength(4)
    expect(printed[2]).toEqual([[entmax(logits)], [softmax(logits)]])
    expect(printed[3]).toEqual([[await numbersOf(page, 'data-adjusted')]])
  })
})
