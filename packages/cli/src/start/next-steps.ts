import { extname, join } from 'node:path'
import type { Outcome } from './start.ts'

/** Commands that work as they stand in the folder where the user is, each below a line that says what it is for. */
export function nextSteps(outcome: Outcome): string[] {
  const { logits, labels, evaluation, readFlags, command, folder, probabilities } = outcome
  const onesum = (...words: string[]): string => [command, ...words.map(shellWord)].join(' ')
  const labelled = evaluation === undefined ? [] : labelWords(outcome)
  const extension = extname(probabilities.output)
  const other = join(folder, `tempered${extension}`)
  const temperature = usefulTemperature(outcome)
  const soften = [
    `# divide the logits by a temperature of ${temperature}: ${temperature > 1 ? 'less' : 'more'} sure of itself`,
    onesum('softmax', logits, ...readFlags, '--temperature', String(temperature), '-o', other, '--force'),
  ]
  const top = [
    '# the three most probable classes of each row',
    onesum('topk', logits, ...readFlags, '-k', String(top3(outcome))),
  ]
  if (evaluation === undefined) {
    return [
      ...soften,
      '',
      ...top,
      '',
      '# log-probabilities',
      onesum('softmax', logits, ...readFlags, '--log', '-o', join(folder, `log${extension}`), '--force'),
    ]
  }
  if (outcome.report && 'path' in outcome.report) {
    const calibrator = join(folder, 'calibrator.json')
    const calibrated = join(folder, `calibrated${extension}`)
    return [
      '# fit what makes it honest on half of the rows, judged on the other half',
      onesum('calibrate', logits, ...readFlags, ...labelled, '-o', calibrator, '--force'),
      '# and turn logits into calibrated probabilities',
      onesum('apply', calibrator, logits, ...withoutFrom(readFlags), '-o', calibrated, '--force'),
      '',
      ...top,
    ]
  }
  // a label column stands in the logits' file only, so its tempered copy cannot be measured by itself
  const measure =
    labels === undefined
      ? ['# the same numbers for machines', onesum('evaluate', logits, ...readFlags, '--json')]
      : ['# and see what that did to its honesty', onesum('evaluate', other, '--from', 'probabilities', ...labelled)]
  return [...soften, ...measure, '', ...top]
}

function labelWords({ labels, labelFlags }: Outcome): string[] {
  return [...(labels === undefined ? [] : ['--labels', labels]), ...labelFlags]
}

/** A calibrator knows what it takes. */
function withoutFrom(flags: readonly string[]): string[] {
  const at = flags.indexOf('--from')
  return flags.filter((_, i) => at < 0 || (i !== at && i !== at + 1))
}

function usefulTemperature({ evaluation }: Outcome): number {
  const metrics = evaluation?.metrics
  return metrics !== undefined && metrics.meanConfidence < metrics.accuracy ? 0.5 : 2
}

function top3({ probabilities }: Outcome): number {
  return Math.min(3, probabilities.shape.at(-1) ?? 1)
}

/** A word as a shell takes it for one. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
