// Time of probabilities of many rows and of one, beside NumPy's float64 product and softmax where Python has it.
//   node bench/classifier/predict.mjs [--rounds 15]
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { classifierFromJSON } from '../../packages/onesum/dist/classifier/index.js'
import { runtime } from '../../packages/onesum/dist/index.js'
import { normals, uniform } from '../src/random.mjs'

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '15' } } })
const [rows, columns, classes] = [10000, 784, 10]
console.log(`Node ${process.version}, ${runtime().kernels}: ${rows} × ${columns} × ${classes}, float32 features\n`)
const features = Float32Array.from(normals(rows * columns, 1, uniform(1)))
const fit = {
  objective: 1,
  gradientNorm: 0,
  iterations: 1,
  evaluations: 1,
  converged: true,
  reason: 'tolerance',
  l2: 1,
}
const classifier = classifierFromJSON({
  version: 1,
  kind: 'softmax classifier',
  classes,
  features: columns,
  weights: Array.from(normals(classes * columns, 0.1, uniform(2))),
  bias: Array.from(normals(classes, 1, uniform(3))),
  fit,
})
const shape = [rows, columns]
const one = features.slice(0, columns)
const [median, least] = times(() => classifier.predictProbabilities(features, { shape }))
console.log(`probabilities  median ${median.toFixed(1)}, least ${least.toFixed(1)} ms`)
const [, predicted] = times(() => classifier.predict(features, { shape }))
console.log(`classes        least ${predicted.toFixed(1)} ms`)
const [, single] = times(() => {
  for (let i = 0; i < 1000; i++) classifier.predictProbabilities(one)
})
console.log(`one row        least ${single.toFixed(1)} µs`)
const script = fileURLToPath(new URL('time_predict.py', import.meta.url))
const env = { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' }
const run = spawnSync(process.env.PYTHON ?? 'python3', [script, ...[rows, columns, classes].map(String)], {
  env,
  encoding: 'utf8',
})
if (run.status === 0) console.log(`NumPy, float64 least ${Number(run.stdout).toFixed(1)} ms`)

/** Median and least milliseconds. @param {() => unknown} call */
function times(call) {
  const measured = Array.from({ length: Number(values.rounds) + 3 }, () => {
    const start = performance.now()
    call()
    return performance.now() - start
  })
  const sorted = measured.slice(3).sort((a, b) => a - b)
  return [sorted[Math.floor(sorted.length / 2)], sorted[0]]
}
