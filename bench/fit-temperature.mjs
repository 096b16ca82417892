// What fitting a temperature costs, in softmax passes over the same data, and beside PyTorch's usual recipe where it is
// there: node bench/fit-temperature.mjs [rows] [classes], on the built library.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { importEntry } from './src/onesum.mjs'

const [rows, classes] = [Number(process.argv[2] ?? 50_000), Number(process.argv[3] ?? 1000)]
const { allocate, runtime, softmax } = await importEntry('.')
const { fitTemperature } = await importEntry('./calibration')
const shape = [rows, classes]
const { logits, labels } = overconfident()
const out = allocate('float32', rows * classes)

const softmaxTimes = []
const fitTimes = []
let temperature = 0
for (let round = 0; round < 6; round++) {
  softmaxTimes.push(timed(() => softmax(logits, { shape, out })))
  fitTimes.push(timed(() => (temperature = fitTemperature(logits, labels, { shape }).temperature)))
}
// the first round compiles
const [pass, fit] = [median(softmaxTimes.slice(1)), median(fitTimes.slice(1))]
console.log(
  `Node ${process.version}, ${runtime().kernels}, ${rows} × ${classes} float32 logits, medians of five rounds`,
)
console.log(`softmax          ${pass.toFixed(1)} ms`)
console.log(`fitTemperature   ${fit.toFixed(1)} ms, ${(fit / pass).toFixed(2)} softmax passes (T = ${temperature})`)
console.log(torch(fit))

/** @param {() => unknown} call */
function timed(call) {
  const start = performance.now()
  call()
  return performance.now() - start
}

/** @param {number[]} times */
function median(times) {
  return times.sort((a, b) => a - b)[times.length >> 1]
}

/** Logits of a model that is right most of the time, and too sure: 1.7 times those it should give. */
function overconfident() {
  let state = 12345
  const uniform = () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())
  const noise = Float32Array.from({ length: 1 << 16 }, normal)
  const logits = new Float32Array(rows * classes)
  const labels = Int32Array.from({ length: rows }, () => Math.floor(uniform() * classes))
  for (let row = 0; row < rows; row++) {
    const from = Math.floor(uniform() * 65536)
    for (let j = 0; j < classes; j++) logits[row * classes + j] = 1.7 * 2 * noise[(from + j) & 65535]
    logits[row * classes + labels[row]] += 1.7 * (8 + 3 * normal())
  }
  return { logits, labels }
}

/**
 * The same by LBFGS with 50 iterations in float32, one thread; it takes a minute or more.
 * @param {number} ours
 */
function torch(ours) {
  const folder = mkdtempSync(join(tmpdir(), 'onesum-fit-'))
  try {
    writeFileSync(join(folder, 'logits'), logits)
    writeFileSync(join(folder, 'labels'), labels)
    const program = join(dirname(fileURLToPath(import.meta.url)), 'peers', 'fit_temperature_torch.py')
    const { status, stdout } = spawnSync(process.env.PYTHON ?? 'python3', [program, folder, `${rows}`, `${classes}`])
    if (status !== 0) return 'PyTorch          is not there'
    const [milliseconds, found, evaluations] = `${stdout}`.split(' ').map(Number)
    const times = (milliseconds / ours).toFixed(1)
    return `PyTorch, LBFGS   ${milliseconds.toFixed(1)} ms for ${evaluations} evaluations, ${times} times ours (T = ${found})`
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
