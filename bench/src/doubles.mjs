import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { entryFile, importEntry } from './onesum.mjs'
import { normals, uniform } from './random.mjs'

/** Rows and columns: single rows about where kernels begin to be worth their call, then 20,000 entries and more. */
const shapes = [
  [1, 32],
  [1, 48],
  [1, 64],
  [1, 96],
  [2000, 10],
  [200, 100],
  [20, 1000],
  [1, 131072],
]
const rounds = 80
const entriesARound = 40000

/**
 * Float64 rows, nanoseconds an entry: by JavaScript, by kernels on arrays in their memory and on arrays that are copied
 * (minima of many rounds), and by PyTorch on one thread, where Python has it.
 * @param {number} seed
 * @returns {Promise<string>}
 */
export async function doubles(seed) {
  const onesum = await importEntry('.')
  const engine = join(dirname(String(entryFile('.'))), 'kernels', 'wasm', 'engine.js')
  const { limitKernels } = await import(pathToFileURL(engine).href)
  const torch = timeTorch()
  const lines = [['float64, ns an entry', 'rows×columns', 'JavaScript', 'kernel', 'copied', 'PyTorch'].join('\t')]
  for (const [rows, columns] of shapes) {
    const length = rows * columns
    const random = uniform(seed)
    const own = [normals(length, 5, random), normals(length, 1, random)].map((values) =>
      Float64Array.from(values, (v) => Math.min(v, 0.9)),
    )
    own.push(new Float64Array(length))
    for (const [name, call] of Object.entries(callsOf(onesum, rows, columns))) {
      const time = (/** @type {Float64Array[]} */ [x, gy, out]) =>
        (fastest(length, () => call(x, gy, out)) / length).toFixed(2)
      limitKernels('js')
      const js = time(own)
      // a fresh engine, whose memory earlier arrays are not in
      limitKernels(undefined)
      const near = own.map((values) => {
        const array = onesum.allocate('float64', length)
        array.set(values)
        return array
      })
      const peer = torch[`${name} ${rows}x${columns}`]?.toFixed(2) ?? '–'
      lines.push([name, `${rows}×${columns}`, js, time(near), time(own), peer].join('\t'))
    }
  }
  return lines.join('\n')
}

/**
 * @param {any} onesum
 * @param {number} rows
 * @param {number} columns
 * @returns {Record<string, (x: Float64Array, gy: Float64Array, out: Float64Array) => unknown>}
 */
function callsOf(onesum, rows, columns) {
  const shape = [rows, columns]
  const labels = Int32Array.from({ length: rows }, (_, row) => row % columns)
  return {
    softmax: (x, _, out) => onesum.softmax(x, { shape, out }),
    logSoftmax: (x, _, out) => onesum.logSoftmax(x, { shape, out }),
    logSumExp: (x) => onesum.logSumExp(x, { shape }),
    // gradients take the same time for any numbers that are no larger than 1
    softmaxBackward: (_, gy, out) => onesum.softmaxBackward(gy, gy, { shape, out }),
    logSoftmaxBackward: (x, gy, out) => onesum.logSoftmaxBackward(x, gy, { shape, out }),
    crossEntropyWithGrad: (x, _, out) => onesum.crossEntropyWithGrad(x, labels, { shape, out }),
  }
}

/**
 * @param {number} length
 * @param {() => unknown} call
 */
function fastest(length, call) {
  const calls = Math.max(1, Math.floor(entriesARound / length))
  let best = Infinity
  for (let round = 0; round < rounds; round++) {
    const start = performance.now()
    for (let i = 0; i < calls; i++) call()
    best = Math.min(best, ((performance.now() - start) * 1e6) / calls)
  }
  return best
}

/** @returns {Record<string, number>} nanoseconds an entry by function and shape; nothing where there is no PyTorch */
function timeTorch() {
  const program = fileURLToPath(new URL('../peers/time_torch_float64.py', import.meta.url))
  const { stdout, status } = spawnSync(process.env.PYTHON ?? 'python3', [program, JSON.stringify(shapes)], {
    encoding: 'utf8',
  })
  return status === 0 ? JSON.parse(stdout) : {}
}
