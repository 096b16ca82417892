import { type Command, Option } from 'commander'
import { checkOutput, wroteLine } from '../files.ts'
import { addInputOptions, addLabelOptions, examples, fromOption, integer } from '../options.ts'
import type { ReportOptions } from '../report-file.ts'
import { print, remark, type Terminal } from '../terminal.ts'

export function addReport(program: Command, terminal: Terminal): void {
  const command = program
    .command('report')
    .summary('write what the probabilities are worth as one HTML file')
    .description(
      'Writes one self-contained HTML file: the verdict in plain words, the numbers before and after a temperature ' +
        '(no row judged by a fit that saw it), pictures, the worst classes and rows, and what to do next.',
    )
    .argument('<logits>', 'an NPY, CSV, TSV, JSON or JSON Lines file; - for stdin')
    .requiredOption('-o, --output <file>', 'where the report goes')
  addLabelOptions(command)
    .option('--title <text>', 'what the report is about (default: the name of the file)')
    .addOption(fromOption('what the numbers are (default: logits, refused when they look like probabilities)'))
    .addOption(new Option('--bins <n>', 'reliability bins').argParser(integer(1, 1000)).default(15))
    .addOption(
      new Option('--bootstrap <n>', 'replicates that give the intervals; 0 for none')
        .argParser(integer(0, 1000))
        .default(200),
    )
    .addOption(new Option('--folds <n>', 'folds of the cross-fitting').argParser(integer(2, 100)).default(2))
    .addOption(new Option('--seed <n>', 'of folds and intervals').argParser(integer(0)).default(1))
    .option('--allow-nonfinite', 'take -Infinity as probability 0, and leave out rows without a distribution')
  addInputOptions(command)
    .option('--force', 'replace the report if it exists')
    .addHelpText(
      'after',
      examples('onesum report examples/data/digits.logits.npy --labels examples/data/digits.labels.npy -o report.html'),
    )
    .action(async (logits: string, options: ReportOptions) => {
      const { output, labels } = options
      await checkOutput(terminal, output, labels === undefined ? [logits] : [logits, labels], options.force ?? false)
      // the document of a server takes a moment to load, which other commands need not wait for
      const { reportFile } = await import('../report-file.ts')
      const { assessment, nonFinite } = await reportFile(terminal, logits, options)
      if (nonFinite.values > 0) await remark(terminal, `${logits}: ${nonFinite.describe()}`)
      await print(terminal.stdout, `${assessment.headline}\n\n${assessment.reasons.join('\n')}\n\n`)
      await print(terminal.stdout, await wroteLine(terminal, output, 'report'))
    })
}
