import { verdictOf } from '@onesum/report'
import type { Metrics } from 'onesum/metrics'
import { count, percent } from './numbers.ts'

/**
 * What the metrics come to, in two plain sentences: the claim (mean confidence) beside the truth (accuracy), and the verdict
 * that a report gives.
 */
export function verdict(metrics: Metrics): string[] {
  const { accuracy, meanConfidence, rows, classes } = metrics
  const claim =
    `On ${count(rows, 'row')} of ${count(classes, 'class')} the model claims ${percent(meanConfidence)} on average ` +
    `and is right ${percent(accuracy)} of the time.`
  return [claim, judgement(metrics)]
}

function judgement(metrics: Metrics): string {
  const { accuracy, meanConfidence, rows, ece } = metrics
  if (rows === 0) return 'There is no row to judge.'
  const size = `${(Math.abs(meanConfidence - accuracy) * 100).toFixed(1)} points`
  switch (verdictOf(metrics)) {
    case 'overconfident':
      return `It is overconfident by ${size}: take its probabilities with caution.`
    case 'underconfident':
      return `It is underconfident by ${size}: it knows more than it claims.`
    case 'uneven':
      return `On average it claims what it delivers, but single bins are off (ECE ${percent(ece)}).`
    case 'undecided':
      return `An ECE of ${percent(ece)} may be chance: ${count(rows, 'row')} ${rows === 1 ? 'is' : 'are'} too few to tell.`
    case 'calibrated':
      return `It is well calibrated: it delivers what it claims (ECE ${percent(ece)}).`
  }
}
