import { type Command, InvalidArgumentError, Option } from 'commander'
import type { TemperatureCalibrator } from 'onesum/calibration'
import type { Metrics } from 'onesum/metrics'
import { type CalibrationMethod, type CalibrationResult, calibrate, methods } from '../calibration.ts'
import { UsageError } from '../errors.ts'
import { checkOutput, standardStream, wroteLine } from '../files.ts'
import { type LabelledOptions, readLabelled } from '../labelled-rows.ts'
import { count, decimal, percent, points, toJson } from '../numbers.ts'
import { addInputOptions, addLabelOptions, examples, fromOption, integer } from '../options.ts'
import { writeText } from '../output.ts'
import { definedRows } from '../pick-rows.ts'
import { table } from '../table.ts'
import { print, remark, type Terminal } from '../terminal.ts'

interface CalibrateOptions extends LabelledOptions {
  output: string
  method: CalibrationMethod
  holdout?: number
  folds?: number
  seed: number
  json?: boolean
  force?: boolean
}

const half = 0.5

export function addCalibrate(program: Command, terminal: Terminal): void {
  const command = program
    .command('calibrate')
    .summary('fit what makes the probabilities honest')
    .description(
      'Fits a calibrator on a part of the rows, judges it on the others, which it has not seen, and writes it as JSON ' +
        'for onesum apply. Use rows that the model was not trained on.',
    )
    .argument('<logits>', 'an NPY, CSV, TSV, JSON or JSON Lines file; - for stdin')
    .requiredOption('-o, --output <file>', 'where the calibrator goes; - for stdout')
  addLabelOptions(command)
    .addOption(
      new Option('--method <name>', 'one temperature keeps every answer; best tries all that suit')
        .choices(methods)
        .default('temperature'),
    )
    .addOption(new Option('--holdout <share>', 'the part of the rows that judges (default: 0.5)').argParser(share))
    .addOption(
      new Option('--folds <n>', 'instead: fit all rows, and judge each by a fit on the other folds')
        .argParser(integer(2, 1000))
        .conflicts('holdout'),
    )
    .addOption(new Option('--seed <n>', 'of the split').argParser(integer(0)).default(1))
    .addOption(
      fromOption(
        'what the numbers are, here and in onesum apply (default: logits, refused when they look like probabilities)',
      ),
    )
    .option('--allow-nonfinite', 'take -Infinity as probability 0, and leave out rows without a distribution')
    .option('--json', 'the result as one JSON object')
  addInputOptions(command)
    .option('--force', 'replace the calibrator if it exists')
    .addHelpText(
      'after',
      examples(
        'onesum calibrate examples/data/digits.logits.npy --labels examples/data/digits.labels.npy -o calibrator.json',
        'onesum apply calibrator.json examples/data/digits.logits.npy -o probabilities.npy',
      ),
    )
    .action(async (logits: string, options: CalibrateOptions) => {
      const { output, json, method, folds, seed, labels, holdout = half } = options
      if (json && output === standardStream)
        throw new UsageError('--json and -o - both write to stdout: give -o a file')
      const force = options.force ?? false
      await checkOutput(terminal, output, labels === undefined ? [logits] : [logits, labels], force)
      const read = await readLabelled(terminal, 'read', logits, options)
      const rows = options.allowNonfinite ? definedRows(read) : read
      const result = calibrate(logits, rows, { method, holdout, folds, seed })
      await writeText(terminal, output, `${JSON.stringify(result.calibrator, undefined, 2)}\n`, force)
      if (read.nonFinite.values > 0) await remark(terminal, `${logits}: ${read.nonFinite.describe()}`)
      for (const text of result.remarks) await remark(terminal, text)
      const to = output === standardStream ? terminal.stderr : terminal.stdout
      await print(to, json ? resultJson(result, options) : `${resultText(result, { folds, seed })}\n\n`)
      if (!json && output !== standardStream) {
        await print(to, await wroteLine(terminal, output, `${result.calibrator.method} calibrator`))
      }
    })
}

function share(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (!(value > 0 && value < 1)) throw new InvalidArgumentError('expected a share between 0 and 1.')
  return value
}

