/** What runs in the page: one task, named in the address, whose report the test reads. */
import { batches, type Extent } from './batches.ts'
import { calls, hashOf, type Library, resultsOf } from './calls.ts'
import type { Reports } from './reports.ts'
import { type ThreadsReport, threadsReport } from './threads.ts'

declare global {
  var report: Promise<unknown> | undefined
}

/** As by a page of the library's user: nothing of it is there before. */
async function load(): Promise<Library> {
  const address: string = '/onesum/index.js'
  return (await import(address)) as Library
}

const parameters = new URLSearchParams(location.search)

const tasks: { [K in keyof Reports]: () => Promise<Reports[K]> } = {
  async results() {
    if (parameters.has('without')) Reflect.deleteProperty(globalThis, 'WebAssembly')
    const onesum = await load()
    const inputs = batches(parameters.get('extent') as Extent)
    const results: Record<string, string> = {}
    for (const name of Object.keys(calls)) results[name] = await base64(resultsOf(name, onesum, inputs, 'float32'))
    return { runtime: onesum.runtime(), isolated: crossOriginIsolated, results }
  },

  async hashes() {
    const onesum = await load()
    const inputs = batches('all')
    const hashes: Record<string, string> = {}
    for (const name of Object.keys(calls)) {
      for (const precision of ['float32', 'float64'] as const) {
        hashes[`${name}, ${precision}`] = await hashOf(resultsOf(name, onesum, inputs, precision, true))
      }
    }
    return hashes
  },

  async memory() {
    const { allocate, release, softmax } = await load()
    const x = Float32Array.from({ length: 1000 }, (_, i) => ((i * 37) % 101) / 10)
    const own = allocate('float32', x.length)
    own.set(x)
    const y = softmax(own, { out: own })
    const [sameArray, result, copied] = [y === own, Array.from(y), Array.from(softmax(x))]
    const pages = own.buffer.byteLength / 2 ** 16
    const place = own.byteOffset
    release(own)
    const again = allocate('float32', x.length)
    const report = {
      sameArray,
      result,
      copied,
      pages,
      reused: again.byteOffset === place,
      zeroed: !again.some(Boolean),
    }
    release(again)
    let refusal = ''
    try {
      release(again)
    } catch (error) {
      refusal = String(error)
    }
    return { ...report, refusal }
  },

  async touches() {
    const touched: string[] = []
    const whole = WebAssembly
    const watched = new Proxy(whole, {
      get: (target, member) => {
        touched.push(String(member))
        return Reflect.get(target, member)
      },
    })
    Object.defineProperty(globalThis, 'WebAssembly', {
      configurable: true,
      get: () => {
        touched.push('WebAssembly')
        return watched
      },
    })
    const names = Object.getOwnPropertyNames(globalThis)
    const onesum = await load()
    const atImport = touched.splice(0)
    const added = Object.getOwnPropertyNames(globalThis).filter((name) => !names.includes(name))
    onesum.softmax(new Float32Array(1000))
    return { atImport, added, atFirstCall: touched }
  },

  async threads() {
    if (!parameters.has('worker')) return threadsReport()
    const worker = new Worker(new URL('./threads-worker.ts', import.meta.url), { type: 'module' })
    return new Promise<ThreadsReport>((resolve, reject) => {
      worker.onerror = ({ message }) => reject(new Error(message))
      worker.onmessage = ({ data: { report, error } }) => (report ? resolve(report) : reject(new Error(error)))
    })
  },

  async readiness() {
    const { ready, runtime, softmax } = await load()
    const before = await ready()
    softmax(new Float32Array(1000))
    return { before, after: await ready(), runtime: runtime() }
  },
}

function base64(values: Float32Array | Float64Array): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ''))
    reader.onerror = () => reject(reader.error)
    reader.readAsDataURL(new Blob([values as Float32Array<ArrayBuffer>]))
  })
}

// a name of its own before the task looks at names
globalThis.report = undefined
globalThis.report = tasks[parameters.get('task') as keyof Reports]()
