// What holds for the page as a whole: it can be read by everyone, fits every screen, works alone and offline.
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { builtSite, isolation, reach } from './support/site.ts'

const site = await builtSite()
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const sections = ['forward', 'backward', 'cures']

describe.each(['light', 'dark'] as const)('in the %s theme', (colorScheme) => {
  it('axe finds nothing to object to', async () => {
    const page = await site.open({ colorScheme, bypassCSP: true })
    for (const section of sections) await reach(page, section)
    await page.evaluate(axe)
    const violations = await page.evaluate(async () => {
      const { axe } = globalThis as unknown as {
        axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> }
      }
      return (await axe.run()).violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
    })
    expect(violations).toEqual([])
  })

  it.each([360, 768, 1440])('nothing is wider than a screen of %d pixels', async (width) => {
    const page = await site.open({ colorScheme, viewport: { width, height: 800 } })
    for (const section of sections) await reach(page, section)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
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
