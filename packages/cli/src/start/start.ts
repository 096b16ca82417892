import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { extname, isAbsolute, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createFile } from '@onesum/io/node'
import { Command } from 'commander'
import { type Claims, readClaims } from '../claims.ts'
import { metricsJson } from '../commands/evaluate.ts'
import { nonFiniteRemark, type SoftmaxResult, softmaxFile } from '../commands/softmax.ts'
import { type EvaluationResult, evaluateFile } from '../evaluation.ts'
import { addInputOptions, type From, fromOption, type InputOptions } from '../options.ts'
import { exitCode, onTerminal } from '../program.ts'
import { print, remark, type Terminal } from '../terminal.ts'
import { accountOf } from './account.ts'
import { shellWord } from './next-steps.ts'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const resultsFolder = 'onesum-results'

interface StartOptions extends InputOptions {
  labels?: string
  output?: string
  from?: From
  allowNonfinite?: boolean
}

/** What one run of `npm start` read, found and wrote; paths as they are to be shown. */
export interface Outcome {
  logits: string
  labels: string | undefined
  /** Whether it was the repository's own example. */
  example: boolean
  folder: string
  probabilities: SoftmaxResult
  evaluation: EvaluationResult | undefined
  claims: Claims | undefined
  metricsPath: string | undefined
  /** Options that say how to read the logits, to be repeated in further commands. */
  readFlags: string[]
  /** How to call the command from the user's folder. */
  command: string
}

/** The main job on real input: logits to probabilities, an account of how good they are, and what to try next. */
export async function start(argv: readonly string[], terminal: Terminal): Promise<number> {
  const program = onTerminal(new Command('npm start --'), terminal, 'npm start')
    .description(
      'Turns a file of logits into probabilities and says how good they are. Without arguments: handwritten digits ' +
        `from examples/data. The results go into ${resultsFolder}, and replace those of the last run.`,
    )
    .argument('[logits]', 'an NPY, CSV, TSV, JSON or JSON Lines file')
    .option('--labels <file>', 'the true classes, one per row')
    .option('--label-column <column>', 'the column that holds the labels: its name, or its number from 0')
    .option('-o, --output <folder>', `where the results go (default: ${resultsFolder})`)
    .addOption(fromOption('what the numbers are (default: logits)'))
    .option('--allow-nonfinite', 'take -Infinity as probability 0, and leave out rows without a distribution')
  addInputOptions(program).action(async (logits: string | undefined, options: StartOptions) => {
    const outcome = await carryOut(terminal, logits, options)
    const { nonFinite } = outcome.probabilities
    if (nonFinite.values > 0) await remark(terminal, nonFiniteRemark(outcome.logits, nonFinite))
    await print(terminal.stdout, await accountOf(outcome, terminal))
  })
  const work = async (): Promise<number> => {
    await program.parseAsync([...argv], { from: 'user' })
    return 0
  }
  return exitCode(work, terminal, 'npm start')
}

async function carryOut(terminal: Terminal, given: string | undefined, options: StartOptions): Promise<Outcome> {
  const example = given === undefined
  const shown = (path: string): string => shownFrom(terminal.cwd, path)
  const logits = given ?? shown(join(root, 'examples/data/digits.logits.npy'))
  const labels = options.labels ?? (example ? shown(join(root, 'examples/data/digits.labels.npy')) : undefined)
  const folder = options.output ?? (example ? shown(join(root, resultsFolder)) : resultsFolder)
  const labelled = labels !== undefined || options.labelColumn !== undefined
  const { labelColumn, ...reading } = options

  // the account comes first: what refuses the input refuses it before anything is written
  const evaluation = labelled ? await evaluateFile(terminal, logits, { ...options, labels }) : undefined
  const claims = labelled ? undefined : await readClaims(terminal, logits, reading)

  const folderPath = isAbsolute(folder) ? folder : join(terminal.cwd, folder)
  await mkdir(folderPath, { recursive: true })
  const probabilities = await softmaxFile(terminal, logits, {
    ...reading,
    labelColumn: labels === undefined ? labelColumn : undefined,
    output: join(folder, `probabilities${extname(logits).toLowerCase() || `.${options.format}`}`),
    force: true,
  })
  const metricsPath = join(folder, 'metrics.json')
  if (evaluation !== undefined) await writeMetrics(join(folderPath, 'metrics.json'), evaluation, { logits, labels })
  // metrics of another run would be taken for those of these probabilities
  else if (options.output === undefined) await rm(join(folderPath, 'metrics.json'), { force: true })

  return {
    logits,
    labels,
    example,
    folder,
    probabilities,
    evaluation,
    claims,
    metricsPath: labelled ? metricsPath : undefined,
    readFlags: readFlags(options, labels),
    command: commandFrom(terminal.cwd),
  }
}

async function writeMetrics(path: string, evaluation: EvaluationResult, files: object): Promise<void> {
  const sink = await createFile(path, { force: true })
  try {
    await sink.write(new TextEncoder().encode(`${metricsJson(evaluation, files)}\n`))
    await sink.commit()
  } catch (error) {
    await sink.abort()
    throw error
  }
}

function readFlags(options: StartOptions, labels: string | undefined): string[] {
  const { format, header, from, labelColumn } = options
  return [
    ...(format === undefined ? [] : ['--format', format]),
    ...(header === undefined ? [] : [header ? '--header' : '--no-header']),
    ...(from === undefined ? [] : ['--from', from]),
    ...(labelColumn === undefined || labels !== undefined ? [] : ['--label-column', labelColumn]),
  ]
}

/** A path as it is shortest from a folder that contains it, else in full. */
function shownFrom(cwd: string, path: string): string {
  const way = relative(cwd, path)
  return way === '' || way.startsWith('..') ? path : way
}

function commandFrom(cwd: string): string {
  const linked = existsSync(join(root, 'node_modules/.bin/onesum'))
  if (linked && relative(cwd, root) === '') return 'npx onesum'
  return `node ${shellWord(shownFrom(cwd, join(root, 'packages/cli/bin/onesum.js')))}`
}
