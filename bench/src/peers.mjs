/**
 * Whoever contends, loaded: its contenders for a workload, the versions behind it, what must be said about it.
 * @typedef {object} Peer
 * @property {string} name of its first column
 * @property {(workload: import('./workload.mjs').Workload) =>
 *   import('./timing.mjs').Contender[] | Promise<import('./timing.mjs').Contender[]>} contenders
 * @property {Record<string, string>} versions
 * @property {string[]} [notes]
 * @property {() => void} [end]
 */

const names = ['plain', 'onesum', 'onesum-threads', 'tfjs', 'ort-node', 'ort-web', 'torch']

/**
 * Loads all that can be loaded; `notes` says of each other one why it cannot.
 * @param {import('../run.mjs').Context} context
 */
export async function loadPeers(context) {
  /** @type {Peer[]} */
  const loaded = []
  /** @type {string[]} */
  const columns = []
  /** @type {string[]} */
  const notes = []
  for (const name of names) {
    const module = await import(`../peers/${name}.mjs`)
    columns.push(...module.columns)
    try {
      const peer = await module.load(context)
      loaded.push({ ...peer, name: module.columns[0] })
      notes.push(...(peer.notes ?? []))
    } catch (error) {
      // Without the library itself there is nothing to compare.
      if (name === 'onesum') throw error
      const [reason] = String(error instanceof Error ? error.message : error).split('\n')
      notes.push(`${module.columns.join(' and ')}: left out (${reason})`)
    }
  }
  return { loaded, columns, notes }
}
