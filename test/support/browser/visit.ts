/** One visit to a page: its task's report, and everything that was asked of the network. */
import type { Browser } from 'playwright-core'
import type { Reports } from './reports.ts'

export interface Visit<T> {
  readonly report: T
  readonly requests: string[]
}

/** In a context of its own, as of a visitor who was never here. */
export async function visit<K extends keyof Reports>(
  browser: Browser,
  origin: string,
  task: K,
  parameters: Record<string, string> = {},
): Promise<Visit<Reports[K]>> {
  const context = await browser.newContext()
  try {
    const requests: string[] = []
    const errors: string[] = []
    context.on('request', (request) => requests.push(request.url()))
    context.on('weberror', (error) => errors.push(String(error.error())))
    const page = await context.newPage()
    await page.goto(`${origin}/?${new URLSearchParams({ task, ...parameters })}`, { waitUntil: 'load' })
    const report = await page.evaluate(() => globalThis.report)
    if (report === undefined) throw new Error(`the page did not begin: ${errors.join('; ')}`)
    return { report: report as Reports[K], requests }
  } finally {
    await context.close()
  }
}
