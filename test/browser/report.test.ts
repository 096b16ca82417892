// A report in a browser: as a file that is opened, in light and dark, narrow and wide; and made in the page itself.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { pathToFileURL } from 'node:url'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { run } from '../../packages/cli/src/run.ts'
import type * as library from '../../packages/report/src/index.ts'
import { renderReport } from '../../packages/report/src/index.ts'
import { document } from '../../packages/report/test/support/document.ts'
import { hostileNames, largeInput } from '../../packages/report/test/support/large.ts'
import { reportInput } from '../../packages/report/test/support/measure.ts'
import { source } from '../../packages/report/test/support/source.ts'
import { findBrowser } from '../support/browser/launch.ts'
import { bundle } from '../support/bundle.ts'
import { root } from '../support/imports.ts'

const input = reportInput(source({ rows: 1000, classes: hostileNames.length, scale: 2 }), {
  classNames: hostileNames,
  sets: { sizes: [5, 800, 195], target: 0.9, coverage: 0.9 },
})
const text = renderReport(input, { document })

const found = await findBrowser()
const folder = mkdtempSync(join(tmpdir(), 'onesum-report-'))
const file = join(folder, 'report.html')
const large = join(folder, 'large.html')
const digits = join(folder, 'digits.html')
let browser: Browser

beforeAll(async () => {
  writeFileSync(file, text)
  writeFileSync(large, renderReport(largeInput(), { document }))
  const data = join(root, 'examples/data/digits')
  const argv = ['report', `${data}.logits.npy`, '--labels', `${data}.labels.npy`, '-o', digits]
  const { stdin, stdout, stderr } = { stdin: Readable.from([]), stdout: new PassThrough(), stderr: new PassThrough() }
  expect(await run(argv, { stdin, stdout, stderr, cwd: folder })).toBe(0)
  if (!('reason' in found)) browser = await found.launch()
})

beforeEach((context) => {
  if ('reason' in found) context.skip(found.reason)
})

