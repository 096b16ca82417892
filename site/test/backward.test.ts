// Section 2 in the browser: the gradients on the screen are the library's in Node, and finite differences agree.
import { describe, expect, it } from 'vitest'
import { crossEntropyWithGrad, softmax, softmaxBackward, softmaxJacobian } from '../../packages/onesum/src/index.ts'
import { runProgram } from './support/program.ts'
import { builtSite, numbersOf, reach, type } from './support/site.ts'

const site = await builtSite()
const logits = [2, 1, 0.1]

async function backward(hash = '') {
  const page = await site.open({ hash })
  await reach(page, 'backward')
  return page
}

describe('cross-entropy', () => {
  it('hands back probability minus target', async () => {
    const page = await backward()
    expect(await numbersOf(page, 'data-gradient')).toEqual(crossEntropyWithGrad(logits, [0]).grad)
    expect(await page.locator('[data-check]').getAttribute('data-check')).toBe('agrees')
  })

  it('of another class pushes that one', async () => {
    const page = await backward()
    await page.getByLabel('True class', { exact: true }).selectOption('C')
    expect(await numbersOf(page, 'data-gradient')).toEqual(crossEntropyWithGrad(logits, [2]).grad)
  })

  it('at another temperature is divided by it', async () => {
    const page = await backward('temperature=2')
    const { grad } = crossEntropyWithGrad(
      logits.map((x) => x / 2),
      [0],
    )
    expect(await numbersOf(page, 'data-gradient')).toEqual(grad.map((g) => g / 2))
    expect(await page.locator('[data-check]').getAttribute('data-check')).toBe('agrees')
  })
})

describe('a gradient set by hand', () => {
  it('flows back through softmax', async () => {
    const page = await backward()
    await page.getByLabel('a gradient gy set by hand').check()
    await type(page, 'Upstream gradient of B', '-1.5')
    expect(await numbersOf(page, 'data-gradient')).toEqual(softmaxBackward(softmax(logits), [1, -1.5, 0]))
    expect(await page.locator('[data-check]').getAttribute('data-check')).toBe('agrees')
  })
})

describe('the Jacobian', () => {
  it('shows the numbers of the library, and each cell explains itself', async () => {
    const page = await backward()
    const shown = (await page.locator('.cell').allTextContents()).map((text) => Number(text.replace('−', '-')))
    softmaxJacobian(softmax(logits)).forEach((value, i) => {
      // three decimals
      expect(Math.abs(shown[i] - value)).toBeLessThanOrEqual(0.0005 + 1e-12)
    })
    await page.locator('.cell').nth(1).click()
    expect(await page.locator('.jacobian [role=status]').textContent()).toMatch(
      /lowers the probability of A by about 0\.01598/,
    )
  })

  it('is walked with the arrow keys', async () => {
    const page = await backward()
    await page.locator('.cell').first().focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowLeft')
    expect(await page.locator('.cell:focus').getAttribute('aria-label')).toMatch(/y C by x C$/)
  })

  it('lights up what a step of the derivation speaks of', async () => {
    const page = await backward()
    await page.getByRole('button', { name: 'Show in the picture' }).nth(1).click()
    const lit = await page.locator('.cell').evaluateAll((cells) => cells.map((cell) => cell.classList.contains('lit')))
    expect(lit).toEqual([true, false, false, false, true, false, false, false, true])
  })
})

describe('the program', () => {
  it.each([
    ['', [crossEntropyWithGrad(logits, [0]).loss, crossEntropyWithGrad(logits, [0]).grad]],
    ['upstream=by-hand&gy=0.5,0,1', [softmaxBackward(softmax(logits), [0.5, 0, 1])]],
  ])('computes what is on the screen (%s)', async (hash, want) => {
    const page = await backward(hash)
    const source = await page.locator('#backward .code code').textContent()
    expect(await runProgram(source ?? '')).toEqual([want])
  })
})
