// Section 1 in the browser, by mouse and by keyboard; the numbers on the screen are the library's in Node.
import { describe, expect, it } from 'vitest'
import { softmax } from '../../packages/onesum/src/index.ts'
import { runProgram } from './support/program.ts'
import { builtSite, numbersOf, reach, type } from './support/site.ts'

const site = await builtSite()

async function shows(page: Awaited<ReturnType<typeof site.open>>, logits: number[], temperature = 1) {
  expect(await numbersOf(page, 'data-probability')).toEqual(softmax(logits, { temperature }))
}

describe('logits', () => {
  it('give the probabilities of the library, and every step between', async () => {
    const page = await site.open()
    await reach(page, 'forward')
    await shows(page, [2, 1, 0.1])
    // exp(0), exp(-1), exp(-1.9) and their sum, to four digits
    const cells = await page.locator('#forward tbody td:nth-child(4), #forward tfoot td:nth-child(4)').allTextContents()
    expect(cells).toEqual(['1', '0.3679', '0.1496', '1.517'])
  })

  it('are moved by keys', async () => {
    const page = await site.open()
    await reach(page, 'forward')
    await page.getByLabel('Logit of B', { exact: true }).focus()
    for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowRight')
    await shows(page, [2, 1.3, 0.1])
  })

  it('are dragged', async () => {
    const page = await site.open()
    await reach(page, 'forward')
    const box = await page.getByLabel('Logit of A', { exact: true }).boundingBox()
    if (!box) throw new Error('the slider has no place')
    await page.mouse.move(box.x + box.width * 0.6, box.y + box.height / 2)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width + 20, box.y + box.height / 2, { steps: 5 })
    await page.mouse.up()
    await shows(page, [10, 1, 0.1])
  })

  it('are typed, with a real minus and infinities; what is no logit changes nothing and is marked', async () => {
    const page = await site.open()
    await reach(page, 'forward')
    await type(page, 'Logit of A', '−2.5')
    await type(page, 'Logit of C', '-inf')
    await shows(page, [-2.5, 1, -Infinity])
    await type(page, 'Logit of B', 'seven')
    await shows(page, [-2.5, 1, -Infinity])
    expect(await page.getByLabel('Logit of B, as a number').getAttribute('aria-invalid')).toBe('true')
  })

  it('are two to ten', async () => {
    const page = await site.open()
    await reach(page, 'forward')
    const [add, remove] = [
      page.getByRole('button', { name: 'Add a class' }),
      page.getByRole('button', { name: 'Remove the last' }),
    ]
    for (let count = 3; count < 10; count++) await add.click()
    expect(await add.isDisabled()).toBe(true)
    await shows(page, [2, 1, 0.1, 0, 0, 0, 0, 0, 0, 0])
    for (let count = 10; count > 2; count--) await remove.click()
    expect(await remove.isDisabled()).toBe(true)
    await shows(page, [2, 1])
  })
})

describe('presets', () => {
  it.each([
    ['tie', [3, 3, 0]],
    ['one-hot', [40, 0, 0]],
    ['flat', [1, 1, 1, 1, 1]],
    ['far apart', [1000, 995, -1000]],
    ['with −∞', [2, 1, -Infinity]],
  ])('%s', async (name, logits) => {
    const page = await site.open()
    await reach(page, 'forward')
    await page.getByRole('button', { name, exact: true }).click()
    await shows(page, logits)
  })
})

describe('scale', () => {
  it('divides the logits by a temperature', async () => {
    const page = await site.open()
    await reach(page, 'forward')
    await type(page, 'Temperature', '0.5')
    await shows(page, [2, 1, 0.1], 0.5)
  })

  it('is nothing to a constant added to all, but to the naive formula', async () => {
    const page = await site.open()
    await reach(page, 'forward')
    await page.getByLabel('add 1000 to every logit').check()
    await shows(page, [1002, 1001, 1000.1])
    expect(await page.locator('#forward tbody td:last-child').allTextContents()).toEqual(['NaN', 'NaN', 'NaN'])
    expect(await page.locator('#forward [role=status]').first().textContent()).toContain('overflowed')
  })
})

describe('the address', () => {
  it('reproduces what is seen', async () => {
    const page = await site.open()
    await reach(page, 'forward')
    await type(page, 'Logit of A', '-inf')
    await type(page, 'Temperature', '2')
    await page.getByLabel('add 1000 to every logit').check()
    await page.waitForFunction(() => location.hash.includes('shifted'))
    const hash = await page.evaluate(() => location.hash.slice(1))
    const again = await site.open({ hash })
    await reach(again, 'forward')
    await shows(again, [-Infinity, 1001, 1000.1], 2)
    expect(await again.evaluate(() => location.hash.slice(1))).toBe(hash)
  })

  it('says nothing while all is as at first, and is not misled by nonsense', async () => {
    const page = await site.open({ hash: 'logits=1,x&temperature=-3&target=99' })
    await reach(page, 'forward')
    await shows(page, [2, 1, 0.1])
  })
})

describe('the program', () => {
  it('computes what is on the screen', async () => {
    const page = await site.open({ hash: 'logits=3,-1,0.5,-inf&temperature=0.7' })
    await reach(page, 'forward')
    const source = await page.locator('#forward .code code').textContent()
    const printed = await runProgram(source ?? '')
    expect(printed).toEqual([[softmax([3, -1, 0.5, -Infinity], { temperature: 0.7 })]])
  })
})
