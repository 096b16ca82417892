import { makeCheck } from './accuracy.mjs'
import { measure } from './timing.mjs'

const base = 'onesum'

/**
 * Checks and times every contender on one workload. Values are checked before and after the timing; who is wrong is
 * not timed.
 * @param {import('./workload.mjs').Workload} workload
 * @param {readonly import('./peers.mjs').Peer[]} peers
 * @param {import('./timing.mjs').Effort} effort
 * @param {number} seed
 * @returns {Promise<import('./table.mjs').Case>}
 */
export async function runCase(workload, peers, effort, seed) {
  const check = makeCheck(workload)
  /** @type {import('./timing.mjs').Contender[]} */
  const contenders = []
  /** @type {Map<string, import('./table.mjs').Entry>} */
  const entries = new Map()
  for (const { name, contenders: prepare } of peers) {
    try {
      contenders.push(...(await prepare(workload)))
    } catch (error) {
      entries.set(name, { name, error: messageOf(error) })
    }
  }
  const right = []
  for (const contender of contenders) {
    entries.set(contender.name, { name: contender.name })
    if (await verify(contender, 1)) right.push(contender)
  }
  const timings = await measure(right, effort, seed)
  const ours = timings.get(base)?.median
  for (const contender of right) {
    const entry = /** @type {import('./table.mjs').Entry} */ (entries.get(contender.name))
    const timing = /** @type {import('./timing.mjs').Timing} */ (timings.get(contender.name))
    entry.timing = timing
    if (ours !== undefined) entry.ratio = ours / timing.median
    await verify(contender, 0)
  }
  for (const { dispose } of contenders) await dispose?.()
  const { operation, shape } = workload
  return { operation, shape: shape.name, length: shape.length, entries: [...entries.values()] }

  /**
   * @param {import('./timing.mjs').Contender} contender
   * @param {number} calls made before its output is checked
   */
  async function verify({ name, time, output, promised = false }, calls) {
    const entry = /** @type {import('./table.mjs').Entry} */ (entries.get(name))
    try {
      if (calls > 0) await time(calls)
      if (output !== undefined) entry.accuracy = check(await output(), promised)
      return true
    } catch (error) {
      entry.error = messageOf(error)
      entry.timing = undefined
      return false
    }
  }
}

/** @param {unknown} error */
function messageOf(error) {
  return `failed: ${error instanceof Error ? error.message : error}`
}
