// Section 4 in the browser: what can be learned and what cannot, and everything that can be set.
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { runProgram } from './support/program.ts'
import { builtSite, numbersOf, reach } from './support/site.ts'

const site = await builtSite()

async function learning(hash = '') {
  const page = await site.open({ hash })
  await reach(page, 'learning')
  await page.locator('[data-epoch]').waitFor()
  return page
}

async function reachesEpoch(page: Page, epoch: number): Promise<void> {
  await page.waitForFunction((least) => {
    const shown = document.querySelector('[data-epoch]')?.getAttribute('data-epoch')
    return Number(shown) >= least
  }, epoch)
}

const button = (page: Page, name: string) => page.locator('#learning').getByRole('button', { name, exact: true })

describe('the spiral', () => {
  it('is learned with relu, while one watches', async () => {
    const page = await learning()
    await button(page, 'Play').click()
    await reachesEpoch(page, 150)
    await button(page, 'Pause').click()
    expect((await numbersOf(page, 'data-accuracy'))[0]).toBeGreaterThan(0.95)
    // what it says of the places: three colours in one picture, each in a part of it
    const colours = await page.locator('.field-of-points canvas').evaluate((canvas) => {
      const { data } = (canvas as HTMLCanvasElement).getContext('2d')?.getImageData(0, 0, 480, 480) ?? { data: [] }
      const most = [0, 0, 0]
      for (let i = 0; i < data.length; i += 4) {
        // blue, orange and green have their largest channel at 2, 0 and 1
        const pixel = [data[i], data[i + 1], data[i + 2]]
        most[pixel.indexOf(Math.max(...pixel))]++
      }
      return most
    })
    expect(Math.min(...colours)).toBeGreaterThan(0.1 * 480 * 480)
  })

  it('is not learned with identity, and the page says why', async () => {
    const page = await learning('activation=identity&epochs=250')
    await reachesEpoch(page, 250)
    expect((await numbersOf(page, 'data-accuracy'))[0]).toBeLessThan(0.7)
    await page.getByText('layers upon layers are no more than one layer').waitFor()
    await page.getByText('these points cannot be parted this way').waitFor()
  })
})

describe('the player', () => {
  it('steps an epoch at a time, and starts over', async () => {
    const page = await learning()
    await button(page, 'Step').click()
    await reachesEpoch(page, 1)
    await button(page, 'Step').press('Enter')
    await reachesEpoch(page, 2)
    expect(await numbersOf(page, 'data-epoch')).toEqual([2])
    await button(page, 'Reset').click()
    await page.locator('[data-epoch="0"]').waitFor()
  })

  it('rests when paused', async () => {
    const page = await learning()
    await button(page, 'Play').click()
    await reachesEpoch(page, 4)
    await button(page, 'Pause').click()
    const settled = async () => {
      await page.waitForTimeout(300)
      return numbersOf(page, 'data-epoch')
    }
    const first = await settled()
    expect(await settled()).toEqual(first)
  })

  it('rests while nobody sees it', async () => {
    const page = await learning()
    await button(page, 'Play').click()
    await reachesEpoch(page, 4)
    await page.evaluate(() => scrollTo(0, 0))
    await page.waitForTimeout(300)
    const before = await numbersOf(page, 'data-epoch')
    await page.waitForTimeout(300)
    expect(await numbersOf(page, 'data-epoch')).toEqual(before)
    await page.locator('#learning').scrollIntoViewIfNeeded()
    await reachesEpoch(page, before[0] + 4)
  })
})

describe('what is learned', () => {
  it('is another thing with another seed, and the same with the same', async () => {
    const losses = await Promise.all(
      ['epochs=20', 'epochs=20', 'epochs=20&seed=2'].map(async (hash) => {
        const page = await learning(hash)
        await reachesEpoch(page, 20)
        return (await numbersOf(page, 'data-loss'))[0]
      }),
    )
    expect(losses[0]).toBe(losses[1])
    expect(losses[0]).not.toBe(losses[2])
  })

  it('may be other points, from the beginning', async () => {
    const page = await learning('epochs=5')
    await reachesEpoch(page, 5)
    for (const set of ['moons', 'blobs', 'xor']) {
      await page.getByLabel('Points', { exact: true }).selectOption(set)
      await page.locator('[data-epoch="0"]').waitFor()
      await button(page, 'Step').click()
      await page.locator('[data-epoch="1"]').waitFor()
    }
  })

  it('may be painted, by pointer and by keys', async () => {
    const page = await learning()
    await button(page, '▲ C').click()
    const square = page.locator('.field-of-points')
    await square.scrollIntoViewIfNeeded()
    const box = await square.boundingBox()
    if (!box) throw new Error('the square has no place')
    await square.click({ position: { x: box.width / 4, y: box.height / 4 } })
    await page.waitForFunction(() => location.hash.includes('painted='))
    await square.focus()
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Enter')
    await page.waitForFunction(() => location.hash.split('painted=')[1]?.split('&')[0].split(',').length === 6)
    const painted = await page.evaluate(() => location.hash.split('painted=')[1].split('&')[0].split(',').map(Number))
    // a click is rounded to whole pixels, of which the square has more than 300
    expect(Math.abs(painted[0] + 0.5)).toBeLessThan(0.02)
    expect(Math.abs(painted[1] - 0.5)).toBeLessThan(0.02)
    expect(painted.slice(2)).toEqual([2, 0.05, 0.05, 2])
    await button(page, 'Clear').click()
    await page.waitForFunction(() => !location.hash.includes('painted='))
  })
})

