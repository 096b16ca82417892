import { importEntry, version } from '../src/onesum.mjs'
import { prepare } from '../src/prepare.mjs'
import { timeCalls } from '../src/timing.mjs'

export const columns = ['onesum', 'onesum own arrays']

/** This library on one thread: on arrays of its own memory (`allocate`), and on the user's. */
export async function load() {
  const onesum = await importEntry('.')
  const notes = onesum.allocate ? [] : ['onesum exports no `allocate` yet: its zero-copy column uses plain arrays']
  const kernels = onesum.runtime ? JSON.stringify(onesum.runtime()) : 'the JS path'
  return {
    contenders: (/** @type {import('../src/workload.mjs').Workload} */ workload) => contenders(onesum, workload),
    versions: { onesum: `${version} (${kernels})` },
    notes,
  }
}

/**
 * @param {any} onesum
 * @param {import('../src/workload.mjs').Workload} workload
 * @returns {import('../src/timing.mjs').Contender[]}
 */
function contenders(onesum, workload) {
  return columns.map((name) => {
    const zeroCopy = name === 'onesum' && onesum.allocate !== undefined
    const { call, output, release } = prepare(onesum, workload, zeroCopy)
    return { name, time: timeCalls(call), output, dispose: release, promised: true }
  })
}
