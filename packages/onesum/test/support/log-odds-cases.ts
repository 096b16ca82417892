import { readFileSync } from 'node:fs'
import { join } from 'node:path'

interface LogOddsCase {
  x: number[]
  class: number
  logOdds: number[]
  sensitivity: number[]
  perplexity: number
}

/** Rows with values of 400 digits; the fixture's README tells how they are made. */
export const logOddsCases: LogOddsCase[] = JSON.parse(
  readFileSync(join(import.meta.dirname, '../fixtures/log-odds/cases.json'), 'utf8'),
)
