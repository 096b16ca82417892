// @ts-check
import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))
export const nodeModules = join(root, 'node_modules')
export const biome = join(nodeModules, '@biomejs', 'biome', 'bin', 'biome')
export const tsc = join(nodeModules, 'typescript', 'bin', 'tsc')
export const vitest = join(nodeModules, 'vitest', 'vitest.mjs')

/**
 * The folders under packages/ that hold a package.
 * @returns {string[]}
 */
export function packageFolders() {
  return readdirSync(join(root, 'packages'))
    .sort()
    .map((name) => join(root, 'packages', name))
    .filter((folder) => existsSync(join(folder, 'package.json')))
}

/**
 * Every file below a folder; none when there is no such folder.
 * @param {string} folder
 * @returns {string[]}
 */
export function filesBelow(folder) {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort()
}
