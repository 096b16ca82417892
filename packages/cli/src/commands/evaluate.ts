import { type Command, Option } from 'commander'
import type { Metrics } from 'onesum/metrics'
import { type EvaluateOptions, type EvaluationResult, evaluateFile } from '../evaluation.ts'
import { classTable, metricsTable, reliabilityTable } from '../metrics-table.ts'
import type { NonFinite } from '../nonfinite.ts'
import { count, toJson } from '../numbers.ts'
import { addInputOptions, addLabelOptions, examples, fromOption, integer, integerList } from '../options.ts'
import { print, type Terminal } from '../terminal.ts'
import { verdict } from '../verdict.ts'

const whatScores = 'what the numbers are (default: logits, refused when they look like probabilities)'

export function addEvaluate(program: Command, terminal: Terminal): void {
  const command = program
    .command('evaluate')
    .summary('measure how good and how honest the probabilities are')
    .description(
      'Compares a file of logits with the true classes: accuracy, calibration (is it right as often as it claims?), ' +
        'NLL and Brier score, and the reliability bins.',
    )
    .argument('<logits>', 'an NPY, CSV, TSV, JSON or JSON Lines file; - for stdin')
  addLabelOptions(command)
    .addOption(fromOption(whatScores))
    .addOption(new Option('--bins <n>', 'reliability bins').argParser(integer(1, 10000)).default(15))
    .addOption(
      new Option('--top-k <list>', 'accuracies among the k most probable (default: 1,5)').argParser(integerList),
    )
    .addOption(
      new Option('--bootstrap <n>', 'intervals from so many replicates').argParser(integer(0, 1000)).default(0),
    )
    .addOption(new Option('--seed <n>', 'of the bootstrap').argParser(integer(0)).default(1))
    .option(
      '--per-class',
      'a table of the classes, the least recognised first; AUC of any number of rows (as with --json)',
    )
    .option('--allow-nonfinite', 'take -Infinity as probability 0, and leave out rows without a distribution')
    .option('--json', 'one JSON object')
  addInputOptions(command)
    .addHelpText(
      'after',
      examples(
        'onesum evaluate examples/data/digits.logits.npy --labels examples/data/digits.labels.npy',
        'onesum evaluate examples/data/digits.logits.npy --labels examples/data/digits.labels.npy --json',
      ),
    )
    .action(async (logits: string, options: EvaluateOptions & { json?: boolean; perClass?: boolean }) => {
      const detail = options.json || options.perClass
      const result = await evaluateFile(terminal, logits, { ...options, detail })
      if (options.json) return print(terminal.stdout, `${metricsJson(result)}\n`)
      const classes = options.perClass ? ['', ...classTable(result.metrics, result.classNames), ''] : []
      await print(terminal.stdout, `${[metricsText(result), ...classes].join('\n')}\n`)
    })
}

export function metricsJson({ metrics, nonFinite, classNames }: EvaluationResult, more: object = {}): string {
  const { nan, plus, minus, rows, firstRow } = nonFinite
  const counted =
    nonFinite.values === 0 ? {} : { nonFinite: { nan, plusInfinity: plus, minusInfinity: minus, rows, firstRow } }
  return toJson({ ...more, ...(classNames && { classNames }), ...metrics, ...counted })
}

/** The verdict, the metrics and the bins. */
export function metricsText({ metrics, nonFinite }: EvaluationResult): string {
  const lines = [
    ...verdict(metrics),
    '',
    ...metricsTable(metrics),
    ...leftOut(metrics, nonFinite),
    '',
    ...reliabilityTable(metrics),
  ]
  return lines.join('\n')
}

function leftOut(metrics: Metrics, nonFinite: NonFinite): string[] {
  if (nonFinite.values === 0) return []
  const skipped = metrics.skipped === 0 ? 'none left out' : `${count(metrics.skipped, 'row')} left out: no distribution`
  return ['', `${nonFinite.describe()}; ${skipped}`]
}
