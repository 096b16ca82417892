import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const folder = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'packages', 'onesum')
const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))

export const version = manifest.version

/**
 * The built file of an entry of the library, found as its package.json names it.
 * @param {string} entry `.`, `./threads`
 */
export function entryFile(entry) {
  const target = manifest.exports[entry]?.default
  const file = target === undefined ? undefined : join(folder, target)
  return file !== undefined && existsSync(file) ? file : undefined
}

/** @param {string} entry */
export async function importEntry(entry) {
  const file = entryFile(entry)
  if (file === undefined) throw new Error(`onesum has no entry ${entry} yet`)
  return import(pathToFileURL(file).href)
}
