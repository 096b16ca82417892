/** The frame of a file of browser tests: one browser for all of them, or the reason why they are left out. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeEach, type TestContext } from 'vitest'
import { findBrowser, type Launcher } from './launch.ts'
import type { Reports } from './reports.ts'
import { type PageServer, serve } from './server.ts'
import { type Visit, visit } from './visit.ts'

/** What a page and its browser are like. */
export interface Setting {
  /** Of every answer of the server. */
  readonly headers?: Record<string, string>
  /** Of the browser. */
  readonly flags?: readonly string[]
  /** Of the page's task. */
  readonly parameters?: Record<string, string>
}

/** Visits to pages; each test that needs them is skipped where there is no browser. */
export async function inBrowser(): Promise<
  <K extends keyof Reports>(task: K, setting?: Setting) => Promise<Visit<Reports[K]>>
> {
  const found = await findBrowser()
  beforeEach((context: TestContext) => {
    if ('reason' in found) context.skip(found.reason)
  })
  const servers: PageServer[] = []
  const browsers = new Map<string, Promise<Browser>>()
  const launcher = found as Launcher
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.close()))
    if (!('reason' in found)) await found.close()
  })
  return async (task, { headers, flags = [], parameters } = {}) => {
    const key = flags.join(' ')
    const browser = browsers.get(key) ?? launcher.launch(flags)
    browsers.set(key, browser)
    const server = await serve(headers)
    servers.push(server)
    return visit(await browser, server.origin, task, parameters)
  }
}
