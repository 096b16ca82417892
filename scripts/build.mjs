// @ts-check
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { Failure } from './failure.mjs'
import { filesBelow, nodeModules, packageFolders, root, tsc } from './paths.mjs'
import { runNode } from './processes.mjs'

const stampFile = join(nodeModules, '.onesum-built')
const outputs = /\.(d\.ts|js)$/

/** Compiles every package's src/ into its dist/, unless nothing has changed since the last time. */
export async function build() {
  const packages = packageFolders().filter((folder) => existsSync(join(folder, 'tsconfig.json')))
  const stamp = sourceStamp(packages)
  const complete = packages.every((folder) => missingOutputs(folder).length === 0)
  if (complete && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return
  rmSync(stampFile, { force: true })
  packages.forEach(removeOrphans)
  // The compiler trusts its own record and does not notice a single output gone.
  const force = complete ? [] : ['--force']
  const pretty = process.stdout.isTTY ? ['--pretty'] : []
  const { code } = await runNode([tsc, '-b', ...force, ...pretty, ...packages])
  if (code !== 0) throw new Failure('the build failed; the compiler says why above')
  const missing = packages.flatMap(missingOutputs)
  if (missing.length > 0) throw new Failure(`the compiler left out ${missing.map((f) => relative(root, f)).join(', ')}`)
  writeFileSync(stampFile, stamp)
}

/**
 * A hash of all that the outputs follow from.
 * @param {string[]} packages
 */
function sourceStamp(packages) {
  const hash = createHash('sha256')
  const shared = ['package-lock.json', 'tsconfig.base.json'].map((name) => join(root, name))
  const own = packages.flatMap((folder) => [
    join(folder, 'package.json'),
    join(folder, 'tsconfig.json'),
    ...filesBelow(join(folder, 'src')),
  ])
  for (const file of [...shared, ...own]) hash.update(`\0${relative(root, file)}\0`).update(readFileSync(file))
  return hash.digest('hex')
}

/** @param {string} folder */
function expectedOutputs(folder) {
  return filesBelow(join(folder, 'src'))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map((file) => join(folder, 'dist', relative(join(folder, 'src'), file)))
    .flatMap((file) => [file.replace(/\.ts$/, '.js'), file.replace(/\.ts$/, '.d.ts')])
}

/** @param {string} folder */
function missingOutputs(folder) {
  return expectedOutputs(folder).filter((file) => !existsSync(file))
}

/**
 * Removes the outputs of sources that are gone, which would otherwise be published.
 * @param {string} folder
 */
function removeOrphans(folder) {
  const expected = new Set(expectedOutputs(folder))
  for (const file of filesBelow(join(folder, 'dist'))) {
    if (outputs.test(file) && !expected.has(file)) rmSync(file)
  }
}