afterAll(async () => {
  if (!('reason' in found)) await found.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Opens a file as a visitor, and gives what was said on the console, asked of the network, or shown as a dialog. */
async function visit(path: string, options: BrowserContextOptions, look: (page: Page) => Promise<void>) {
  const context = await browser.newContext(options)
  const [messages, requests, dialogs]: string[][] = [[], [], []]
  try {
    context.on('console', (message) => messages.push(message.text()))
    context.on('weberror', (error) => messages.push(String(error.error())))
    context.on('request', (request) => requests.push(request.url()))
    context.on('dialog', (dialog) => {
      dialogs.push(dialog.message())
      return dialog.dismiss()
    })
    const page = await context.newPage()
    await page.goto(pathToFileURL(path).href, { waitUntil: 'load' })
    await look(page)
  } finally {
    await context.close()
  }
  return { messages, dialogs, requests: requests.filter((url) => url !== pathToFileURL(path).href && url !== 'data:,') }
}

const silent = { messages: [], dialogs: [], requests: [] }

const screens = [360, 1440].flatMap((width) =>
  (['light', 'dark'] as const).map((colorScheme) => ({ width, colorScheme })),
)

describe.each(screens)('a report on a screen of $width pixels, $colorScheme', ({ width, colorScheme }) => {
  const options = { viewport: { width, height: 800 }, colorScheme }

  it.each([
    ['of ten classes', file],
    ['of a thousand classes', large],
    ['of the digits, by the command', digits],
  ])('%s: no message, no request, every picture in sight, and nothing wider than the page', async (_, path) => {
    const said = await visit(path, options, async (page) => {
      const { scrolls, pictures } = await page.evaluate(() => ({
        scrolls: globalThis.document.documentElement.scrollWidth,
        pictures: [...globalThis.document.querySelectorAll('svg')].map((svg) => {
          const { left, right, height } = svg.getBoundingClientRect()
          return { left, right, height }
        }),
      }))
      expect(scrolls).toBeLessThanOrEqual(width)
      expect(pictures.length).toBeGreaterThanOrEqual(18)
      expect(pictures.filter(({ left, right, height }) => left < 0 || right > width || height < 50)).toEqual([])
    })
    expect(said).toEqual(silent)
  })

  it.each([
    ['of a thousand classes', large],
    ['of the digits', digits],
  ])('%s: breaks no word and no number of a table, class names aside', async (_, path) => {
    await visit(path, options, async (page) => {
      const broken = await page.evaluate(() =>
        [...globalThis.document.querySelectorAll('td:not(.name), tbody th:not(.name)')].flatMap((cell) => {
          const walker = globalThis.document.createTreeWalker(cell, NodeFilter.SHOW_TEXT)
          const words: string[] = []
          for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            for (const { 0: word, index } of (node.textContent ?? '').matchAll(/[\p{L}\d.,]+/gu)) {
              const range = globalThis.document.createRange()
              range.setStart(node, index)
              range.setEnd(node, index + word.length)
              if (range.getClientRects().length > 1) words.push(word)
            }
          }
          return words
        }),
      )
      expect(broken).toEqual([])
    })
  })

  it('can be read: text stands out from the page, and so do the colours of the pictures', async () => {
    await visit(file, options, async (page) => {
      const colours = await page.evaluate(() => {
        const colour = (selector: string, property: string) => {
          const element = globalThis.document.querySelector(selector)
          return element ? getComputedStyle(element).getPropertyValue(property) : ''
        }
        return {
          page: colour('body', 'background-color'),
          text: colour('body', 'color'),
          soft: colour('figcaption', 'color'),
          axis: colour('svg text', 'fill'),
          link: colour('summary, a:not(.term)', 'color') || colour('body', 'color'),
          bars: colour('svg g[aria-label="rect"]', 'fill'),
          gap: colour('svg pattern path', 'stroke'),
        }
      })
      const against = (name: Exclude<keyof typeof colours, 'page'>) => contrast(colours[name], colours.page)
      // WCAG 2.2, 1.4.3 and 1.4.11: 4.5 : 1 for text, 3 : 1 for what pictures are made of
      for (const name of ['text', 'soft', 'axis', 'link'] as const)
        expect(against(name), name).toBeGreaterThanOrEqual(4.5)
      for (const name of ['bars', 'gap'] as const) expect(against(name), name).toBeGreaterThanOrEqual(3)
      expect(luminance(colours.page) > 0.5).toBe(colorScheme === 'light')
    })
  })
})

describe('a report', () => {
  it('gives every picture to those who do not see it, with a name and what it shows', async () => {
    await visit(file, {}, async (page) => {
      for (const name of ['Reliability diagram, before', 'Reliability diagram, after', 'Confusion matrix']) {
        expect(await page.getByRole('img', { name, exact: true }).count()).toBe(1)
      }
      expect(await page.getByRole('img').count()).toBe(await page.locator('svg').count())
      const tree = await page.locator('main').ariaSnapshot()
      expect(tree).toContain('img "Loss by temperature"')
    })
  })

  it('shows hostile names and runs nothing of them', async () => {
    const said = await visit(file, {}, async (page) => {
      expect(await page.getByRole('rowheader', { name: '<script>alert(1)</script>' }).count()).toBe(1)
      expect(await page.locator('script, img').count()).toBe(0)
    })
    expect(said).toEqual(silent)
  })

  it('has its definitions a click away, and the other classes too', async () => {
    await visit(large, {}, async (page) => {
      await page.getByRole('link', { name: 'ECE', exact: true }).first().click()
      expect(await page.locator('div:target dt').textContent()).toMatch(/^ECE, expected calibration error/)
      const last = page.locator('details tr').last()
      expect(await last.isVisible()).toBe(false)
      await page.locator('summary').click()
      expect(await last.isVisible()).toBe(true)
    })
  })

  it('prints without anything cut off', async () => {
    // 182 mm, an A4 page within its margins
    await visit(file, { viewport: { width: 688, height: 1000 }, colorScheme: 'dark' }, async (page) => {
      await page.emulateMedia({ media: 'print' })
      expect(await page.evaluate(() => globalThis.document.documentElement.scrollWidth)).toBeLessThanOrEqual(688)
      const paper = await page.evaluate(() => getComputedStyle(globalThis.document.body).backgroundColor)
      expect(luminance(paper)).toBe(1)
    })
  })

  it('made in a page is the one that is made on a server', async () => {
    const entry = join(folder, 'entry.js')
    const built = pathToFileURL(join(root, 'packages', 'report', 'dist', 'index.js')).href
    writeFileSync(
      entry,
      `import { renderReport } from ${JSON.stringify(built)}\nglobalThis.renderReport = renderReport\n`,
    )
    const code = await bundle(entry)
    // Plot moves lines by half a pixel where a screen has no finer ones
    const context = await browser.newContext({ deviceScaleFactor: 2 })
    try {
      const page = await context.newPage()
      await page.addScriptTag({ content: code, type: 'module' })
      // modules run in their own time
      await page.waitForFunction(() => 'renderReport' in globalThis)
      const same = await page.evaluate(
        ({ input, text }) => {
          const { renderReport } = globalThis as unknown as typeof library
          const made = renderReport(input, { document: globalThis.document })
          const parser = new DOMParser()
          const [here, there] = [made, text].map((html) => parser.parseFromString(html, 'text/html'))
          // attributes may stand in another order
          return here.isEqualNode(there)
        },
        { input, text },
      )
      expect(same).toBe(true)
    } finally {
      await context.close()
    }
  })
})

/** Relative luminance of a colour such as rgb(1, 2, 3), by WCAG 2.2. */
function luminance(colour: string): number {
  const [red, green, blue] = (colour.match(/[\d.]+/g) ?? []).slice(0, 3).map((part) => {
    const share = Number(part) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (light + 0.05) / (dark + 0.05)
}