/** The points in the address, once there are as many as a stroke leaves at least. */
async function paintedPoints(page: Page, least: number): Promise<number[][]> {
  const given = () => (location.hash.split('painted=')[1] ?? '').split('&')[0].split(',').map(Number)
  await page.waitForFunction(
    (count) => (location.hash.split('painted=')[1] ?? '').split('&')[0].split(',').length >= 3 * count,
    least,
  )
  const numbers = await page.evaluate(given)
  return Array.from({ length: numbers.length / 3 }, (_, i) => numbers.slice(3 * i, 3 * i + 3))
}

/** A stroke from the square's left third to its right third, at half its height: points apart, all of one class. */
function isAStroke(points: number[][], label: number): void {
  expect(points.length).toBeLessThanOrEqual(15)
  expect(points.every(([, y, c]) => Math.abs(y) < 0.02 && c === label)).toBe(true)
  expect(points[0][0]).toBeCloseTo(-1 / 3, 1)
  for (let i = 1; i < points.length; i++) expect(points[i][0] - points[i - 1][0]).toBeGreaterThan(0.03)
  // the last lies before the end by less than the distance of points, 0.05, a step of the pointer, and what is rounded
  expect(Math.abs(points[points.length - 1][0] - 1 / 3)).toBeLessThan(0.1)
}

describe('a stroke', () => {
  it('of a mouse paints points, one by one, and its click none', async () => {
    const page = await learning()
    await button(page, '■ B').click()
    const square = page.locator('.field-of-points')
    await square.scrollIntoViewIfNeeded()
    const { x, y, width, height } = (await square.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 }
    await page.mouse.move(x + width / 3, y + height / 2)
    await page.mouse.down()
    await page.mouse.move(x + (2 * width) / 3, y + height / 2, { steps: 40 })
    await page.mouse.up()
    await page.mouse.move(x + width / 2, y)
    await page.waitForTimeout(300)
    isAStroke(await paintedPoints(page, 8), 1)
    await page.mouse.click(x + width / 2, y + height / 4)
    await page.waitForTimeout(300)
    const points = await paintedPoints(page, 9)
    expect(points[points.length - 1]).toEqual([0, 0.5, 1].map((value) => expect.closeTo(value, 1)))
  })

  it('of a finger paints, and does not scroll the page', async () => {
    const page = await site.open({ hasTouch: true, viewport: { width: 360, height: 640 } })
    await reach(page, 'learning')
    const square = page.locator('.field-of-points')
    await square.scrollIntoViewIfNeeded()
    const { x, y, width, height } = (await square.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 }
    const before = await page.evaluate(() => scrollY)
    const touch = await page.context().newCDPSession(page)
    const at = (part: number) => [{ x: x + part * width, y: y + height / 2 }]
    await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: at(1 / 3) })
    for (let i = 1; i <= 40; i++) {
      await touch.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: at(1 / 3 + i / 120) })
    }
    await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
    await page.waitForTimeout(300)
    isAStroke(await paintedPoints(page, 6), 0)
    expect(await page.evaluate(() => scrollY)).toBe(before)
  })
})

describe('a link', () => {
  it('shows the same network again', async () => {
    const page = await learning('layers=16&activation=tanh&seed=3')
    await button(page, 'Play').click()
    await reachesEpoch(page, 10)
    await button(page, 'Pause').click()
    await page.waitForTimeout(400)
    const [loss] = await numbersOf(page, 'data-loss')
    const [epoch] = await numbersOf(page, 'data-epoch')
    await page.waitForFunction((epochs) => location.hash.includes(`epochs=${epochs}`), epoch)
    const again = await learning(await page.evaluate(() => location.hash.slice(1)))
    await reachesEpoch(again, epoch)
    expect(await numbersOf(again, 'data-loss')).toEqual([loss])
  })
})

describe('the program', () => {
  it('computes what is on the screen', async () => {
    const page = await learning('data=moons&epochs=30')
    await reachesEpoch(page, 30)
    const source = await page.locator('#learning .code code').textContent()
    const [[share]] = await runProgram(source ?? '')
    // other kernels round otherwise: a point on the border may be on its other side
    expect(Math.abs((share as number) - (await numbersOf(page, 'data-accuracy'))[0])).toBeLessThanOrEqual(1 / 200)
  })
})
