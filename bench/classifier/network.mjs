// Time of one epoch of a 64-32-10 network on the digits, batch 32, beside PyTorch where Python has it.
//   node bench/classifier/network.mjs [--rounds 60]
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
const RECORDED = { median: 16.5, least: 16.5 }

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '60' } } })
const { features, labels, rows, columns } = dataSets.digits()
console.log(`Node ${process.version}, ${runtime().kernels}: 64-32-10, batch 32, ${rows} rows\n`)
const before = torch()
for (const activation of /** @type {const} */ (['relu', 'tanh', 'gelu'])) {
  const { first, median, least } = epochs(activation)
  console.log(`${activation.padEnd(5)} first ${show(first)}, median ${show(median)}, least ${show(least)} ms per epoch`)
  if (activation === 'relu') compare(median, least)
}

/** @param {'relu' | 'tanh' | 'gelu'} activation */
function epochs(activation) {
  const options = { shape: [rows, columns], hidden: [32], activation, heldOut: 0, epochs: 1e6 }
  const trainer = createTrainer(features, labels, options)
  const times = []
  for (let epoch = 0; epoch < Number(values.rounds) + 5; epoch++) {
    const start = performance.now()
    trainer.epoch()
    times.push(performance.now() - start)
  }
  trainer.release()
  const sorted = times.slice(5).sort((a, b) => a - b)
  return { first: times[0], median: sorted[Math.floor(sorted.length / 2)], least: sorted[0] }
}

/** Beside the better of PyTorch's times before and after. @param {number} median @param {number} least */
function compare(median, least) {
  const runs = [before, torch()].filter((each) => each !== undefined)
  const theirs = runs.length > 0 ? runs.reduce((a, b) => (b.median < a.median ? b : a)) : RECORDED
  const from = runs.length > 0 ? 'this run' : 'recorded elsewhere'
  console.log(`      PyTorch median ${show(theirs.median)}, least ${show(theirs.least)} (${from})`)
  console.log(`      ours / theirs ${(median / theirs.median).toFixed(3)}, least ${(least / theirs.least).toFixed(3)}`)
}

/** @param {number} milliseconds */
function show(milliseconds) {
  return milliseconds.toFixed(2)
}

/** @returns {{ median: number, least: number } | undefined} */
function torch() {
  const folder = mkdtempSync(join(tmpdir(), 'onesum-bench-'))
  try {
    writeFileSync(join(folder, 'features'), features)
    writeFileSync(join(folder, 'labels'), labels)
    const script = fileURLToPath(new URL('time_torch.py', import.meta.url))
    const run = spawnSync(process.env.PYTHON ?? 'python3', [script, folder], { encoding: 'utf8' })
    if (run.status !== 0) return undefined
    const [median, least] = run.stdout.split(' ').map(Number)
    return { median, least }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
