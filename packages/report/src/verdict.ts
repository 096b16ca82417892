/** What the numbers come to. Each threshold of the verdict stands here, and nowhere else. */
import type { Measured, ReportInput } from './input.ts'

/**
 * - `overconfident`, `underconfident`: it claims more, or less, than comes true
 * - `uneven`: too much in some ranges and too little in others
 * - `calibrated`: any error is too small to matter
 * - `undecided`: these rows cannot tell
 * - `guessing`: its answers have nothing to do with the labels
 */
export type Verdict = 'overconfident' | 'underconfident' | 'uneven' | 'calibrated' | 'undecided' | 'guessing'

/** What calibration does: all that can be asked, something, or nothing. */
export type Remedy = 'mends' | 'helps' | 'fails'

/** A calibration error below one point is none. */
export const negligible = 0.01

/** Rows that would show an error of three points can call a model calibrated. */
export const resolution = 0.03

/**
 * The ECE beyond which chance is no explanation: two standard deviations above what a calibrated model shows. Between 2
 * and 5 in 100 calibrated models exceed it, the fewer the more bins there are.
 */
export function chanceLimit({ calibratedEce: { mean, deviation } }: Measured): number {
  return mean + 2 * deviation
}

/** Whether claim and truth are further apart than chance and than what matters. */
function isOff(measured: Measured): boolean {
  return measured.ece > chanceLimit(measured) && measured.ece >= negligible
}

/** The verdict on the model as it is, knowing what calibration makes of it. */
export function judge(input: ReportInput): Verdict {
  return isGuessing(input) ? 'guessing' : verdictOf(input.before)
}

/** What the numbers of one evaluation come to; whether it is guessing only calibration can tell. */
export function verdictOf(measured: Measured): Exclude<Verdict, 'guessing'> {
  const limit = chanceLimit(measured)
  if (!isOff(measured)) return measured.ece <= limit && limit > resolution ? 'undecided' : 'calibrated'
  const gap = measured.meanConfidence - measured.accuracy
  // the two signs add up to the error: here one of them makes at least three quarters of it
  if (Math.abs(gap) < measured.ece / 2) return 'uneven'
  return gap > 0 ? 'overconfident' : 'underconfident'
}

/** What calibration does for the rows its fit has not seen; nothing, where the fit ran off to an end. */
export function remedyOf({ before, after, calibration }: ReportInput): Remedy {
  const better = after.nll < before.nll && after.ece < before.ece
  if (!better || calibration.bound) return 'fails'
  return isOff(after) ? 'helps' : 'mends'
}

/** How often answers that know nothing of the labels would be right: Σ_k (predicted_k / n) (count_k / n). */
export function chanceAccuracy({ perClass, rows }: Measured): number {
  return perClass.reduce((sum, { count, predicted }) => sum + (count / rows) * (predicted / rows), 0)
}

/**
 * Its answers are right no more often than chance has it (within two standard errors, which are small enough to tell), and
 * its probabilities at any temperature say no more than the frequencies of the classes, whose loss is their entropy. So
 * it is where claims are off and no temperature is better than T = ∞, too.
 */
function isGuessing({ before, after, calibration }: ReportInput): boolean {
  if (calibration.bound === 'high' && isOff(before)) return true
  const chance = chanceAccuracy(before)
  const error = Math.sqrt((chance * (1 - chance)) / before.rows)
  // the rows could tell a tenth of the way from chance to perfection, and the frequencies of the classes
  const present = before.perClass.filter(({ count }) => count > 0).length
  const tells = 2 * error <= 0.1 * (1 - chance) && before.rows >= 10 * present
  if (!(tells && before.accuracy <= chance + 2 * error)) return false
  const entropy = before.perClass.reduce((sum, { count }) => {
    const share = count / before.rows
    return share > 0 ? sum - share * Math.log(share) : sum
  }, 0)
  return after.nll >= entropy
}

/** About how many rows would tell an error of three points: what chance adds shrinks with the square root of the rows. */
export function rowsToTell(measured: Measured): number {
  const needed = measured.rows * (chanceLimit(measured) / resolution) ** 2
  const digits = 10 ** Math.max(0, Math.floor(Math.log10(needed)) - 1)
  return Math.ceil(needed / digits) * digits
}
