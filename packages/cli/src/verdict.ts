import type { Metrics } from 'onesum/metrics'
import { count, percent } from './numbers.ts'

/** A mean gap below this many standard errors may be chance. */
const errors = 2

/**
 * What the metrics come to, in two plain sentences. The claim (mean confidence) is held against the truth (accuracy):
 * a gap of less than one point is none.
 */
export function verdict(metrics: Metrics): string[] {
  const { accuracy, meanConfidence, rows, classes } = metrics
  const claim =
    `On ${count(rows, 'row')} of ${count(classes, 'class')} the model claims ${percent(meanConfidence)} on average ` +
    `and is right ${percent(accuracy)} of the time.`
  return [claim, judgement(metrics)]
}

function judgement({ accuracy, meanConfidence, rows, ece }: Metrics): string {
  const gap = meanConfidence - accuracy
  if (!Number.isFinite(gap)) return 'There is no row to judge.'
  // were every claim honest, the number of right rows would have at most this standard error
  const chance = errors * Math.sqrt((meanConfidence * (1 - meanConfidence)) / rows)
  const size = `${(Math.abs(gap) * 100).toFixed(1)} points`
  if (Math.abs(gap) >= 0.01 && Math.abs(gap) <= chance) {
    return `The gap of ${size} may be chance: ${count(rows, 'row')} ${rows === 1 ? 'is' : 'are'} too few to tell.`
  }
  if (Math.abs(gap) >= 0.01) {
    return gap > 0
      ? `It is overconfident by ${size}: take its probabilities with caution.`
      : `It is underconfident by ${size}: it knows more than it claims.`
  }
  return ece > 0.05
    ? `On average it claims what it delivers, but single bins are off (ECE ${percent(ece)}).`
    : `It is well calibrated: it delivers what it claims (ECE ${percent(ece)}).`
}
