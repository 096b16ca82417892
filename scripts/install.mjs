// @ts-check
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { Failure } from './failure.mjs'
import { runNpm } from './npm.mjs'
import { nodeModules, packageFolders, root } from './paths.mjs'

const stampFile = join(nodeModules, '.onesum-installed')

/** Installs what the lock file names, unless exactly that is installed. */
export async function install() {
  const stamp = currentStamp()
  if (isInstalled(stamp)) return
  console.error('onesum: installing packages (first run, some 15 seconds)')
  const flags = ['--include=dev', '--include=optional', '--ignore-scripts', '--no-audit', '--no-fund']
  const { code, output } = await runNpm(['ci', ...flags, '--package-lock=true', '--loglevel=error'])
  if (code !== 0) throw new Failure(`${output.trim()}\nnpm ci failed (exit code ${code}); see above`)
  const missing = missingDependencies()
  if (missing.length > 0) throw new Failure(`npm ci succeeded without installing ${missing.join(', ')}`)
  // Written last: an interrupted install leaves none.
  writeFileSync(stampFile, stamp)
}

/** @param {string} stamp */
function isInstalled(stamp) {
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp && missingDependencies().length === 0
}

/** Everything an installation depends on; compiled packages differ between platforms and Node versions. */
function currentStamp() {
  const hash = createHash('sha256')
  hash.update([process.platform, process.arch, process.versions.node.split('.')[0]].join(' '))
  for (const file of [join(root, 'package-lock.json'), ...manifests()]) {
    hash.update(`\0${relative(root, file)}\0`).update(readFileSync(file))
  }
  return hash.digest('hex')
}

function manifests() {
  return [root, ...packageFolders()].map((folder) => join(folder, 'package.json'))
}

function missingDependencies() {
  return manifests().flatMap((manifest) => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(manifest, 'utf8'))
    const own = join(manifest, '..', 'node_modules')
    return Object.keys({ ...dependencies, ...devDependencies }).filter(
      (name) => ![own, nodeModules].some((folder) => existsSync(join(folder, name, 'package.json'))),
    )
  })
}
