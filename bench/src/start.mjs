import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { entryFile } from './onesum.mjs'
import { bundledSize } from './size.mjs'
import { time } from './table.mjs'

const processes = 7

/**
 * What a program pays before it computes anything large: the first call in a fresh process, a call on ten elements,
 * and the bytes of `import { softmax }`. Medians over several processes.
 */
export async function measureStart() {
  const numbers = fresh('cold.mjs', 'numbers')
  const float32 = fresh('cold.mjs', 'float32')
  const ten = fresh('ten.mjs')
  return {
    importMs: median(float32, 'importMs'),
    firstCallNumbersMs: median(numbers, 'callMs'),
    firstCallFloat32Ms: median(float32, 'callMs'),
    tenNumbersNs: median(ten, 'numbersNs'),
    tenFloat32Ns: median(ten, 'float32Ns'),
    softmaxGzipped: await bundledSize(),
  }
}

/** @param {Awaited<ReturnType<typeof measureStart>>} start */
export function startText(start) {
  const ms = (/** @type {number} */ value) => time(value * 1e6)
  const size = start.softmaxGzipped
  return [
    `first call in a fresh process: 10 numbers ${ms(start.firstCallNumbersMs)}, Float32Array of 1000 ${ms(start.firstCallFloat32Ms)} (after an import of ${ms(start.importMs)})`,
    `a call on 10 elements: number[] ${time(start.tenNumbersNs)}, Float32Array ${time(start.tenFloat32Ns)}`,
    `import { softmax }, bundled, minified, gzipped: ${'reason' in size ? size.reason : `${(size.bytes / 1024).toFixed(1)} KB`}`,
  ].join('\n')
}

/**
 * @param {string} name
 * @param {string[]} args
 * @returns {Record<string, number>[]}
 */
function fresh(name, ...args) {
  const program = fileURLToPath(new URL(`../fresh/${name}`, import.meta.url))
  const run = () => execFileSync(process.execPath, [program, String(entryFile('.')), ...args], { encoding: 'utf8' })
  return Array.from({ length: processes }, () => JSON.parse(run()))
}

/** @param {Record<string, number>[]} runs @param {string} key */
function median(runs, key) {
  return runs.map((run) => run[key]).sort((a, b) => a - b)[Math.floor(runs.length / 2)]
}
