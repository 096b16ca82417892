// @ts-check
import { biome } from './paths.mjs'
import { runNode } from './processes.mjs'

/**
 * Formats and repairs what can be repaired safely.
 * @param {string[]} paths the whole repository by default
 */
export async function format(paths) {
  const { code } = await runNode([biome, 'check', '--write', ...(paths.length > 0 ? paths : ['.'])])
  return code
}
