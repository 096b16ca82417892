import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from './imports.ts'

interface Bundler {
  rolldown(options: { input: string; platform: 'browser' }): Promise<{
    generate(options: { minify: boolean }): Promise<{ output: { type: 'chunk' | 'asset'; code?: string }[] }>
    close(): Promise<void>
  }>
}

/** Everything a file needs in one minified module, as a bundler for the web makes it. */
export async function bundle(file: string): Promise<string> {
  // The bundler inside the test runner's own vite, found the way vite finds it.
  const vitest = createRequire(join(root, 'package.json')).resolve('vitest/package.json')
  const vite = createRequire(vitest).resolve('vite/package.json')
  const entry = createRequire(vite).resolve('rolldown')
  const { rolldown }: Bundler = await import(pathToFileURL(entry).href)
  const build = await rolldown({ input: file, platform: 'browser' })
  const { output } = await build.generate({ minify: true })
  await build.close()
  return output.map(({ code = '' }) => code).join('')
}
