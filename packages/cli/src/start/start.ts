import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { basename, extname, isAbsolute, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { InputError } from '@onesum/io'
import type { Assessment } from '@onesum/report'
import { Command } from 'commander'
import { type Claims, readClaims } from '../claims.ts'
import { metricsJson } from '../commands/evaluate.ts'
import { nonFiniteRemark, type SoftmaxResult, softmaxFile } from '../commands/softmax.ts'
import { type EvaluationResult, evaluateFile } from '../evaluation.ts'
import { addInputOptions, addLabelOptions, type From, fromOption, type InputOptions } from '../options.ts'
import { writeText } from '../output.ts'
import { exitCode, onTerminal } from '../program.ts'
import { print, remark, type Terminal } from '../terminal.ts'
import { accountOf } from './account.ts'
import { shellWord } from './next-steps.ts'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const resultsFolder = 'onesum-results'

interface StartOptions extends InputOptions {
  labels?: string
  classes?: string[] | string
  output?: string
  from?: From
  allowNonfinite?: boolean
}

export type StartReport = { path: string; assessment: Assessment } | { missing: string }

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
  /** The report, or why there is none; undefined without labels. */
  report: StartReport | undefined
  /** Options that say how to read the logits, to be repeated in further commands. */
  readFlags: string[]
  /** Options that say how the labels are to be read. */
  labelFlags: string[]
  /** How to call the command from the user's folder. */
  command: string
}

/** The main job on real input: logits to probabilities, an account of how good they are, and what to try next. */
export async function start(argv: readonly string[], terminal: Terminal): Promise<number> {
  const program = onTerminal(new Command('npm start --'), terminal, 'npm start')
    .description(
      'Turns a file of logits into probabilities, says how good they are, and writes a report. Without arguments: handwritten digits ' +
        `from examples/data. The results go into ${resultsFolder}, and replace those of the last run.`,
    )
    .argument('[logits]', 'an NPY, CSV, TSV, JSON or JSON Lines file')
    .option('-o, --output <folder>', `where the results go (default: ${resultsFolder})`)
    .addOption(fromOption('what the numbers are (default: logits)'))
    .option('--allow-nonfinite', 'take -Infinity as probability 0, and leave out rows without a distribution')
  addInputOptions(addLabelOptions(program)).action(async (logits: string | undefined, options: StartOptions) => {
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
  const evaluation = labelled ? await evaluateFile(terminal, logits, { ...options, labels, detail: true }) : undefined
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
  if (evaluation !== undefined) {
    await writeText(terminal, metricsPath, `${metricsJson(evaluation, { logits, labels })}\n`, true)
  }
  // metrics of another run would be taken for those of these probabilities
  else if (options.output === undefined) await rm(join(folderPath, 'metrics.json'), { force: true })
  const report =
    evaluation && (await writeReport(terminal, logits, { ...options, labels }, join(folder, 'report.html')))
  // so would a report
  const stale = report === undefined ? options.output === undefined : 'missing' in report
  if (stale) await rm(join(folderPath, 'report.html'), { force: true })

  return {
    logits,
    labels,
    example,
    folder,
    probabilities,
    evaluation,
    claims,
    metricsPath: labelled ? metricsPath : undefined,
    report,
    readFlags: readFlags(options, labels),
    labelFlags: labelFlags(options),
    command: commandFrom(terminal.cwd),
  }
}

/** The report; rows that are too few to judge a temperature on leave the other results as they are. */
async function writeReport(
  terminal: Terminal,
  logits: string,
  options: StartOptions,
  path: string,
): Promise<StartReport> {
  const { reportFile } = await import('../report-file.ts')
  try {
    const { assessment } = await reportFile(terminal, logits, {
      ...options,
      output: path,
      title: basename(logits),
      force: true,
    })
    return { path, assessment }
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    return { missing: error.message }
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

function labelFlags({ classes, allowNonfinite }: StartOptions): string[] {
  return [
    ...(classes === undefined ? [] : ['--classes', typeof classes === 'string' ? classes : classes.join(',')]),
    ...(allowNonfinite ? ['--allow-nonfinite'] : []),
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
