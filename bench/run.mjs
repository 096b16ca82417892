// One run on this Node: every operation on every shape, the library beside its peers. scripts/bench.mjs calls it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readArguments, usage } from './src/arguments.mjs'
import { runCase } from './src/case.mjs'
import { crossovers } from './src/crossovers.mjs'
import { doubles } from './src/doubles.mjs'
import { machine, machineText } from './src/machine.mjs'
import { loadPeers } from './src/peers.mjs'
import { measureStart, startText } from './src/start.mjs'
import { caseTable, summaryTable } from './src/table.mjs'
import { fullEffort, quickEffort } from './src/timing.mjs'
import { makeData, writeData } from './src/workload.mjs'

/**
 * What peers in other processes need: a folder, and the current data as files in it.
 * @typedef {{ folder: string, files: () => Record<string, string> }} Context
 */

/** @returns {import('./src/arguments.mjs').Selection | undefined} */
function selection() {
  try {
    return readArguments(process.argv.slice(2))
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n${usage}`)
    return undefined
  }
}

/** @param {import('./src/arguments.mjs').Selection} selected */
async function main({ quick, operations, shapes, seed, json }) {
  const folder = mkdtempSync(join(tmpdir(), 'onesum-bench-'))
  try {
    /** @type {Record<string, string> | undefined} */
    let files
    /** @type {import('./src/workload.mjs').Data | undefined} */
    let data
    const context = { folder, files: () => (files ??= writeData(/** @type {any} */ (data), folder)) }
    const start = await measureStart()
    const peers = await loadPeers(context)
    const about = machine(peers)
    console.log(`${machineText(about)}\n\n${startText(start)}\n`)
    const cases = []
    for (const shape of shapes) {
      data = makeData(shape, seed)
      files = undefined
      for (const operation of operations) {
        const result = await runCase({ ...data, operation }, peers.loaded, quick ? quickEffort : fullEffort, seed)
        cases.push(result)
        console.log(`${caseTable(result)}\n`)
      }
    }
    console.log('Medians, in brackets the ratio of our time to theirs, and the largest error:\n')
    for (const operation of operations) {
      const own = cases.filter((result) => result.operation === operation)
      console.log(`${summaryTable(own, peers.columns)}\n`)
    }
    for (const peer of peers.loaded) peer.end?.()
    if (json !== undefined) writeFileSync(json, `${JSON.stringify({ machine: about, start, cases }, null, 1)}\n`)
    const wrong = cases.flatMap(({ entries }) => entries).filter(({ error }) => error !== undefined).length
    if (wrong > 0) console.error(`${wrong} results were wrong or failed`)
    return wrong === 0 ? 0 : 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const selected = selection()
if (selected === undefined) process.exitCode = 2
else if (selected.crossovers) console.log(await crossovers())
else if (selected.float64) console.log(await doubles(selected.seed))
else process.exitCode = await main(selected)
