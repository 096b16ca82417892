import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Claims } from '../claims.ts'
import { metricsText } from '../commands/evaluate.ts'
import { pathOf } from '../files.ts'
import { bytes, count, dimensions, percent } from '../numbers.ts'
import { table } from '../table.ts'
import type { Terminal } from '../terminal.ts'
import { nextSteps } from './next-steps.ts'
import type { Outcome, StartReport } from './start.ts'

/** The text that `npm start` shows: what was read, the verdict with its numbers, the files written, and what to try. */
export async function accountOf(outcome: Outcome, terminal: Terminal): Promise<string> {
  const { logits, labels, evaluation, claims, probabilities, report } = outcome
  const lines = [
    `logits  ${logits} (${dimensions(probabilities.shape)})`,
    ...(labels === undefined ? [] : [`labels  ${labels}`]),
    ...(outcome.example ? ['Handwritten digits and an over-fitted network: see examples/data/README.md.'] : []),
    '',
    ...(evaluation === undefined ? [] : metricsText(evaluation).split('\n')),
    ...(claims === undefined ? [] : claimsText(claims)),
    ...(report === undefined ? [] : ['', ...reportText(report)]),
    '',
    'Written',
    ...(await writtenFiles(outcome, terminal)),
    '',
    'Try next',
    ...nextSteps(outcome).map((line) => (line === '' ? '' : `  ${line}`)),
  ]
  return `${lines.join('\n')}\n`
}

/** What the report comes to. */
function reportText(report: StartReport): string[] {
  if ('missing' in report) return [`There is no report: ${report.missing}`]
  return [`In short: ${report.assessment.headline}`, `${report.path} shows it all: open it in a browser.`]
}

function claimsText({ rows, classes, meanConfidence, meanEntropy, undecided, skipped }: Claims): string[] {
  const kept = rows - skipped
  return [
    `On ${count(rows, 'row')} of ${count(classes, 'class')} the model claims ${percent(meanConfidence)} on average for its first choice.`,
    'Whether it is right that often, only labels can tell: with --labels FILE (the true class of each row)',
    'this shows accuracy, calibration, NLL, Brier score and the reliability bins.',
    '',
    ...table(
      [
        { title: '', align: 'left' },
        { title: '', align: 'right' },
        { title: '', align: 'left' },
      ],
      [
        ['mean confidence', percent(meanConfidence), 'the largest probability of a row'],
        ['mean entropy', meanEntropy.toFixed(3), `in nats: 0 is certain, ${Math.log(classes).toFixed(3)} undecided`],
        ['below 50%', percent(undecided / kept), 'rows without a clear first choice'],
      ],
    ).slice(1),
    ...(skipped > 0 ? ['', `${count(skipped, 'row')} left out: no distribution`] : []),
  ]
}

async function writtenFiles(outcome: Outcome, terminal: Terminal): Promise<string[]> {
  const { output, dtype } = outcome.probabilities
  const files = [[output, `probabilities, ${dtype}`]]
  if (outcome.metricsPath !== undefined) files.push([outcome.metricsPath, 'the numbers above, for machines'])
  if (outcome.report && 'path' in outcome.report)
    files.push([outcome.report.path, 'the report: verdict, numbers, pictures'])
  const rows = await Promise.all(
    files.map(async ([path, what]) => {
      const { size } = await stat(pathOf(terminal, path))
      return [`  ${join(path)}`, bytes(size), what]
    }),
  )
  return table(
    [
      { title: '', align: 'left' },
      { title: '', align: 'right' },
      { title: '', align: 'left' },
    ],
    rows,
  ).slice(1)
}
