// One thread beside two, in one process and interleaved: what docs/kernels.md says of threads. See README.md.
import { parseArgs } from 'node:util'
import { machine, machineText } from './src/machine.mjs'
import { importEntry } from './src/onesum.mjs'
import { operations } from './src/operations.mjs'
import { prepare } from './src/prepare.mjs'
import { shapeOf } from './src/shapes.mjs'
import { aligned, time } from './src/table.mjs'
import { measure, timeCalls } from './src/timing.mjs'
import { makeData } from './src/workload.mjs'

const shapes = [
  '64x1000',
  '256x1000',
  '4096x1000',
  '100000x10',
  '15000x64',
  '1x65536',
  '1x131072',
  '1x262144',
  '1x1048576',
]

/** Short batches, many rounds: a batch begins with threads asleep, as a call out of the blue does. */
const effort = { warmUp: 60, batch: 2, rounds: 41, fewestRounds: 9, budget: 1500 }

const { values } = parseArgs({
  options: {
    op: { type: 'string', multiple: true, default: [...operations] },
    shape: { type: 'string', multiple: true, default: shapes },
    threads: { type: 'string', default: '2' },
  },
})

const onesum = await importEntry('.')
const { startThreads, stopThreads } = await importEntry('./threads')
console.log(machineText(machine({ loaded: [], notes: [], columns: [] })))

/** What one thread takes is measured on memory that no other shares, as it is without `onesum/threads`. */
const rows = [['', 'one thread', 'several', 'gain', 'least', 'several', 'gain', 'after a pause', 'several', 'gain']]
for (const shape of values.shape) {
  const data = makeData(shapeOf(shape.split('x').map(Number), 1), 1)
  for (const operation of values.op) {
    const workload = { ...data, operation }
    await stopThreads()
    const alone = prepare(onesum, workload, true)
    await startThreads(Number(values.threads))
    const together = prepare(onesum, workload, true)
    const contenders = [alone, together].map(({ call }, i) => ({ name: String(i), time: timeCalls(call) }))
    const timings = await measure(contenders, effort, 1)
    const [one, several] = ['0', '1'].map((name) => timings.get(name))
    console.log(
      operation,
      shape,
      ...[
        one.median,
        several.median,
        one.median / several.median,
        one.least,
        several.least,
        one.least / several.least,
      ].map((v) => v.toPrecision(3)),
    )
    alone.release()
    together.release()
  }
}
