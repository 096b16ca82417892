// @ts-check
// How the test runner's reporter (test/support/counts-reporter.ts) hands its counts to the command that
// started it, which prints them as the very last line, also when the runner was ended half-way.
import { existsSync, readFileSync } from 'node:fs'

/** The variable that names the file for the counts. */
export const countsVariable = 'ONESUM_COUNTS_FILE'

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/** @param {Counts} counts */
export function closingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`
}

/**
 * @param {string} file
 * @returns {Counts | undefined} nothing when the runner ended before it could count
 */
export function readCounts(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
}

/**
 * @param {Counts} a
 * @param {Counts} b
 * @returns {Counts}
 */
export function addCounts(a, b) {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped }
}
