// What holds for the page as a whole: it can be read by everyone, fits every screen, works alone and offline.
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { builtSite, isolation, reach } from './support/site.ts'

const site = await builtSite()
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const sections = ['forward', 'backward', 'cures', 'learning', 'file']

describe.each([
  ['light', 1280],
  ['dark', 360],
] as const)('in the %s theme, on a screen of %d pixels', (colorScheme, width) => {
  it('axe finds nothing to object to', async () => {
    const viewport = { width, height: 800 }
    const page = await site.open({ colorScheme, viewport, bypassCSP: true, hash: 'epochs=20&sample=yes' })
    for (const section of sections) await reach(page, section)
    await page.locator('[data-temperature]').waitFor()
    await page.locator('.code summary').last().click()
    await page.evaluate(axe)
    const violations = await page.evaluate(async () => {
      const { axe } = globalThis as unknown as {
        axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> }
      }
      return (await axe.run()).violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
    })
    expect(violations).toEqual([])
  })
})

it.each([360, 768, 1440])('nothing is wider than a screen of %d pixels', async (width) => {
  const hash = 'logits=3,2,1,0,-1,-2,-3,-4,-5,-inf&upstream=by-hand&sample=yes'
  const page = await site.open({ viewport: { width, height: 800 }, hash })
  for (const section of sections) await reach(page, section)
  await page.locator('[data-temperature]').waitFor()
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
})

describe('while it loads and moves', () => {
  it.each([360, 1440])('nothing shifts on a screen of %d pixels', async (width) => {
    const page = await site.open({ viewport: { width, height: 800 } })
    await page.evaluate(() => {
      const seen = globalThis as unknown as { shifts: string[] }
      seen.shifts = []
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
          const { value, sources } = entry as unknown as { value: number; sources: { node: Element | null }[] }
          seen.shifts.push(
            `${value}: ${sources.map(({ node }) => (node?.parentElement ?? node)?.outerHTML?.slice(0, 120))}`,
          )
        }
      }).observe({ type: 'layout-shift', buffered: true })
    })
    await page.mouse.move(width / 2, 400)
    const end = () => page.evaluate(() => scrollY + innerHeight >= document.documentElement.scrollHeight - 1)
    while (!(await end())) {
      await page.mouse.wheel(0, 500)
      await page.waitForTimeout(100)
    }
    for (const section of sections) await reach(page, section)
    expect(await page.evaluate(() => (globalThis as unknown as { shifts: string[] }).shifts)).toEqual([])
  })

  it('a slider is followed without a long task, with ten classes and every picture of them', async () => {
    const page = await site.open({ hash: 'logits=3,2,1,0,-1,-2,-3,-4,-5,0' })
    for (const section of sections.slice(0, 3)) await reach(page, section)
    const slider = page.getByLabel('Logit of A', { exact: true })
    await slider.scrollIntoViewIfNeeded()
    const box = await slider.boundingBox()
    if (!box) throw new Error('the slider has no place')
    await page.evaluate(() => {
      const seen = globalThis as unknown as { tasks: number[] }
      seen.tasks = []
      new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) seen.tasks.push(duration)
      }).observe({ type: 'longtask' })
    })
    const longest: number[] = []
    for (let run = 0; run < 5; run++) {
      await page.mouse.move(box.x + box.width * 0.2, box.y + box.height / 2)
      await page.mouse.down()
      await page.mouse.move(box.x + box.width * 0.9, box.y + box.height / 2, { steps: 40 })
      await page.mouse.up()
      await page.waitForTimeout(50)
      longest.push(
        await page.evaluate(() => Math.max(0, ...(globalThis as unknown as { tasks: number[] }).tasks.splice(0))),
      )
    }
    // the browser calls a task long from 50 ms on
    expect(longest.sort((a, b) => a - b)[2]).toBeLessThan(50)
  })

  it('words are there before WebAssembly, and without any script', async () => {
    const page = await site.open({ javaScriptEnabled: false })
    for (const section of sections) expect(await page.locator(`#${section} h2`).isVisible()).toBe(true)
    expect(await page.locator('noscript').textContent()).toContain('JavaScript')
  })
})

describe('kernels', () => {
  it.each([
    ['a plain page', {}, /WebAssembly/],
    ['a page isolated from other origins', { headers: isolation }, /WebAssembly/],
    ['a processor without SIMD', { flags: ['--js-flags=--no-enable-sse4-1 --no-enable-avx'] }, /JavaScript path/],
  ])('%s says which it has', async (_, visit, text) => {
    const page = await site.open(visit)
    await reach(page, 'forward')
    await page.locator('[data-runtime]', { hasText: text }).waitFor()
  })
})

describe('without a network', () => {
  it('the page works, sections that were not reached before too', async () => {
    const page = await site.open()
    await page.waitForFunction(async () => (await navigator.serviceWorker.ready).active?.state === 'activated')
    site.stop()
    await page.reload()
    for (const section of sections) await reach(page, section)
    // workers and the sample are kept, too
    await page.locator('[data-epoch]').waitFor()
    await page.getByRole('button', { name: 'Take the sample' }).click()
    await page.locator('[data-temperature]').waitFor()
  })
})

describe('size', () => {
  it('the first section needs less than 200 KB of script, compressed', async () => {
    const page = await site.open()
    await reach(page, 'forward')
    const names = await page.evaluate(() =>
      performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname),
    )
    const scripts = readdirSync(join(site.folder, 'assets')).filter((name) => name.endsWith('.js'))
    const loaded = scripts.filter((name) => names.includes(`/assets/${name}`))
    const bytes = loaded.map((name) => gzipSync(readFileSync(join(site.folder, 'assets', name))).length)
    expect(loaded.length).toBeGreaterThan(0)
    expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(200_000)
  })
})
