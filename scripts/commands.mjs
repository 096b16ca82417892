// @ts-check
import { bench } from './bench.mjs'
import { Failure } from './failure.mjs'
import { format } from './format.mjs'
import { printKernels } from './print-kernels.mjs'
import { buildPackages, setUp } from './setup.mjs'
import { showSite } from './site.mjs'
import { start, trainExample } from './start.mjs'
import { test, testAll } from './test.mjs'

/** @type {Record<string, (args: string[]) => Promise<number>>} */
const commands = {
  start,
  test,
  'test:all': testAll,
  build: async () => {
    await buildPackages()
    return 0
  },
  format,
  bench,
  kernels: printKernels,
  'example:train': trainExample,
  site: showSite,
}

/**
 * @param {string | undefined} name
 * @param {string[]} args
 * @returns {Promise<number>} the exit code
 */
export async function runCommand(name, args) {
  const command = Object.hasOwn(commands, name ?? '') ? commands[name ?? ''] : undefined
  if (command === undefined) {
    console.error(`usage: node scripts/run.mjs ${Object.keys(commands).join('|')} [arguments]`)
    return 2
  }
  try {
    await setUp()
    return await command(args)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    console.error(`onesum: ${error.message}`)
    return 1
  }
}
