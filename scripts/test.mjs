// @ts-check
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { failedCheck } from './checks.mjs'
import { addCounts, closingLine, countsVariable, readCounts } from './counts.mjs'
import { Failure } from './failure.mjs'
import { root, vitest } from './paths.mjs'
import { runNode } from './processes.mjs'
import { secondNode } from './second-node.mjs'
import { buildPackages } from './setup.mjs'

/** @typedef {import('./counts.mjs').Counts} Counts */

const minute = 60_000
// Far above what the tests need: it ends a run that hangs.
const limit = 20 * minute
const longLimit = 90 * minute

/** @type {Counts} */
const nothing = { passed: 0, failed: 0, skipped: 0 }

/**
 * Lint, types, build, tests; the last line printed holds the counts.
 * @param {string[]} args for the test runner: `packages/io` runs that package's tests
 */
export function test(args) {
  return counted(() => runTests({ args, limit }))
}

/**
 * The same with the tests that take long, and once more on a newer Node.
 * @param {string[]} args
 */
export function testAll(args) {
  return counted(async () => {
    const first = await runTests({ args, limit: longLimit, env: { ONESUM_TEST_ALL: '1' } })
    const second = await secondNode()
    if ('reason' in second) {
      console.log(`skipped: the tests on a second Node (${second.reason})`)
      return addCounts(first, { ...nothing, skipped: 1 })
    }
    console.log(`\nonce more on Node ${second.version}`)
    return addCounts(first, await runTests({ args, limit, node: second.node }))
  })
}

/**
 * @param {() => Promise<Counts>} run
 * @returns {Promise<number>} the exit code
 */
async function counted(run) {
  const counts = await prepared(run)
  console.log(closingLine(counts))
  return counts.failed === 0 && counts.passed > 0 ? 0 : 1
}

/** What keeps the test runner, unlike the project itself, from working here. */
function hostProblem() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major === 21 || (major === 22 && minor < 12)) {
    return `the test runner needs Node 20.19 to 20.x, or 22.12 or newer; this is ${process.version}`
  }
  // Vite takes file names for URLs.
  if (/[%#?]/.test(root)) return `the test runner fails below a folder with %, # or ? in its name: ${root}`
  return undefined
}

/**
 * Runs the tests once everything before them has succeeded; else that is the one failure counted.
 * @param {() => Promise<Counts>} run
 */
async function prepared(run) {
  try {
    const problem = hostProblem()
    if (problem !== undefined) throw new Failure(problem)
    const check = await failedCheck()
    if (check !== undefined) throw new Failure(`${check} failed, so no test ran`)
    await buildPackages()
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    console.error(`onesum: ${error.message}`)
    return { ...nothing, failed: 1 }
  }
  return run()
}

/**
 * @param {{ args: string[], limit: number, env?: NodeJS.ProcessEnv, node?: string }} options
 * @returns {Promise<Counts>}
 */
async function runTests({ args, limit, env, node }) {
  const folder = mkdtempSync(join(tmpdir(), 'onesum-counts-'))
  const file = join(folder, 'counts.json')
  try {
    const outcome = await runNode([vitest, 'run', ...args], {
      node,
      timeout: limit,
      env: { ...process.env, ...env, NODE_ENV: 'test', [countsVariable]: file },
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    const counts = readCounts(file) ?? nothing
    if (outcome.timedOut) console.error(`onesum: the tests were ended after ${limit / minute} minutes`)
    else if (outcome.code !== 0 && counts.failed === 0) console.error(`onesum: vitest ended with code ${outcome.code}`)
    // Whatever made the runner fail, or find nothing to run, is a failure that must show in the counts.
    const bad = outcome.timedOut || outcome.code !== 0 || counts.passed + counts.failed === 0
    return bad ? { ...counts, failed: Math.max(1, counts.failed) } : counts
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
