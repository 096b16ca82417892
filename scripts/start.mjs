// @ts-check
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Failure } from './failure.mjs'
import { root } from './paths.mjs'
import { runNode } from './processes.mjs'
import { buildPackages } from './setup.mjs'

/**
 * Runs the command's start program on the user's arguments.
 * @param {string[]} args
 */
export async function start(args) {
  await buildPackages()
  const program = join(root, 'packages', 'cli', 'dist', 'start.js')
  if (!existsSync(program)) throw new Failure('packages/cli has no start program')
  // npm runs scripts at the root; the user's paths are relative to where the user stands.
  const env = { ...process.env, INIT_CWD: process.env.INIT_CWD ?? process.cwd() }
  const { code } = await runNode([program, ...args], { env })
  return code
}

/**
 * Runs the example that trains classifiers.
 * @param {string[]} args the folder for its files
 */
export async function trainExample(args) {
  await buildPackages()
  const { code } = await runNode([join(root, 'examples', 'train', 'main.mjs'), ...args])
  return code
}
