// Times the library on two threads for src/remote.mjs: one JSON request a line in, one JSON answer a line out.
import { readFileSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { importEntry } from '../src/onesum.mjs'
import { prepare } from '../src/prepare.mjs'
import { timeCalls } from '../src/timing.mjs'

const onesum = await importEntry('.')
const { startThreads } = await importEntry('./threads')
await startThreads(2)

/** Milliseconds of calls before each that is timed: threads that slept are on cores of their own by then. */
const lead = 10

/** @type {Map<string, ReturnType<typeof prepare> & { time: (calls: number) => number, result: string }>} */
const prepared = new Map()

/** @type {Record<string, (request: any) => object>} */
const answers = {
  version: () => ({}),
  setup: ({ id, operation, shape, zeroCopy, files, result }) => {
    const floats = (/** @type {string} */ name) => new Float32Array(read(files[name]))
    const [x, y, gy] = ['x', 'y', 'gy'].map(floats)
    const workload = { operation, shape, x, y, gy, labels: new Int32Array(read(files.labels)) }
    const made = prepare(onesum, workload, zeroCopy && onesum.allocate !== undefined)
    prepared.set(id, { ...made, time: timeCalls(made.call), result })
    return {}
  },
  run: ({ id, calls }) => {
    const { time } = /** @type {any} */ (prepared.get(id))
    for (const end = performance.now() + lead; performance.now() < end; ) time(1)
    return { ns: time(calls) }
  },
  output: ({ id }) => {
    const { output, result } = /** @type {any} */ (prepared.get(id))
    const { values, loss } = output()
    writeFileSync(result, new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    return { loss }
  },
  close: ({ id }) => {
    prepared.get(id)?.release()
    prepared.delete(id)
    return {}
  },
}

/** @param {string} file */
function read(file) {
  const { buffer, byteOffset, byteLength } = readFileSync(file)
  return buffer.slice(byteOffset, byteOffset + byteLength)
}

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line)
  let answer
  try {
    answer = answers[request.do](request)
  } catch (error) {
    answer = { error: String(error) }
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`)
}
