// @ts-check
import { join } from 'node:path'
import { biome, nodeModules, tsc } from './paths.mjs'
import { runNode } from './processes.mjs'

/** @typedef {{ name: string, args: string[] }} Check */

const typeCache = join(nodeModules, '.cache', 'onesum', 'types.tsbuildinfo')

/** What must hold before any test runs, cheapest first. @type {Check[]} */
const checks = [
  { name: 'lint and format', args: [biome, 'check', '--error-on-warnings', '--no-errors-on-unmatched', '.'] },
  { name: 'types', args: [tsc, '--noEmit', '--incremental', '--tsBuildInfoFile', typeCache] },
]

/**
 * Runs the checks, silent while they pass.
 * @returns {Promise<string | undefined>} the name of the first that failed, its findings printed
 */
export async function failedCheck() {
  for (const { name, args } of checks) {
    const { code, output } = await runNode(args, { stdio: ['ignore', 'pipe', 'pipe'] })
    if (code === 0) continue
    console.error(output)
    return name
  }
  return undefined
}
