import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { entryFile } from '../src/onesum.mjs'
import { remoteContender, startRemote } from '../src/remote.mjs'

export const columns = ['onesum, 2 threads', 'onesum own arrays, 2 threads']

const program = fileURLToPath(new URL('onesum-threads-process.mjs', import.meta.url))

/**
 * This library on two threads, in a process of its own: starting the pool changes a process's memory for good.
 * @param {import('../run.mjs').Context} context
 */
export async function load({ folder, files }) {
  if (entryFile('./threads') === undefined) throw new Error('onesum has no entry ./threads yet')
  const remote = startRemote(process.execPath, [program])
  await remote.ask({ do: 'version' })
  const contenders = async (/** @type {import('../src/workload.mjs').Workload} */ { operation, shape }) => {
    const found = []
    for (const [i, name] of columns.entries()) {
      const setup = { operation, shape, zeroCopy: i === 0, files: files() }
      const result = join(folder, `threads-${i}.bin`)
      found.push(...(await remoteContender(remote, { name, id: String(i), result, setup, promised: true })))
    }
    return found
  }
  return { contenders, versions: {}, end: remote.end }
}
