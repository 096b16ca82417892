import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { entryFile } from './onesum.mjs'

/**
 * The gzipped size of a page's `import { softmax } from 'onesum'`, bundled and minified by the repository's bundler.
 * @returns {Promise<{ bytes: number } | { reason: string }>}
 */
export async function bundledSize() {
  const folder = mkdtempSync(join(tmpdir(), 'onesum-size-'))
  try {
    // The bundler inside the test runner's own vite, found the way vite finds it.
    const vitest = createRequire(import.meta.url).resolve('vitest/package.json')
    const vite = createRequire(vitest).resolve('vite/package.json')
    const { rolldown } = await import(pathToFileURL(createRequire(vite).resolve('rolldown')).href)
    const input = join(folder, 'page.js')
    writeFileSync(input, `export { softmax } from ${JSON.stringify(entryFile('.'))}\n`)
    const build = await rolldown({ input, platform: 'browser' })
    const { output } = await build.generate({ minify: true })
    await build.close()
    const code = output.map((/** @type {{ code?: string }} */ { code = '' }) => code).join('')
    return { bytes: gzipSync(code, { level: 9 }).length }
  } catch (error) {
    return { reason: String(error) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