function resultJson(result: CalibrationResult, { folds, holdout = half, seed }: CalibrateOptions): string {
  const { calibrator, candidates, fitted, judged, before, after, remarks } = result
  const how = folds === undefined ? { holdout, seed } : { folds, seed }
  return `${toJson({ method: calibrator.method, ...how, fitted, judged, before, after, candidates, remarks, calibrator })}\n`
}

function resultText(result: CalibrationResult, how: { folds?: number; seed: number }): string {
  const { before, after, candidates } = result
  const judgedOn =
    how.folds === undefined
      ? `Fitted on ${count(result.fitted, 'row')}, judged on ${result.judged.toLocaleString('en-US')} others (seed ${how.seed}).`
      : `Fitted on all ${count(result.fitted, 'row')}; each judged by a fit on the other folds (${how.folds} folds, seed ${how.seed}).`
  return [
    ...found(result),
    judgedOn,
    '',
    ...comparison(before, after),
    ...(candidates === undefined ? [] : ['', ...candidatesTable(result)]),
    '',
    judgement(before, after),
  ].join('\n')
}

/** What was fitted, in words. */
function found({ calibrator, candidates }: CalibrationResult): string[] {
  if (candidates !== undefined && calibrator.method !== 'temperature') return [`The best is ${calibrator.method}.`]
  if (calibrator.method !== 'temperature') return []
  const { temperature, bound } = calibrator as TemperatureCalibrator
  const value = String(Number(temperature.toPrecision(4)))
  if (bound === 'low') {
    return [
      `No temperature is best: every row that was fitted is right, and the loss falls as it goes to 0. Stopped at ${value},`,
      'as far as so many rows can vouch for; rows that the model gets wrong would tell more.',
    ]
  }
  if (bound === 'high') {
    return [
      `No temperature is best: the model does no better than chance, and the loss falls as it grows. Stopped at ${value}.`,
      'Do the labels belong to these rows, in this order?',
    ]
  }
  const effect = temperature > 1 ? 'less sure of itself' : 'surer of itself'
  return [`Temperature ${value}: the logits divided by it, the model is ${effect}, and no answer changes.`]
}

function comparison(before: Metrics, after: Metrics): string[] {
  const gap = (metrics: Metrics): string => points(metrics.meanConfidence - metrics.accuracy)
  const lines: [string, (metrics: Metrics) => string][] = [
    ['accuracy', ({ accuracy }) => percent(accuracy)],
    ['mean confidence', ({ meanConfidence }) => percent(meanConfidence)],
    ['gap, in points', gap],
    ['ECE', ({ ece }) => percent(ece)],
    ['MCE', ({ mce }) => percent(mce)],
    ['NLL', ({ nll }) => decimal(nll)],
    ['Brier score', ({ brier }) => decimal(brier)],
  ]
  return table(
    [
      { title: '', align: 'left' },
      { title: 'before', align: 'right' },
      { title: 'after', align: 'right' },
    ],
    lines.map(([name, show]) => [name, show(before), show(after)]),
  )
}

function candidatesTable({ candidates = [] }: CalibrationResult): string[] {
  const rows = candidates
    .slice()
    .sort((a, b) => a.nll - b.nll)
    .map(({ method, nll, brier, failure }) => {
      if (failure !== null) return [method, '–', '–', failure.replace(/^.*?: /, '')]
      const why = nll === Infinity ? 'it gave probability 0 to something that came true' : ''
      return [method, decimal(nll), decimal(brier), why]
    })
  return table(
    [
      { title: 'tried, by 5 folds of the fitted rows', align: 'left' },
      { title: 'NLL', align: 'right' },
      { title: 'Brier', align: 'right' },
      { title: '', align: 'left' },
    ],
    rows,
  )
}

function judgement(before: Metrics, after: Metrics): string {
  const loss = `the loss goes from ${decimal(before.nll)} to ${decimal(after.nll)}`
  const better = after.nll < before.nll
  if (!better) return `It does not help: on rows it has not seen, ${loss}. Keep the probabilities as they are.`
  return after.ece < before.ece
    ? `It helps: on rows it has not seen, ${loss}, and claim and truth come closer.`
    : `It helps the loss (${loss}), but not how far claim and truth are apart: few rows, or an error of another shape.`
}
