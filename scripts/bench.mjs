// @ts-check
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { Failure } from './failure.mjs'
import { runNpm } from './npm.mjs'
import { root } from './paths.mjs'
import { runNode } from './processes.mjs'
import { secondNode } from './second-node.mjs'
import { buildPackages, exclusively } from './setup.mjs'

const folder = join(root, 'bench')
const program = join(folder, 'run.mjs')

/**
 * The library beside its peers, on this Node and on a newer one; bench/README.md says what is measured.
 * @param {string[]} args those of bench/run.mjs
 * @returns {Promise<number>} the exit code
 */
export async function bench(args) {
  await buildPackages()
  await exclusively(installPeers)
  const temporary = mkdtempSync(join(tmpdir(), 'onesum-bench-results-'))
  try {
    const { passed, json } = splitArguments(args)
    const first = join(temporary, 'first.json')
    const { code } = await runNode([program, ...passed, '--json', first])
    if (code > 1) return code
    const second = await runOnSecondNode(passed, join(temporary, 'second.json'))
    const files = [first, second.file].filter((file) => file !== undefined && existsSync(file))
    const runs = files.map((file) => JSON.parse(readFileSync(/** @type {string} */ (file), 'utf8')))
    if (json !== undefined) writeFileSync(json, `${JSON.stringify({ runs }, null, 1)}\n`)
    return code || second.code
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}

/**
 * @param {string[]} args
 * @param {string} file for the numbers
 * @returns {Promise<{ code: number, file?: string }>}
 */
async function runOnSecondNode(args, file) {
  const second = await secondNode()
  if ('reason' in second) {
    console.log(`left out: the benchmark on a second Node (${second.reason})`)
    return { code: 0 }
  }
  console.log(`once more on Node ${second.version}\n`)
  const { code } = await runNode([program, ...args, '--json', file], { node: second.node })
  return { code, file }
}

/**
 * Takes `--json FILE` out: one file holds the numbers of both runs. Everything else is for bench/run.mjs to judge.
 * @param {string[]} args
 */
function splitArguments(args) {
  const { tokens } = parseArgs({ args, options: { json: { type: 'string' } }, strict: false, tokens: true })
  const token = tokens.find(({ kind, ...rest }) => kind === 'option' && 'name' in rest && rest.name === 'json')
  if (token === undefined || token.kind !== 'option') return { passed: args, json: undefined }
  if (token.value === undefined) throw new Failure('--json expected a file name')
  const after = token.index + (token.inlineValue ? 1 : 2)
  const passed = [...args.slice(0, token.index), ...args.slice(after)]
  // npm runs scripts at the root; the user's paths are relative to where the user stands.
  return { passed, json: resolve(process.env.INIT_CWD ?? process.cwd(), token.value) }
}

/** Installs what bench's own lock file names, unless exactly that is installed. */
async function installPeers() {
  const stampFile = join(folder, 'node_modules', '.onesum-installed')
  const hash = createHash('sha256').update([process.platform, process.arch].join(' '))
  for (const name of ['package.json', 'package-lock.json']) hash.update(readFileSync(join(folder, name)))
  const stamp = hash.digest('hex')
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return
  console.error('onesum: installing the peers of the benchmark (first run, some 30 seconds and 750 MB)')
  const flags = [
    '--prefix',
    folder,
    '--include=dev',
    '--include=optional',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
  ]
  const { code, output } = await runNpm(['ci', ...flags, '--package-lock=true', '--loglevel=error'])
  if (code !== 0) throw new Failure(`${output.trim()}\nnpm ci in bench failed (exit code ${code}); see above`)
  // Written last: an interrupted install leaves none.
  writeFileSync(stampFile, stamp)
}
