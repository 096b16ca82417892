/** A headless browser for the tests: `$CHROME`, else an installed Chromium or Chrome, else npm's. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { type Candidate, installedBrowsers } from './candidates.ts'
import { npmChromium } from './npm-chromium.ts'

/** Nothing of its own goes to the network; no sandbox, since root and containers have none. */
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--disable-quic',
]

/** A browser that starts on this machine. */
export interface Launcher {
  launch(args?: readonly string[]): Promise<Browser>
  close(): Promise<void>
}

/** The first browser that starts; else why none does, and what to do. */
export async function findBrowser(): Promise<Launcher | { reason: string }> {
  const home = mkdtempSync(join(tmpdir(), 'onesum-browser-'))
  const open: Browser[] = []
  const start = async (candidate: Candidate, args: readonly string[]) => {
    const browser = await chromium.launch({
      executablePath: candidate.executablePath,
      args: [...flags, ...args],
      // the user's home may be missing or read-only
      env: { ...process.env, HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home, ...candidate.env },
      timeout: 30_000,
    })
    open.push(browser)
    return browser
  }
  const close = async () => {
    await Promise.all(open.map((browser) => browser.close()))
    rmSync(home, { recursive: true, force: true, maxRetries: 5 })
  }
  const refusals: string[] = []
  for await (const candidate of candidates()) {
    try {
      const first = await start(candidate, [])
      const launch = async (args: readonly string[] = []) => (args.length === 0 ? first : start(candidate, args))
      return { launch, close }
    } catch (error) {
      // a browser that was asked for is not replaced by another
      if (process.env.CHROME) {
        await close()
        throw error
      }
      refusals.push(`${candidate.executablePath} does not start: ${String(error).split('\n')[0]}`)
    }
  }
  await close()
  const found = refusals.length > 0 ? refusals.join('; ') : 'no Chromium or Chrome found'
  return { reason: `${found}; install Chromium (apt install chromium), or name a browser's program in CHROME` }
}

async function* candidates(): AsyncGenerator<Candidate> {
  if (process.env.CHROME) return yield { executablePath: process.env.CHROME }
  yield* installedBrowsers()
  const own = await npmChromium()
  if (own) yield own
}
