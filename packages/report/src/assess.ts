/** An evaluation in plain words: a verdict, why, and what to do. */
import { counted, percent, points, type ReliabilityBin } from '@onesum/charts'
import { type Figure, figures } from './figures.ts'
import type { Measured, ReportInput } from './input.ts'
import { nextSteps, type Step } from './next-steps.ts'
import {
  chanceAccuracy,
  chanceLimit,
  judge,
  type Remedy,
  remedyOf,
  resolution,
  rowsToTell,
  type Verdict,
} from './verdict.ts'
import { intervalText, temperatureText } from './words.ts'

/** Everything a report says, as data. */
export interface Assessment {
  verdict: Verdict
  /** What a temperature does, judged on rows its fit has not seen; left out where there is nothing to mend. */
  remedy?: Remedy
  /** The verdict in one sentence. */
  headline: string
  /** Why, in a few sentences. */
  reasons: string[]
  /** The numbers before and after. */
  figures: Figure[]
  /** What to do next. */
  next: Step[]
}

/**
 * Judges an evaluation: whether its claims come true, whether these rows can tell, and whether a temperature mends it.
 *
 * @param input the evaluation before and after calibration
 * @returns the verdict, its reasons, the numbers, and what to do next
 * @see Bröcker and Smith, Increasing the Reliability of Reliability Diagrams, 2007, for holding an error against what a
 *   calibrated model would show
 */
export function assess(input: ReportInput): Assessment {
  const verdict = judge(input)
  const remedy = remedyOf(input)
  return {
    verdict,
    ...(isOff(verdict) ? { remedy } : {}),
    headline: `${headlines[verdict](input, remedy)}.`,
    reasons: [...reasons[verdict](input), ...(isOff(verdict) ? [cure(input, remedy)] : [])],
    figures: figures(input),
    next: nextSteps(input, verdict, remedy),
  }
}

function isOff(verdict: Verdict): boolean {
  return verdict === 'overconfident' || verdict === 'underconfident' || verdict === 'uneven'
}

type Sentence = (input: ReportInput, remedy: Remedy) => string

/** What a claim means, by the bin that adds most to the error on the verdict's side, and what the temperature does. */
function claimMeans(side: 1 | -1): Sentence {
  return (input, remedy) => {
    const bin = typicalBin(input.before.bins, side)
    return `${percent(bin.confidence)} here means ${percent(bin.accuracy)}; ${promise(input, remedy)}`
  }
}

function promise({ after, calibration }: ReportInput, remedy: Remedy): string {
  const temperature = `temperature ${temperatureText(calibration.temperature)}`
  if (calibration.bound === 'low') return 'every row is right, so these rows cannot say by how much'
  if (remedy === 'mends') return `${temperature} mends it`
  return remedy === 'helps'
    ? `${temperature} brings it to within ${points(after.ece)}`
    : 'a temperature does not mend it'
}

function typicalBin(bins: readonly ReliabilityBin[], side: 1 | -1): ReliabilityBin {
  const weight = ({ count, confidence, accuracy }: ReliabilityBin) => side * count * (confidence - accuracy)
  return bins.reduce((worst, bin) => (weight(bin) > weight(worst) ? bin : worst))
}

const headlines: Record<Verdict, Sentence> = {
  overconfident: claimMeans(1),
  underconfident: claimMeans(-1),
  uneven: (input, remedy) => {
    const [high, low] = [typicalBin(input.before.bins, 1), typicalBin(input.before.bins, -1)]
    const first = `${percent(high.confidence)} here means ${percent(high.accuracy)}`
    return `${first}, but ${percent(low.confidence)} means ${percent(low.accuracy)}; ${promise(input, remedy)}`
  },
  calibrated: ({ before }) => `What it claims comes true, as far as ${counted(before.rows, 'row')} can tell`,
  undecided: ({ before }) =>
    before.rows === 1
      ? 'This one row cannot tell whether its probabilities come true'
      : `These ${counted(before.rows, 'row')} cannot tell whether its probabilities come true`,
  guessing: ({ before }) => `It is guessing: right ${percent(before.accuracy)} of the time, as chance would have it`,
}

const reasons: Record<Verdict, (input: ReportInput) => string[]> = {
  overconfident: ({ before }) => [
    `It is overconfident: over ${counted(before.rows, 'row')} it claims ${percent(before.meanConfidence)} on average and ` +
      `is right ${percent(before.accuracy)} of the time.`,
    apart(before),
  ],
  underconfident: ({ before }) => [
    `It is underconfident: over ${counted(before.rows, 'row')} it is right ${percent(before.accuracy)} of the time and ` +
      `claims ${percent(before.meanConfidence)} on average. It knows more than it says.`,
    apart(before),
  ],
  uneven: ({ before }) => [
    `Over ${counted(before.rows, 'row')} it claims ${percent(before.meanConfidence)} on average and is right ` +
      `${percent(before.accuracy)} of the time, yet it claims too much in some ranges and too little in others.`,
    apart(before),
  ],
  calibrated: ({ before }) => [
    before.ece > chanceLimit(before)
      ? `Claim and truth are ${points(before.ece)} apart on average: more than chance would show, and too little to matter.`
      : `Claim and truth are ${points(before.ece)} apart on average. ${byChance(before)} These rows cannot tell it from ` +
        `one that is perfectly calibrated; an error well above ${points(chanceLimit(before))} would have shown.`,
  ],
  undecided: ({ before }) => [
    `Claim and truth are ${points(before.ece)} apart on average. That may be chance: ${lowerFirst(byChance(before))}`,
    `An error of ${points(resolution)} would take about ${counted(rowsToTell(before), 'row')} to see.`,
  ],
  guessing: ({ before }) => [
    `Answers that know nothing of the labels would be right ${percent(chanceAccuracy(before))} of the time, and no ` +
      'temperature makes its probabilities better than the frequencies of the classes.',
    'Most often this is no fault of the model: the labels are of other rows, in another order, or number the classes ' +
      'differently.',
  ],
}

function apart(before: Measured): string {
  const { ece, intervals } = before
  const interval = intervals ? ` (${percent(intervals.level)} interval: ${intervalText(intervals.ece, points)})` : ''
  return `Claim and truth are ${points(ece)} apart on average${interval}. ${byChance(before)}`
}

function byChance(measured: Measured): string {
  return (
    `A model whose every claim is true would show ${points(measured.calibratedEce.mean)} on these rows by chance, and ` +
    `seldom more than ${points(chanceLimit(measured))}.`
  )
}

function lowerFirst(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1)
}

function cure({ before, after, calibration }: ReportInput, remedy: Remedy): string {
  const temperature = temperatureText(calibration.temperature)
  const judged = 'judged on rows its fit has not seen'
  const loss = `the loss goes from ${before.nll.toFixed(3)} to ${after.nll.toFixed(3)}`
  if (remedy === 'mends') {
    return (
      `With its logits divided by ${temperature}, ${judged}, ${points(after.ece)} remain, which is no more than ` +
      `${after.ece <= chanceLimit(after) ? 'chance would show' : 'matters'}; ${loss}, and no answer changes.`
    )
  }
  if (remedy === 'helps')
    return `With its logits divided by ${temperature}, ${judged}, ${points(after.ece)} remain; ${loss}.`
  if (calibration.bound === 'low') {
    return 'Every row is right, so these rows set no limit to how sure it may be: harder ones are needed.'
  }
  return `The best temperature, ${temperature}, leaves ${points(after.ece)}, ${judged}: the error has another shape.`
}
