import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { entryFile, importEntry } from './onesum.mjs'

const lengths = [4, 8, 12, 16, 20, 24, 32, 40, 48, 64, 96]
const rounds = 200
const calls = 500

/**
 * Where one row begins to be worth a kernel: nanoseconds of a whole call by JavaScript, and by kernels on arrays in
 * their memory and on arrays that are copied. Minima of many rounds; `reproducible` takes the kernel (strict SIMD) at
 * any length.
 * @returns {Promise<string>}
 */
export async function crossovers() {
  const { softmax, logSoftmax, allocate, release } = await importEntry('.')
  const engine = join(dirname(String(entryFile('.'))), 'kernels', 'wasm', 'engine.js')
  const { limitKernels } = await import(pathToFileURL(engine).href)
  const lines = ['one row, nanoseconds a call: JavaScript, a kernel in its memory, a kernel with copying']
  for (const [name, run] of Object.entries({ softmax, logSoftmax })) {
    for (const length of lengths) {
      const own = Float32Array.from({ length }, (_, j) => Math.sin(j) * 5)
      const out = new Float32Array(length)
      limitKernels('js')
      const js = fastest(() => run(own, { out, reproducible: false }))
      limitKernels(undefined)
      const [x, y] = [allocate('float32', length), allocate('float32', length)]
      x.set(own)
      const near = fastest(() => run(x, { out: y, reproducible: true }))
      const copied = fastest(() => run(own, { out, reproducible: true }))
      release(x)
      release(y)
      lines.push([name, length, ...[js, near, copied].map((ns) => ns.toFixed(0))].join('\t'))
    }
  }
  return lines.join('\n')
}

/** @param {() => unknown} call */
function fastest(call) {
  let best = Infinity
  for (let round = 0; round < rounds; round++) {
    const start = performance.now()
    for (let i = 0; i < calls; i++) call()
    best = Math.min(best, ((performance.now() - start) * 1e6) / calls)
  }
  return best
}
