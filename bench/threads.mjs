// One thread beside several, interleaved in one process: what docs/kernels.md says of threads. See README.md.
import { parseArgs } from 'node:util'
import { machine, machineText } from './src/machine.mjs'
import { importEntry, version } from './src/onesum.mjs'
import { operations } from './src/operations.mjs'
import { prepare } from './src/prepare.mjs'
import { shapeOf } from './src/shapes.mjs'
import { aligned, time } from './src/table.mjs'
import { measure, timeCalls } from './src/timing.mjs'
import { makeData } from './src/workload.mjs'

const { values } = parseArgs({
  options: {
    op: { type: 'string', multiple: true, default: [...operations] },
    shape: {
      type: 'string',
      multiple: true,
      default: ['64x1000', '256x1000', '4096x1000', '100000x10', '1x65536', '1x131072', '1x1048576'],
    },
    threads: { type: 'string', default: '2' },
  },
})

/** Each batch begins with threads asleep, as calls out of the blue do. */
const effort = { warmUp: 120, batch: 4, rounds: 31, fewestRounds: 7, budget: 1500 }

/** Milliseconds without a call, after which threads are asleep. */
const pause = 0.5

/**
 * The `time` of calls that each come after a pause.
 * @param {() => unknown} call
 */
function timeSingleCalls(call) {
  const timed = timeCalls(call)
  return (/** @type {number} */ calls) => {
    let sum = 0
    for (let i = 0; i < calls; i++) {
      for (const end = performance.now() + pause; performance.now() < end; );
      sum += timed(1)
    }
    return sum
  }
}

const onesum = await importEntry('.')
const { startThreads, stopThreads } = await importEntry('./threads')
const versions = { onesum: `${version} (${JSON.stringify(onesum.runtime())})` }
console.log(machineText(machine({ loaded: [{ versions }], notes: [], columns: [] })))

const lines = []
for (const shape of values.shape) {
  const data = makeData(shapeOf(shape.split('x').map(Number), 1), 1)
  for (const operation of values.op) {
    // one thread is timed on memory of its own, as without `onesum/threads`
    await stopThreads()
    const alone = prepare(onesum, { ...data, operation }, true)
    await startThreads(Number(values.threads))
    const together = prepare(onesum, { ...data, operation }, true)
    const timings = await measure(
      [
        { name: 'alone', time: timeCalls(alone.call) },
        { name: 'together', time: timeCalls(together.call) },
        { name: 'alone, single', time: timeSingleCalls(alone.call) },
        { name: 'together, single', time: timeSingleCalls(together.call) },
      ],
      effort,
      1,
    )
    const of = (/** @type {string} */ name) => /** @type {import('./src/timing.mjs').Timing} */ (timings.get(name))
    const gain = (/** @type {'least' | 'median'} */ kind, /** @type {string} */ suffix) =>
      (of(`alone${suffix}`)[kind] / of(`together${suffix}`)[kind]).toFixed(2)
    lines.push([
      `${operation} ${shape}`,
      ...[of('alone').median, of('together').median].map(time),
      ...[gain('median', ''), gain('least', ''), gain('median', ', single'), gain('least', ', single')],
    ])
    alone.release()
    together.release()
  }
}
const head = ['', 'one thread', `${values.threads} threads`, 'gain', 'of minima', 'after a pause', 'of minima']
console.log(`\n${aligned([head, ...lines])}`)
