// Training time to an objective no higher than scikit-learn's, beside scikit-learn where Python has it.
//   node bench/classifier/run.mjs [digits mn syn] [--rounds 5]
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { fitClassifier } from '../../packages/onesum/dist/classifier/index.js'
import { runtime } from '../../packages/onesum/dist/index.js'
import { dataSets } from './data.mjs'

/** Milliseconds of scikit-learn 1.9 on one thread of a 2-core Zen 4, where it cannot be run here. */
const recorded = { digits: 31, mn: 4002, syn: 1027 }

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '5' } },
})
const names = positionals.length > 0 ? positionals : Object.keys(dataSets)

console.log(`Node ${process.version}, ${runtime().kernels}\n`)
for (const name of names) compare(dataSets[name](), Number(values.rounds))

/** @param {import('./data.mjs').DataSet} data @param {number} rounds */
function compare(data, rounds) {
  const fit = (/** @type {number} */ tolerance) =>
    fitClassifier(data.features, data.labels, { shape: [data.rows, data.columns], tolerance, maxIterations: 1000 })
  const [, cold] = timed(() => fit(2e-8))
  const minimum = fit(1e-9).objective
  const peer = scikitLearn(data)
  const goal = peer ? peer.objective : minimum * (1 + data.gap)
  // the loosest tolerance that reaches the goal
  let tolerance = 1e-3
  while (fit(tolerance).objective > goal) tolerance /= 1.25
  const times = []
  let result = fit(tolerance)
  for (let round = 0; round < rounds; round++) {
    const [again, time] = timed(() => fit(tolerance))
    times.push(time)
    result = again
  }
  times.sort((a, b) => a - b)
  const median = times[Math.floor(times.length / 2)]
  const theirs = peer?.milliseconds ?? recorded[/** @type {'digits'} */ (data.name)]
  console.log(`${data.name}, ${data.rows} × ${data.columns} × ${data.classes}`)
  console.log(`  first fit, to tolerance 2e-8   ${cold.toFixed(1)} ms`)
  console.log(`  to scikit-learn's objective    median ${median.toFixed(2)} ms, least ${times[0].toFixed(2)} ms`)
  console.log(`    ${result.iterations} iterations, ${result.evaluations} passes over the data`)
  console.log(
    `    ${(result.objective / minimum - 1).toExponential(1)} above the minimum, goal ${(goal / minimum - 1).toExponential(1)}`,
  )
  console.log(`  scikit-learn                   ${theirs.toFixed(1)} ms (${peer ? 'this run' : 'recorded elsewhere'})`)
  console.log(
    `  ours / theirs                  ${(median / theirs).toFixed(3)}, least ${(times[0] / theirs).toFixed(3)}\n`,
  )
}

/** @template T @param {() => T} call @returns {[T, number]} */
function timed(call) {
  const start = performance.now()
  const result = call()
  return [result, performance.now() - start]
}

/** @param {import('./data.mjs').DataSet} data @returns {{ milliseconds: number, objective: number } | undefined} */
function scikitLearn(data) {
  const folder = mkdtempSync(join(tmpdir(), 'onesum-bench-'))
  try {
    writeFileSync(join(folder, 'features'), data.features)
    writeFileSync(join(folder, 'labels'), data.labels)
    const script = fileURLToPath(new URL('time_sklearn.py', import.meta.url))
    const env = { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' }
    const run = spawnSync(process.env.PYTHON ?? 'python3', [script, folder, String(data.columns)], {
      env,
      encoding: 'utf8',
    })
    return run.status === 0 ? JSON.parse(run.stdout) : undefined
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
