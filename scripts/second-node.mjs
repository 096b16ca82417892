// @ts-check
import { existsSync } from 'node:fs'
import { runNpm } from './npm.mjs'
import { runProcess } from './processes.mjs'

const download = 5 * 60_000
const report = ['-p', 'process.execPath + "\\n" + process.versions.node']

/**
 * A Node of another line than this one: `$NODE24`, else npm's package `node`, which stays in npm's cache.
 * @returns {Promise<{ node: string, version: string } | { reason: string }>}
 */
export async function secondNode() {
  const own = process.env.NODE24
  if (own) {
    const found = parse(await runProcess(own, report, { stdio: ['ignore', 'pipe', 'pipe'] }).catch(() => undefined))
    return found ?? { reason: `$NODE24 (${own}) is no Node 22 or newer` }
  }
  if (majorOf(process.versions.node) >= 24) return { reason: 'this is Node 24 or newer already' }
  // The package fetches its program in an install script.
  const args = ['--yes', '--ignore-scripts=false', '--loglevel=error', '--package=node@24', '--', 'node', ...report]
  const found = parse(await runNpm(args, { program: 'npx', timeout: download }))
  return found ?? { reason: 'npx could not fetch node@24; set NODE24 to the path of a Node 22 or newer' }
}

/**
 * @param {import('./processes.mjs').Outcome | undefined} outcome
 * @returns {{ node: string, version: string } | undefined}
 */
function parse(outcome) {
  const [node, version] = outcome?.output.trim().split('\n').slice(-2) ?? []
  // A program fetched into a temporary cache is gone again.
  if (outcome?.code !== 0 || !version || !(majorOf(version) >= 22) || !existsSync(node)) return undefined
  return { node, version }
}

/** @param {string} version */
function majorOf(version) {
  return Number(version.split('.')[0])
}
