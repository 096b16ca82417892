/** The built page in a real browser; each test that needs it is skipped where there is no browser. */
import { mkdtempSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join, normalize } from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, type TestContext } from 'vitest'
import { buildSite } from '../../../scripts/site.mjs'
import { findBrowser } from '../../../test/support/browser/launch.ts'

const types: Record<string, string> = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
}

export const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

export interface Visit extends BrowserContextOptions {
  /** What follows '#' in the address. */
  readonly hash?: string
  /** Of every answer of the server. */
  readonly headers?: Record<string, string>
  /** Of the browser. */
  readonly flags?: readonly string[]
}

/** Where the build stands, and how a page of it is opened. */
export interface Site {
  readonly folder: string
  open(visit?: Visit): Promise<Page>
  /** Stops the server of every page: from now on there is no network. */
  stop(): void
}

/**
 * Builds the page once for a file of tests. Whatever a page logs as an error, throws, or asks of another origin fails the
 * test that opened it.
 */
export async function builtSite(): Promise<Site> {
  const folder = mkdtempSync(join(tmpdir(), 'onesum-site-'))
  const found = await findBrowser()
  const browsers = new Map<string, Promise<Browser>>()
  const servers: Server[] = []
  let open: Page[] = []
  let wrong: string[] = []

  beforeAll(async () => {
    if (!('reason' in found)) await buildSite(folder)
  })
  beforeEach((context: TestContext) => {
    if ('reason' in found) context.skip(found.reason)
    wrong = []
  })
  afterEach(async () => {
    await Promise.all(open.map((page) => page.context().close()))
    open = []
    expect(wrong).toEqual([])
  })
  const stop = () => {
    for (const server of servers.splice(0)) {
      server.close()
      server.closeAllConnections()
    }
  }
  afterAll(async () => {
    stop()
    if (!('reason' in found)) await found.close()
    rmSync(folder, { recursive: true, force: true })
  })

  return {
    folder,
    stop,
    async open({ hash = '', headers = {}, flags = [], ...context } = {}) {
      if ('reason' in found) throw new Error(found.reason)
      const key = flags.join(' ')
      const browser = browsers.get(key) ?? found.launch(flags)
      browsers.set(key, browser)
      const server = await serve(folder, headers)
      servers.push(server)
      const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      const page = await (await (await browser).newContext({ reducedMotion: 'reduce', ...context })).newPage()
      open.push(page)
      page.on('pageerror', (error) => wrong.push(String(error)))
      page.on('console', (message) => {
        if (message.type() === 'error') wrong.push(message.text())
      })
      page.on('request', (request) => {
        const { protocol, origin: asked } = new URL(request.url())
        if (asked !== origin && protocol !== 'data:' && protocol !== 'blob:') wrong.push(`asked for ${request.url()}`)
      })
      await page.goto(`${origin}/${hash && `#${hash}`}`)
      return page
    },
  }
}

async function serve(folder: string, headers: Record<string, string>): Promise<Server> {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const path = pathname === '/' ? '/index.html' : normalize(decodeURIComponent(pathname))
    const bytes = await readFile(join(folder, path)).catch(() => undefined)
    response.writeHead(bytes ? 200 : 404, { ...headers, 'Content-Type': types[extname(path)] ?? 'text/plain' })
    response.end(bytes ?? 'not found')
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve)
  })
  return server
}

/** Brings a section's live part onto the screen, and waits until it is there. */
export async function reach(page: Page, section: string): Promise<void> {
  await page.locator(`#${section}`).scrollIntoViewIfNeeded()
  await page.locator(`#${section} .stage:not([aria-busy])`).waitFor()
}

/** The numbers that elements hold in a data attribute. */
export function numbersOf(page: Page, attribute: string): Promise<number[]> {
  return page
    .locator(`[${attribute}]`)
    .evaluateAll((elements, name) => elements.map((element) => Number(element.getAttribute(name))), attribute)
}

/** Types into a field, replacing what stands there. */
export async function type(page: Page, label: string, text: string): Promise<void> {
  await page.getByLabel(`${label}, as a number`).fill(text)
}
