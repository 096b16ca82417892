// @ts-check
import { join } from 'node:path'
import { Failure } from './failure.mjs'
import { nodeModules, root } from './paths.mjs'
import { runNode } from './processes.mjs'

const site = join(root, 'site')
const vite = join(nodeModules, 'vite', 'bin', 'vite.js')

/**
 * Builds the page: static files, to be served from any folder of any host.
 * @param {string} [folder] site/dist where it is left out
 */
export async function buildSite(folder = join(site, 'dist')) {
  const { NODE_ENV: _, ...env } = process.env
  const { code } = await runNode([vite, 'build', site, '--outDir', folder, '--emptyOutDir', '--logLevel', 'warn'], {
    env,
  })
  if (code !== 0) throw new Failure('the page could not be built; the reason stands above')
}

/**
 * Builds the page and shows it in the browser: `npm run site`, with options of vite's preview (`-- --port 8080`).
 * @param {string[]} args
 * @returns {Promise<number>} the exit code
 */
export async function showSite(args) {
  await buildSite()
  const { code } = await runNode([vite, 'preview', site, '--open', ...args])
  return code
}
