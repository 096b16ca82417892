// @ts-check
import { join } from 'node:path'
import { build } from './build.mjs'
import { install } from './install.mjs'
import { buildKernels } from './kernels.mjs'
import { withLock } from './lock.mjs'
import { root } from './paths.mjs'

// Beside node_modules, not inside: npm ci begins by deleting that.
const lockFolder = join(root, '.setup-lock')

/** Everything a command needs before it can work; does nothing, and says nothing, when it is done already. */
export function setUp() {
  return exclusively(async () => {
    await install()
    await buildKernels()
  })
}

/** Compiles the packages; see build.mjs. */
export function buildPackages() {
  return exclusively(build)
}

/**
 * Does work of the set-up while no other command does any.
 * @param {() => Promise<void>} work
 */
export function exclusively(work) {
  return withLock(lockFolder, work, () => console.error('onesum: waiting for another command to finish its set-up'))
}
