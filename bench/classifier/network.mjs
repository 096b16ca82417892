// Time of one epoch of a 64-32-10 network on the digits, batch 32, beside PyTorch where Python has it.
//   node bench/classifier/network.mjs [--rounds 20]
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { createTrainer } from '../../packages/onesum/dist/classifier/index.js'
import { runtime } from '../../packages/onesum/dist/index.js'
import { dataSets } from './data.mjs'

/** Milliseconds of PyTorch 2.13 on one thread of a 2-core Zen 4, where it cannot be run here. */
const RECORDED = 16.5

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '20' } } })
const { features, labels, rows, columns } = dataSets.digits()
console.log(`Node ${process.version}, ${runtime().kernels}: 64-32-10, batch 32, ${rows} rows\n`)
for (const activation of /** @type {const} */ (['relu', 'tanh', 'gelu'])) {
  const options = { shape: [rows, columns], hidden: [32], activation, heldOut: 0, epochs: 1e6 }
  const trainer = createTrainer(features, labels, options)
  const times = []
  for (let epoch = 0; epoch < Number(values.rounds) + 5; epoch++) {
    const start = performance.now()
    trainer.epoch()
    times.push(performance.now() - start)
  }
  const sorted = times.slice(5).sort((a, b) => a - b)
  const median = sorted[Math.floor(sorted.length / 2)]
  console.log(
    `${activation.padEnd(5)} per epoch: first ${times[0].toFixed(1)} ms, median ${median.toFixed(2)}, least ${sorted[0].toFixed(2)}`,
  )
  trainer.release()
  if (activation === 'relu') console.log(`      ours / PyTorch ${compare(median)}`)
}

/** @param {number} median */
function compare(median) {
  const theirs = torch()
  return `${(median / (theirs ?? RECORDED)).toFixed(3)} (${theirs ? `${theirs.toFixed(1)} ms in this run` : `${RECORDED} ms recorded elsewhere`})`
}

/** @returns {number | undefined} */
function torch() {
  const folder = mkdtempSync(join(tmpdir(), 'onesum-bench-'))
  try {
    writeFileSync(join(folder, 'features'), features)
    writeFileSync(join(folder, 'labels'), labels)
    const script = fileURLToPath(new URL('time_torch.py', import.meta.url))
    const run = spawnSync(process.env.PYTHON ?? 'python3', [script, folder], { encoding: 'utf8' })
    return run.status === 0 ? Number(run.stdout) : undefined
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
